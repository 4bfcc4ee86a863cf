"""Taking back what was done to journeys."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import UNDO, UndoKind
from kesher.journeys.actions import unarchive_journey
from kesher.journeys.models import Journey


def _unarchive(access: Access, data: dict[str, Any]) -> str:
    journey = access.get(Journey, data["journey_id"])
    unarchive_journey(access, journey, now=timezone.now())
    return _("“%(name)s” is back, as a draft") % {"name": journey.name}


UNDO.register(UndoKind("journey.archived", _unarchive))
