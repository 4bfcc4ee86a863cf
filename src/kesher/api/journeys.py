"""Journeys: as files in and out, checked, published; people in and out; runs and the way they came."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.api.contacts import _contact
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Limit, PageOf, Strict, page_of, read_cursor
from kesher.journeys import actions, queries
from kesher.journeys.checks import check
from kesher.journeys.models import Journey, JourneyRun
from kesher.journeys.palette import palette
from kesher.journeys.problems import BadJourney
from kesher.journeys.problems import Problem as JourneyProblem
from kesher.journeys.reasons import in_words
from kesher.journeys.why import tell
from kesher.journeys.world import world_of
from kesher.lib import clock

router = Router(tags=["journeys"])
Graph = Annotated[
    dict[str, Any],
    Described(
        description="a journey as in a file: triggers, reentry, exit_if, goal, holdout, start, nodes, notes",
        examples=[
            {
                "format": 1,
                "name": "Welcome",
                "triggers": [{"kind": "contact.created"}],
                "start": "wait",
                "nodes": {
                    "wait": {"kind": "wait", "for": "P1D", "next": "end"},
                    "end": {"kind": "exit"},
                },
            }
        ],
    ),
]


class ProblemLine(Strict):
    code: str
    path: str
    node: str | None
    level: Literal["error", "warning", "tip"]
    message: str


class JourneyOut(Strict):
    id: int
    key: str
    name: str
    status: str
    revision: int
    version: int | None = Described(description="the number of the live version")
    started: int
    active: int
    goal: int
    created_at: datetime
    updated_at: datetime


class JourneyFile(JourneyOut):
    graph: Graph = Described(description="the draft")
    problems: list[ProblemLine]


class JourneyIn(Strict):
    name: str = Described(default="", max_length=200, description="empty: the name in the graph")
    graph: Graph


class DraftIn(Strict):
    """`revision`: the one that was read; 409 when somebody changed it since."""

    graph: Graph
    revision: int = Described(ge=1, lt=2**31)


class CheckIn(Strict):
    graph: Graph


class CheckOut(Strict):
    ok: bool = Described(description="nothing stops publishing")
    problems: list[ProblemLine]


class PeopleIn(Strict):
    contacts: list[int] = Described(min_length=1, max_length=10_000)


class CountOut(Strict):
    count: int


class RunOut(Strict):
    id: int
    journey: int
    contact: int
    subject: str
    state: str
    node: str
    until: datetime | None
    started_at: datetime
    goal_at: datetime | None
    ended_at: datetime | None
    reason: str
    reason_words: str


class StepOut(Strict):
    visit: int
    node: str
    port: str
    arrived_at: datetime
    left_at: datetime | None
    reason: str
    message: int | None


class LineOut(Strict):
    at: datetime
    text: str
    node: str
    message: int | None


class PathOut(Strict):
    run: RunOut
    summary: str
    steps: list[StepOut]
    lines: list[LineOut]


class ListQuery(Strict):
    cursor: str | None = None
    limit: int = Limit
    status: Literal["draft", "live", "paused", "archived"] | None = None


class RunsQuery(Strict):
    cursor: str | None = None
    limit: int = Limit
    node: str | None = Described(default=None, max_length=40, description="who stands there now")
    active: bool | None = None
    contact: int | None = Described(default=None, ge=1, le=2**63 - 1)


def journey_of(access: Access, number: int) -> Journey:
    return access.get(Journey, number)


def shape(journey: Journey) -> dict[str, Any]:
    numbers = queries.numbers_of(journey)
    version = journey.live_version
    return {
        "id": journey.pk,
        **{
            name: getattr(journey, name)
            for name in ("key", "name", "status", "revision", "created_at", "updated_at")
        },
        "version": version.number if version else None,
        "started": numbers.started,
        "active": numbers.active,
        "goal": numbers.goal,
    }


def _file(access: Access, journey: Journey) -> dict[str, Any]:
    lines = [problem.to_json() for problem in actions.problems_of(access, journey)]
    return {**shape(journey), "graph": journey.draft, "problems": lines}


def refusal(error: BadJourney | actions.WrongState) -> Problem:
    if isinstance(error, actions.WrongState):
        detail = f"The journey is {error.status}; this cannot be done to it now."
        return Problem(409, "wrong-state", detail)
    return Problem(
        422,
        "invalid-journey",
        "The journey cannot be taken as it is.",
        errors=_lines(error.problems),
    )


def _lines(problems: tuple[JourneyProblem, ...]) -> list[dict[str, str]]:
    return [{"path": problem.path, "message": problem.words} for problem in problems]


@router.get(
    "/journeys", response={200: PageOf[JourneyOut], **ERRORS}, auth=KeyAuth("journeys:read")
)
def list_journeys(request: ApiRequest, query: Query[ListQuery]) -> dict[str, Any]:
    """Those that are not archived, unless asked for."""
    found = Journey.objects.filter(
        workspace=request.auth.workspace, pk__gt=read_cursor(query.cursor)
    )
    found = found.filter(status=query.status) if query.status else found.exclude(status="archived")
    rows = list(found.select_related("live_version").order_by("pk")[: query.limit + 1])
    return page_of(rows, query.limit, shape)


@router.post("/journeys", response={201: JourneyFile, **ERRORS}, auth=KeyAuth("journeys:write"))
def create(request: ApiRequest, body: JourneyIn) -> Status[dict[str, Any]]:
    """A draft from a file. What can be read is taken; `problems` say what is still to be done."""
    try:
        journey = actions.create_journey(
            request.auth, name=body.name, graph=body.graph, now=clock.now()
        )
    except BadJourney as error:
        raise refusal(error) from error
    return Status(201, _file(request.auth, journey))


@router.post(
    "/journeys/validate", response={200: CheckOut, **ERRORS}, auth=KeyAuth("journeys:read")
)
def validate(request: ApiRequest, body: CheckIn) -> dict[str, Any]:
    """What is wrong with a graph, without keeping it."""
    found = check(body.graph, world_of(request.auth.workspace))
    return {
        "ok": all(problem.level != "error" for problem in found),
        "problems": [problem.to_json() for problem in found],
    }


@router.get(
    "/journeys/palette", response={200: dict[str, Any], **ERRORS}, auth=KeyAuth("journeys:read")
)
def nodes(request: ApiRequest) -> dict[str, Any]:
    """The kinds of nodes with their settings and ways, and the events that start a journey."""
    return palette()


@router.get(
    "/journeys/{journey_id}", response={200: JourneyFile, **ERRORS}, auth=KeyAuth("journeys:read")
)
def journey(request: ApiRequest, journey_id: int) -> dict[str, Any]:
    """The journey with its draft: `graph` is the file."""
    return _file(request.auth, journey_of(request.auth, journey_id))


@router.put(
    "/journeys/{journey_id}", response={200: JourneyFile, **ERRORS}, auth=KeyAuth("journeys:write")
)
def save(request: ApiRequest, journey_id: int, body: DraftIn) -> dict[str, Any]:
    """Another draft. What is live goes on as it is until it is published."""
    access = request.auth
    found = journey_of(access, journey_id)
    try:
        saved = actions.save_draft(
            access, found, graph=body.graph, revision=body.revision, now=clock.now()
        )
    except BadJourney as error:
        raise refusal(error) from error
    if isinstance(saved, actions.Conflict):
        raise Problem(
            409, "changed-meanwhile", "Somebody changed the journey since; read it again."
        )
    return _file(access, found)


@router.post(
    "/journeys/{journey_id}/pause",
    response={200: JourneyOut, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def pause(request: ApiRequest, journey_id: int) -> dict[str, Any]:
    """Nobody comes in, nobody moves, nothing of it leaves, until it goes on."""
    found = journey_of(request.auth, journey_id)
    try:
        actions.pause_journey(request.auth, found, now=clock.now())
    except actions.WrongState as error:
        raise refusal(error) from error
    return shape(found)


@router.post(
    "/journeys/{journey_id}/archive",
    response={200: JourneyOut, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def archive(request: ApiRequest, journey_id: int) -> dict[str, Any]:
    """Out of use: those on the way leave it."""
    found = journey_of(request.auth, journey_id)
    try:
        actions.archive_journey(request.auth, found, now=clock.now())
    except actions.WrongState as error:
        raise refusal(error) from error
    return shape(found)


@router.post(
    "/journeys/{journey_id}/enrol",
    response={200: CountOut, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def enrol(request: ApiRequest, journey_id: int, body: PeopleIn) -> dict[str, Any]:
    """Take people in by hand; `count` is how many the policy of coming back let in."""
    found = journey_of(request.auth, journey_id)
    try:
        count = actions.enrol(request.auth, found, contact_ids=_ids(body.contacts), now=clock.now())
    except actions.WrongState as error:
        raise refusal(error) from error
    return {"count": count}


@router.post(
    "/journeys/{journey_id}/take-out",
    response={200: CountOut, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def take_out(request: ApiRequest, journey_id: int, body: PeopleIn) -> dict[str, Any]:
    """End the way of these people; what waits to be sent to them is not sent."""
    found = journey_of(request.auth, journey_id)
    count = actions.take_out(request.auth, found, contact_ids=_ids(body.contacts), now=clock.now())
    return {"count": count}


def _ids(given: list[int]) -> list[int]:
    return [number for number in given if 0 < number < 2**63]


def run_shape(run: JourneyRun) -> dict[str, Any]:
    names = ("subject", "state", "node", "until", "started_at", "goal_at", "ended_at", "reason")
    return {
        "id": run.pk,
        "journey": run.journey_id,
        "contact": run.contact_id,
        **{name: getattr(run, name) for name in names},
        "reason_words": in_words(run.reason) if run.reason else "",
    }


@router.get(
    "/journeys/{journey_id}/runs",
    response={200: PageOf[RunOut], **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def runs(request: ApiRequest, journey_id: int, query: Query[RunsQuery]) -> dict[str, Any]:
    """Who is or was on the way."""
    found = queries.runs_of(
        journey_of(request.auth, journey_id),
        node=(query.node or "").replace("\x00", ""),
        active=query.active,
        contact_id=query.contact,
        after_id=read_cursor(query.cursor),
    )
    return page_of(list(found[: query.limit + 1]), query.limit, run_shape)


@router.get(
    "/journeys/{journey_id}/runs/{run_id}",
    response={200: PathOut, **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def run(request: ApiRequest, journey_id: int, run_id: int) -> dict[str, Any]:
    """The way of a run: each step with its times, and the same in sentences."""
    access = request.auth
    found = access.get(JourneyRun, run_id, journey_id=journey_of(access, journey_id).pk)
    told = tell(found, access.workspace.time_zone)
    steps = [
        {
            **{
                name: getattr(step, name)
                for name in ("visit", "node", "port", "arrived_at", "left_at", "reason")
            },
            "message": step.message_id,
        }
        for step in queries.path_of(found)
    ]
    lines = [
        {"at": line.at, "text": line.text, "node": line.node, "message": line.message_id}
        for line in told.lines
    ]
    return {"run": run_shape(found), "summary": told.summary, "steps": steps, "lines": lines}


@router.get(
    "/contacts/{contact_id}/journeys",
    response={200: list[RunOut], **ERRORS},
    auth=KeyAuth("journeys:read"),
)
def of_contact(request: ApiRequest, contact_id: int) -> list[dict[str, Any]]:
    """The journeys a contact is or was in, the newest first; a hundred at most."""
    access = request.auth
    person = _contact(access, contact_id)
    return [run_shape(row) for row in queries.runs_of_contact(access.workspace.pk, person.pk)]
