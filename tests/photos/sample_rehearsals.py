"""Rehearsals for the photographs: one that was played, one that plays, one that did not go."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal.keeping import Kept, write
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.playing import rehearse
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.project.demo.journeys import NAME

WORK = "journeys.rehearsal"


def add_rehearsals(access: Access, now: datetime) -> dict[str, int | str]:
    journey = Journey.objects.get(workspace=access.workspace, name=NAME)
    wishes = Wishes.model_validate(
        {
            "people": {"list": "all"}, "sample": 150, "period": "P30D", "compare_with": 1,
            "rates": {"open": 30, "click": 5},
        }
    )  # fmt: skip
    kept = Kept()
    played = _made(access, journey, wishes, Work.State.DONE, now)
    write(played, kept, rehearse(access, journey, wishes, now=now, kept=kept))
    reader = next(who for who, told in kept.messages.items() if not told[0][4])
    return {
        "rehearsal": played.pk,
        "rehearsal_contact": reader,
        "rehearsal_number": 1,
        "rehearsal_playing": _made(access, journey, wishes, Work.State.RUNNING, now, done=40).pk,
        "rehearsal_failed": _made(
            access, journey, wishes, Work.State.FAILED, now, error="במסע יש שלב שאין בו מה לשלוח."
        ).pk,
    }


def _made(
    access: Access,
    journey: Journey,
    wishes: Wishes,
    state: str,
    now: datetime,
    *,
    done: int = 0,
    error: str = "",
) -> Rehearsal:
    is_over = state != Work.State.RUNNING
    work = Work.objects.create(
        workspace=access.workspace, kind=WORK, title=f"חזרה: {journey.name}"[:200], state=state,
        total=100, done=done, error=error, started_at=now, finished_at=now if is_over else None,
    )  # fmt: skip
    return Rehearsal.objects.create(
        workspace=access.workspace, journey=journey, work=work, created_by=access.user,
        asked=wishes.model_dump(mode="json"), audience="רשימה: כל אנשי הקשר",
    )  # fmt: skip
