"""Journeys at work: publishing with people on the way, going on after a pause, numbers by version, why, alarms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field as Described

from kesher.api.contacts import _contact
from kesher.api.journeys import CountOut, JourneyOut, RunOut, journey_of, refusal, run_shape, shape
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Limit, PageOf, Strict, read_cursor, write_cursor
from kesher.journeys import actions, alarms, queries
from kesher.journeys.crowds.acting import act_on_everybody, take_out_some
from kesher.journeys.differences import differences
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.moving import Choice, Plan, passed_by, standing_against
from kesher.journeys.problems import BadJourney
from kesher.journeys.resuming import asked_about, meanwhile_of
from kesher.journeys.versions import version_of
from kesher.journeys.why import why, why_message
from kesher.lib import clock

router = Router(tags=["journeys"])
READ, WRITE = KeyAuth("journeys:read"), KeyAuth("journeys:write")
Number = Annotated[int, Described(ge=1, lt=2**31)]
Id = Annotated[int, Described(ge=1, le=2**63 - 1)]
Key = Annotated[str, Described(max_length=40, pattern=r"^[\w-]*$")]
AGES = {"PT0S": 0, "PT1H": 1, "P1D": 24, "P3D": 72, "P7D": 168, "P30D": 720}


class ChoiceIn(Strict):
    """What becomes of those at a step: they finish on their version, move to a step of the new one, or leave."""

    do: Literal["finish", "move", "exit"]
    to: Key = Described(
        default="", description="for move: the step; empty: the one of the same key"
    )
    waits: Literal["keep", "recompute"] = Described(
        default="keep", description="a changed wait stays, or is counted anew from when they came"
    )


class PeopleChoices(Strict):
    """Those on the way. Without it all finish on the version they began with."""

    steps: dict[str, ChoiceIn] = Described(default_factory=dict, max_length=500, description="by the step where they stand")  # fmt: skip
    others: ChoiceIn = ChoiceIn(do="finish")
    deliver_once: list[Key] = Described(
        default_factory=list, max_length=500,
        description="new steps that are done once for those who go over and are past them",
    )  # fmt: skip


class PublishIn(Strict):
    people: PeopleChoices | None = None


class StandingOut(Strict):
    node: str
    count: int
    state: Literal["same", "changed", "removed"]
    versions: list[int]
    waits: bool = Described(description="there is a changed wait to keep or to count anew")


class PastOut(Strict):
    node: str
    count: int


class PreviewOut(Strict):
    """Who stands where against what would be published, and new steps that some are past."""

    steps: list[StandingOut]
    past: list[PastOut]


class VersionOut(Strict):
    """`added` … `rest` against the version before: keys of nodes; `rest` of triggers, reentry, exit_if, goal, holdout."""

    number: int
    live: bool
    created_at: datetime
    inside: int
    added: list[str]
    removed: list[str]
    changed: list[str]
    led_on: list[str]
    rest: list[str]


class BandOut(Strict):
    older_than: str = Described(description="a duration: P1D")
    people: int
    messages: int


class MeanwhileOut(Strict):
    people: int
    messages: int
    oldest: datetime | None
    bands: list[BandOut]


class ResumeIn(Strict):
    """What fell due while it was paused and is older is sent, skipped, asked about, or leaves; the rest goes on."""

    meanwhile: Literal["go", "skip", "ask", "exit"] = "go"
    older_than: Literal["PT0S", "PT1H", "P1D", "P3D", "P7D", "P30D"] = "PT0S"


class AskedOut(Strict):
    what: Literal["run", "message"]
    id: int
    contact: int
    node: str
    since: datetime


class DecideIn(Strict):
    """send: they go on and messages leave; skip: they go on, nothing is sent; exit: they leave."""

    do: Literal["send", "skip", "exit"]
    runs: list[Id] = Described(default_factory=list, max_length=10_000)
    messages: list[Id] = Described(default_factory=list, max_length=10_000)


class DecidedOut(Strict):
    people: int
    messages: int


class StepActIn(Strict):
    """Those who stand at a step: taken out, or moved on by one of its ways. Without `runs` all of them."""

    do: Literal["out", "on"]
    node: Key = Described(description="empty, to take out: all who are on the way")
    port: Key = Described(default="", description="for on")
    runs: list[Id] | None = Described(default=None, max_length=10_000)


class DoneOut(Strict):
    count: int
    work: int | None = Described(description="the job, when they are many")


class NodeNumbers(Strict):
    entered: int
    left: int
    waiting: int
    ports: dict[str, int]
    messages: dict[str, int]


class NumbersOut(Strict):
    started: int
    active: int
    goal: int
    ended: dict[str, int]
    nodes: dict[str, NodeNumbers]


class WhyOut(Strict):
    summary: str
    details: list[str] = Described(
        description="what each trigger lacked, or whether they may come again"
    )
    runs: list[RunOut]


class AlarmOut(Strict):
    id: int
    journey: int
    kind: Literal["late", "missed"]
    count: int
    since: datetime
    ended_at: datetime | None
    text: str
    mend: str


class PageQuery(Strict):
    cursor: str | None = None
    limit: int = Limit


def _version(journey: Journey, number: int | None) -> JourneyVersion | None:
    if number is None:
        return None
    found = JourneyVersion.objects.filter(journey=journey, number=number).first()
    if found is None:
        raise Problem(404, "not-found", "The journey has no version of this number.")
    return found


@router.get("/journeys/{journey_id}/publish", response={200: PreviewOut, **ERRORS}, auth=READ)
def preview(request: ApiRequest, journey_id: int, version: Number | None = None) -> dict[str, Any]:
    """Who is on the way, step by step, against the draft, or against an earlier version."""
    found = journey_of(request.auth, journey_id)
    earlier = _version(found, version)
    try:
        graph = parse(earlier.graph if earlier else found.draft)
    except BadJourney as error:
        raise refusal(error) from error
    standing = standing_against(found, graph)
    return {
        "steps": [
            {
                "node": one.node.key, "count": one.count, "state": one.state,
                "versions": list(one.versions), "waits": one.waits,
            }
            for one in standing
        ],
        "past": [{"node": one.key, "count": one.count} for one in passed_by(found, graph, standing)],
    }  # fmt: skip


@router.post("/journeys/{journey_id}/publish", response={200: JourneyOut, **ERRORS}, auth=WRITE)
def publish(
    request: ApiRequest, journey_id: int, version: Number | None = None, body: PublishIn | None = None
) -> dict[str, Any]:  # fmt: skip
    """The draft goes live; with `version`, an earlier one again. A paused journey stays paused."""
    access = request.auth
    found = journey_of(access, journey_id)
    earlier = _version(found, version)
    people = _plan(body.people) if body and body.people else None
    try:
        actions.publish_journey(access, found, now=clock.now(), version=earlier, people=people)
    except (BadJourney, actions.WrongState) as error:
        raise refusal(error) from error
    return shape(found)


def _plan(given: PeopleChoices) -> Plan:
    def choice(one: ChoiceIn) -> Choice:
        return Choice(one.do, one.to, one.waits)

    steps = {key: choice(one) for key, one in given.steps.items()}
    return Plan(steps, choice(given.others), tuple(given.deliver_once))


@router.get(
    "/journeys/{journey_id}/versions", response={200: list[VersionOut], **ERRORS}, auth=READ
)
def versions(request: ApiRequest, journey_id: int) -> list[dict[str, Any]]:
    """The newest hundred, each with what it changed and how many are in it."""
    found = journey_of(request.auth, journey_id)
    rows = list(found.versions.order_by("-number")[:101])
    inside: dict[int, int] = {}
    for _node, version_id, count in queries.standing(found):
        inside[version_id] = inside.get(version_id, 0) + count
    told = []
    for one, before in zip(rows, [*rows[1:], None], strict=False):
        graph = version_of(one.pk).graph
        differs = differences(version_of(before.pk).graph if before else graph, graph)
        names = ("added", "removed", "changed", "led_on", "rest")
        told.append(
            {
                "number": one.number, "live": one.pk == found.live_version_id, "created_at": one.created_at,
                "inside": inside.get(one.pk, 0), **{name: list(getattr(differs, name)) for name in names},
            }
        )  # fmt: skip
    return told[:100]


@router.get("/journeys/{journey_id}/numbers", response={200: NumbersOut, **ERRORS}, auth=READ)
def numbers(request: ApiRequest, journey_id: int, version: Number | None = None) -> dict[str, Any]:
    """Who came, who stands where, who left how, what became of the messages. With `version` the nodes of that one."""
    journey = journey_of(request.auth, journey_id)
    row = _version(journey, version)
    found = queries.numbers_of(journey, version_id=row.pk if row else None)
    names = ("entered", "left", "waiting", "ports", "messages")
    return {
        **{name: getattr(found, name) for name in ("started", "active", "goal", "ended")},
        "nodes": {
            key: {name: getattr(node, name) for name in names} for key, node in found.nodes.items()
        },
    }


@router.get("/journeys/{journey_id}/meanwhile", response={200: MeanwhileOut, **ERRORS}, auth=READ)
def meanwhile(request: ApiRequest, journey_id: int) -> dict[str, Any]:
    """What fell due while the journey was paused, by age."""
    found = meanwhile_of(journey_of(request.auth, journey_id), clock.now())
    words = {timedelta(hours=hours): text for text, hours in AGES.items()}
    bands = [
        {"older_than": words[band.older_than], "people": band.people, "messages": band.messages}
        for band in found.bands
    ]
    return {"people": found.people, "messages": found.messages, "oldest": found.oldest, "bands": bands}  # fmt: skip


@router.post("/journeys/{journey_id}/resume", response={200: JourneyOut, **ERRORS}, auth=WRITE)
def resume(request: ApiRequest, journey_id: int, body: ResumeIn) -> dict[str, Any]:
    """Go on. What fell due meanwhile is sent, skipped, asked about, or leaves."""
    found = journey_of(request.auth, journey_id)
    older = timedelta(hours=AGES[body.older_than])
    try:
        actions.resume_journey(
            request.auth, found, now=clock.now(), meanwhile=body.meanwhile, older_than=older
        )
    except actions.WrongState as error:
        raise refusal(error) from error
    return shape(found)


@router.get("/journeys/{journey_id}/asked", response={200: PageOf[AskedOut], **ERRORS}, auth=READ)
def asked(request: ApiRequest, journey_id: int, query: Query[PageQuery]) -> dict[str, Any]:
    """People and messages that wait for a decision since the journey went on, the oldest first."""
    found = asked_about(journey_of(request.auth, journey_id), clock.now())
    start = read_cursor(query.cursor)
    shown = found[start : start + query.limit]
    more = len(found) > start + query.limit
    items = [
        {
            "what": one.what,
            "id": one.id,
            "contact": one.contact_id,
            "node": one.node,
            "since": one.since,
        }
        for one in shown
    ]
    return {"items": items, "next": write_cursor(start + query.limit) if more else None}


@router.post("/journeys/{journey_id}/decide", response={200: DecidedOut, **ERRORS}, auth=WRITE)
def decide(request: ApiRequest, journey_id: int, body: DecideIn) -> dict[str, Any]:
    """What becomes of those asked about. Who is not any more is passed over."""
    done = actions.decide_asked(
        request.auth, journey_of(request.auth, journey_id), do=body.do, run_ids=body.runs,
        message_ids=body.messages, now=clock.now(),
    )  # fmt: skip
    return {"people": done.people, "messages": done.messages}


@router.post("/journeys/{journey_id}/people", response={200: DoneOut, **ERRORS}, auth=WRITE)
def act(request: ApiRequest, journey_id: int, body: StepActIn) -> dict[str, Any]:
    """Take those at a step out, or move them on. More than two thousand are a job."""
    access, now = request.auth, clock.now()
    found = journey_of(access, journey_id)
    known = parse(queries.graph_of(found)).nodes.get(body.node)
    if body.do == "on" and (known is None or body.port not in known.ports):
        raise Problem(422, "unknown-way", "The step has no way of this name.")
    if body.runs is None:
        done = act_on_everybody(access, found, do=body.do, node=body.node, port=body.port, now=now)
        return {"count": done.count, "work": done.work.pk if done.work else None}
    here = queries.runs_of(found, node=body.node, active=True).filter(pk__in=body.runs)
    ids = list(here.values_list("pk", flat=True))
    if body.do == "out":
        count = take_out_some(access, found, run_ids=ids, now=now).count
    else:
        count = actions.move_runs_on(access, found, run_ids=ids, port=body.port, now=now)
    return {"count": count, "work": None}


@router.get("/journeys/{journey_id}/why", response={200: WhyOut, **ERRORS}, auth=READ)
def explain(
    request: ApiRequest, journey_id: int, contact: Annotated[int, Query(ge=1, le=2**63 - 1)], node: Key = ""
) -> dict[str, Any]:  # fmt: skip
    """Why somebody did or did not get something of this journey; with `node`, the message of that step."""
    access = request.auth
    found = journey_of(access, journey_id)
    person = _contact(access, contact)
    answer = why_message(found, person, node) if node else why(found, person)
    rows = queries.runs_of(found, contact_id=person.pk).order_by("-pk")[:20]
    return {
        "summary": answer.summary, "details": list(answer.details), "runs": [run_shape(row) for row in rows],
    }  # fmt: skip


@router.get("/journey-alarms", response={200: list[AlarmOut], **ERRORS}, auth=READ)
def list_alarms(request: ApiRequest) -> list[dict[str, Any]]:
    """What the watchdog found and nobody has seen: people past due, or not woken by what they waited for."""
    return [
        {
            "id": one.row.pk, "journey": one.row.journey_id, "kind": one.row.kind, "count": one.row.count,
            "since": one.row.since, "ended_at": one.row.ended_at, "text": one.text, "mend": one.mend,
        }
        for one in alarms.alarms_of(request.auth.workspace.pk)
    ]  # fmt: skip


@router.post("/journey-alarms/{alarm_id}/read", response={200: CountOut, **ERRORS}, auth=WRITE)
def read_alarm(request: ApiRequest, alarm_id: int) -> dict[str, Any]:
    """Somebody has seen it."""
    number = alarm_id if 0 < alarm_id < 2**63 else 0
    if not alarms.read_alarm(request.auth, number=number, now=clock.now()):
        raise Problem(404, "not-found", "There is nothing here under this id.")
    return {"count": 1}
