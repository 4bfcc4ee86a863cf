"""Rehearsals of journeys: asked for, played in the background, their result read. Nothing is sent or changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Status
from pydantic import Field as Described

from kesher.accounts.models import Work
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, PageOf, Strict, page_of, read_cursor
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.rehearsal.actions import WORK, start_rehearsal
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.journeys.rehearsal.words import with_words

router = Router(tags=["journeys"])
Result = Annotated[
    dict[str, Any],
    Described(
        description="people, begun, ended, standing; nodes with ports; messages with samples; sent, units, cost;"
        " refused with reasons; ways; others; crowded; effects; compared"
    ),
]


class RehearsalOut(Strict):
    id: int
    journey: int
    state: str = Described(description="queued, running, done, failed or cancelled")
    done: int = Described(description="of a hundred")
    error: str
    created_at: datetime
    finished_at: datetime | None


class RehearsalResult(RehearsalOut):
    result: Result | None = Described(description="none before it is done")


def shape(work: Work) -> dict[str, Any]:
    return {
        "id": work.pk,
        "journey": work.result["journey"],
        "state": work.state,
        "done": 100 if work.state == Work.State.DONE else min(int(work.done or 0), 100),
        "error": work.error,
        "created_at": work.created_at,
        "finished_at": work.finished_at,
    }


@router.post(
    "/journeys/{journey_id}/rehearsals",
    response={202: RehearsalOut, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def rehearse(request: ApiRequest, journey_id: int, body: Wishes) -> Status[dict[str, Any]]:
    """Play the draft, or a version, with real people and assumed behaviour. Poll the answer's id for the result."""
    access = request.auth
    journey = access.get(Journey, journey_id)
    numbers = {one for one in (body.version, body.compare_with) if one is not None}
    known = JourneyVersion.objects.filter(journey=journey, number__in=numbers)
    if known.count() < len(numbers):
        raise Problem(404, "not-found", "The journey has no version of this number.")
    return Status(202, shape(start_rehearsal(access, journey, body)))


@router.get(
    "/journeys/{journey_id}/rehearsals",
    response={200: PageOf[RehearsalOut], **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def rehearsals(request: ApiRequest, journey_id: int, cursor: str | None = None) -> dict[str, Any]:
    """Those of a journey, the oldest first."""
    journey = request.auth.get(Journey, journey_id)
    found = Work.objects.filter(
        workspace=request.auth.workspace, kind=WORK, result__journey=journey.pk,
        pk__gt=read_cursor(cursor),
    )  # fmt: skip
    return page_of(list(found.order_by("pk")[:51]), 50, shape)


@router.get(
    "/journeys/{journey_id}/rehearsals/{rehearsal_id}",
    response={200: RehearsalResult, **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def rehearsal(request: ApiRequest, journey_id: int, rehearsal_id: int) -> dict[str, Any]:
    """How far it is, and when it is done, what would come."""
    journey = request.auth.get(Journey, journey_id)
    work = request.auth.get(Work, rehearsal_id, kind=WORK, result__journey=journey.pk)
    is_done = work.state == Work.State.DONE
    return {**shape(work), "result": with_words(work.result) if is_done else None}
