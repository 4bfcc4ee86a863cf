"""Rehearsals of journeys: asked for, played in the background, their result read. Nothing is sent or changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.accounts.models import Work
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, PageOf, Strict, page_of, read_cursor
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.rehearsal.actions import delete_rehearsal, start_rehearsal
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.queries import Shower, Told, messages_of, rehearsals_of
from kesher.journeys.rehearsal.wishes import Wishes
from kesher.journeys.rehearsal.words import with_words
from kesher.lib import clock

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


class RehearsedMessage(Strict):
    contact: int
    journey: int | None
    node: str
    channel: str
    at: datetime
    reason: str = Described(description="why it would not be sent; empty when it would")
    subject: str
    text: str
    units: int | None = Described(description="to pay for, of a text")
    moved_from: datetime | None = Described(
        description="when it was due, if it waited for the sending hours"
    )


class RehearsalResult(RehearsalOut):
    result: Result | None = Described(description="none before it is done")


def shape(rehearsal: Rehearsal) -> dict[str, Any]:
    work = rehearsal.work
    state = Work.State.DONE if work is None else work.state
    return {
        "id": rehearsal.pk,
        "journey": rehearsal.journey_id,
        "state": state,
        "done": 100 if work is None or state == Work.State.DONE else min(int(work.done or 0), 100),
        "error": work.error if work else "",
        "created_at": rehearsal.created_at,
        "finished_at": work.finished_at if work else None,
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
    """Those of a journey, the oldest first. They are kept for a month."""
    journey = request.auth.get(Journey, journey_id)
    found = rehearsals_of(journey).filter(pk__gt=read_cursor(cursor)).defer("result")
    return page_of(list(found.order_by("pk")[:51]), 50, shape)


def _found(request: ApiRequest, journey_id: int, rehearsal_id: int) -> Rehearsal:
    journey = request.auth.get(Journey, journey_id)
    return request.auth.get(Rehearsal, rehearsal_id, journey=journey, deleted_at=None)


@router.get(
    "/journeys/{journey_id}/rehearsals/{rehearsal_id}",
    response={200: RehearsalResult, **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def rehearsal(request: ApiRequest, journey_id: int, rehearsal_id: int) -> dict[str, Any]:
    """How far it is, and when it is done, what would come."""
    found = _found(request, journey_id, rehearsal_id)
    return {**shape(found), "result": with_words(found.result) if found.result else None}


@router.get(
    "/journeys/{journey_id}/rehearsals/{rehearsal_id}/messages",
    response={200: list[RehearsedMessage], **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def rehearsed_messages(
    request: ApiRequest,
    journey_id: int,
    rehearsal_id: int,
    contact: int | None = None,
    skip: Annotated[int, Query(ge=0, lt=10_000_000)] = 0,
) -> list[dict[str, Any]]:
    """Every message in the order of time, fifty at once, those that would be refused among them; `contact`: of one."""
    found = _found(request, journey_id, rehearsal_id)
    told = messages_of(found, contact_id=contact, skip=skip)
    shower = Shower(found)
    return [_message(shower, one) for one in told]


def _message(shower: Shower, one: Told) -> dict[str, Any]:
    subject, _html, text = shower.show(one)
    return {
        "contact": one.contact_id, "journey": one.journey, "node": one.node, "channel": one.channel,
        "at": one.at, "reason": one.reason, "subject": subject, "text": text, "units": one.units,
        "moved_from": one.moved_from,
    }  # fmt: skip


@router.delete(
    "/journeys/{journey_id}/rehearsals/{rehearsal_id}",
    response={204: None, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def delete(request: ApiRequest, journey_id: int, rehearsal_id: int) -> Status[None]:
    """Throw a result away; one that still plays is stopped."""
    delete_rehearsal(request.auth, _found(request, journey_id, rehearsal_id), now=clock.now())
    return Status(204, None)
