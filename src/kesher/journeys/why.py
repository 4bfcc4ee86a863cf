"""Why somebody did or did not get something of a journey, in words that a shop owner understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kesher.contacts.models import Contact
from kesher.journeys import reasons
from kesher.journeys.kinds import Node
from kesher.journeys.models import Journey, JourneyRun
from kesher.journeys.queries import Step, path_of, runs_of
from kesher.journeys.versions import version_of
from kesher.journeys.whynot import again_words, never
from kesher.journeys.whywords import message_state, moment, step_name, way_words
from kesher.lib import clock
from kesher.messages.models import Message

MOST_RUNS = 20


@dataclass(frozen=True)
class Line:
    """A sentence and when it was so; `message_id` when it is about a message that can be shown."""

    at: datetime
    text: str
    node: str = ""
    message_id: int | None = None


@dataclass(frozen=True)
class Told:
    """One run, told. `summary` says where it stands or why it ended."""

    run_id: int
    started_at: datetime
    summary: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Answer:
    """`summary` is the short answer; `runs` the newest first, empty when the contact never began. `details` say what
    each trigger lacked, or whether they may come in again."""

    summary: str
    runs: tuple[Told, ...]
    details: tuple[str, ...] = ()


def why(journey: Journey, contact: Contact, *, now: datetime | None = None) -> Answer:
    """What became of this contact in this journey, in the active language."""
    moment_now = now or clock.now()
    found = list(runs_of(journey, contact_id=contact.pk).order_by("-pk")[:MOST_RUNS])
    if not found:
        summary, details = never(journey, contact, moment_now)
        return Answer(summary, (), tuple(details))
    runs = tuple(tell(run, journey.workspace.time_zone) for run in found)
    again = again_words(journey, found[0], moment_now)
    return Answer(runs[0].summary, runs, (again,) if again else ())


def why_message(
    journey: Journey, contact: Contact, node: str, *, now: datetime | None = None
) -> Answer:
    """What became of the message of this step for this contact."""
    whole = why(journey, contact, now=now)
    if not whole.runs:
        return whole
    run = runs_of(journey, contact_id=contact.pk).order_by("-pk")[0]
    summary = _of_message(run, node, journey.workspace.time_zone)
    return Answer(summary, whole.runs, whole.details)


def _of_message(run: JourneyRun, node: str, zone: str) -> str:
    steps = path_of(run)
    visits = [step for step in steps if step.node == node and (step.left_at or step.message_id)]
    if visits and visits[-1].reason == "too_old":
        return _("Not sent: its time had passed while the journey was paused.")
    known = version_of(run.version_id).graph.nodes.get(node)
    if visits:
        sent = Message.objects.filter(pk=visits[-1].message_id or 0).first()
        if sent is not None:
            return _("%(step)s: %(state)s.") % {
                "step": step_name(node, known), "state": message_state(sent, zone),
            }  # fmt: skip
    if known is None:
        number = version_of(run.version_id).number
        return _("This step is not in version %(number)s, in which they walk.") % {"number": number}
    name = step_name(node, known)
    if turned := _turned_away(steps, run, node):
        step, port = turned
        at = version_of(step.version_id).graph.nodes.get(step.node)
        return _("Went another way before “%(name)s”: at %(step)s by “%(way)s”.") % {
            "name": name, "step": step_name(step.node, at), "way": way_words(at, port),
        }  # fmt: skip
    summary = _summary(run, zone)
    if run.ended_at is not None:
        return _("Left before “%(name)s”. %(summary)s") % {"name": name, "summary": summary}
    return _("Has not come to “%(name)s” yet. %(summary)s") % {"name": name, "summary": summary}


def _turned_away(steps: Sequence[Step], run: JourneyRun, node: str) -> tuple[Step, str] | None:
    """The step whose way led off from the node, when it did."""
    graph = version_of(run.version_id).graph
    for step in steps:
        here = graph.nodes.get(step.node)
        if here is None or not step.port:
            continue
        target = here.ports.get(step.port)
        if not _leads(graph.nodes, target, node) and _leads(graph.nodes, step.node, node):
            return step, step.port
    return None


def _leads(known: Mapping[str, Node], start: str | None, node: str) -> bool:
    seen: set[str] = set()
    rest = [start]
    while rest:
        key = rest.pop()
        if key == node:
            return True
        if key is not None and key in known and key not in seen:
            seen.add(key)
            rest.extend(known[key].ports.values())
    return False


def tell(run: JourneyRun, zone: str) -> Told:
    """One run's way in sentences."""
    steps = path_of(run)
    messages = Message.objects.in_bulk([step.message_id for step in steps if step.message_id])
    lines: list[Line] = [Line(run.started_at, _("Began the journey."))]
    seen: set[int] = set()
    for step, following in zip(steps, [*steps[1:], None], strict=False):
        sent = messages.get(step.message_id or 0)
        if sent is not None and sent.pk in seen:
            sent = None
        if sent is not None:
            seen.add(sent.pk)
        if line := _line(step, following, sent, zone):
            lines.append(line)
    lines += _changes_of_version(run)
    lines.sort(key=lambda line: line.at)
    return Told(run.pk, run.started_at, _summary(run, zone), tuple(lines))


def _changes_of_version(run: JourneyRun) -> list[Line]:
    text = _("Went over to version %(number)s, which was published then.")
    return [
        Line(datetime.fromisoformat(one["at"]), text % {"number": one["version"]})
        for one in run.data.get("moved", ())
    ]


def _line(step: Step, following: Step | None, sent: Message | None, zone: str) -> Line | None:
    node = version_of(step.version_id).graph.nodes.get(step.node)
    name = step_name(step.node, node)
    if sent is not None and node is not None and node.kind.startswith("send_"):
        state = message_state(sent, zone)
        text = _("%(step)s: %(state)s") % {"step": name, "state": state}
        if step.reason == "delivered_once":
            text = _("%(step)s: %(state)s (the step is new; done once for those who were past it)") % {
                "step": name, "state": state,
            }  # fmt: skip
        return Line(step.arrived_at, text, step.node, sent.pk)
    if step.left_at is None:
        return None
    return Line(step.left_at, _left(step, following, name, node), step.node)


def _left(step: Step, following: Step | None, name: str, node: Node | None) -> str:
    """How a step was left."""
    if step.reason == "too_old" and step.port:
        return _("%(step)s: not sent, its time had passed while the journey was paused") % {"step": name}  # fmt: skip
    if step.reason == "delivered_once":
        return _("%(step)s: the step is new; done once for those who were past it") % {"step": name}
    if step.reason == "moved" and following is not None:
        there = version_of(following.version_id).graph.nodes.get(following.node)
        return _("%(step)s: moved on to %(there)s, when a new version was published") % {
            "step": name, "there": step_name(following.node, there),
        }  # fmt: skip
    if step.port:
        words = {"step": name, "way": way_words(node, step.port)}
        if step.reason == "by_hand":
            return _("%(step)s: moved on by hand, by “%(way)s”") % words
        return _("%(step)s: went on by “%(way)s”") % words
    ended = reasons.in_words(step.reason) if step.reason else reasons.in_words("done")
    return _("%(step)s: left here: %(reason)s") % {"step": name, "reason": ended}


def _summary(run: JourneyRun, zone: str) -> str:
    if run.ended_at is not None:
        return _("Left on %(day)s: %(reason)s.") % {
            "day": moment(run.ended_at, zone),
            "reason": reasons.in_words(run.reason),
        }
    name = step_name(run.node, version_of(run.version_id).graph.nodes.get(run.node))
    match run.state:
        case "held":
            return _("Stands at %(step)s until the paused journey goes on.") % {"step": name}
        case "asked":
            return _("Stands at %(step)s: the time came while the journey was paused, and somebody is to decide.") % {"step": name}  # fmt: skip
    if run.until is not None:
        return _("Stands at %(step)s, until %(day)s at the latest.") % {
            "step": name,
            "day": moment(run.until, zone),
        }
    return _("Stands at %(step)s.") % {"step": name}
