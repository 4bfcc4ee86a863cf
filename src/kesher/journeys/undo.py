"""Taking back what was done to journeys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.accounts.undo import UNDO, UndoKind
from kesher.journeys.actions import unarchive_journey
from kesher.journeys.crowds.acting import KIND
from kesher.journeys.crowds.taking import bring_back
from kesher.journeys.models import Journey


def _unarchive(access: Access, data: dict[str, Any]) -> str:
    journey = access.get(Journey, data["journey_id"])
    unarchive_journey(access, journey, now=timezone.now())
    return _("“%(name)s” is back, as a draft") % {"name": journey.name}


def _bring_back(access: Access, data: dict[str, Any]) -> str:
    journey = access.get(Journey, data["journey_id"])
    Work.objects.filter(
        workspace=access.workspace, kind=KIND, result__at=data["at"], result__journey=journey.pk,
    ).update(cancel_requested=True)  # fmt: skip
    count = bring_back(access.workspace.pk, journey.pk, datetime.fromisoformat(data["at"]))
    access.audit("journey.brought_back", journey, journey.name, count=count)
    words = ngettext("%(n)s person is back in the journey", "%(n)s people are back in the journey", count)  # fmt: skip
    return words % {"n": count}


UNDO.register(UndoKind("journey.archived", _unarchive))
UNDO.register(UndoKind("journey.taken_out", _bring_back))
