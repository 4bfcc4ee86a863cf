"""A deleted rehearsal comes back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import UNDO, UndoKind
from kesher.journeys.rehearsal.models import Rehearsal

DELETED = "rehearsal.deleted"


def _restore(access: Access, data: dict[str, Any]) -> str:
    found = access.get(Rehearsal, data["rehearsal_id"])
    Rehearsal.objects.filter(pk=found.pk).exclude(result={}).update(deleted_at=None)
    return _("The rehearsal is back")


UNDO.register(UndoKind(DELETED, _restore))
