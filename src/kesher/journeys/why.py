"""Why somebody did or did not get something of a journey, in words that a shop owner understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kesher.contacts.models import Contact
from kesher.journeys import reasons
from kesher.journeys.kinds import NODES, Node
from kesher.journeys.models import Journey, JourneyRun
from kesher.journeys.ownmessages import title_of
from kesher.journeys.queries import Step, path_of, runs_of
from kesher.journeys.versions import version_of
from kesher.lib.bidi import isolated
from kesher.messages.models import Message
from kesher.messages.reasons import in_words as message_reason

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
    """`summary` is the short answer; `runs` the newest first, empty when the contact never began."""

    summary: str
    runs: tuple[Told, ...]


def why(journey: Journey, contact: Contact) -> Answer:
    """What became of this contact in this journey, in the active language."""
    found = list(runs_of(journey, contact_id=contact.pk).order_by("-pk")[:MOST_RUNS])
    runs = tuple(tell(run, journey.workspace.time_zone) for run in found)
    if runs:
        return Answer(runs[0].summary, runs)
    return Answer(_never(journey), ())


def _never(journey: Journey) -> str:
    match Journey.Status(journey.status):
        case Journey.Status.DRAFT:
            return _("Never began: the journey has not been published.")
        case Journey.Status.PAUSED:
            return _("Never began; the journey is paused now and takes nobody in.")
        case Journey.Status.ARCHIVED:
            return _("Never began: the journey is archived.")
        case _:
            return _(
                "Never began: nothing that starts the journey has happened since it was published."
            )


def tell(run: JourneyRun, zone: str) -> Told:
    """One run's way in sentences."""
    nodes = version_of(run.version_id).graph.nodes
    steps = path_of(run)
    messages = Message.objects.in_bulk([step.message_id for step in steps if step.message_id])
    lines: list[Line] = [Line(run.started_at, _("Began the journey."))]
    seen: set[int] = set()
    for step in steps:
        node = nodes.get(step.node)
        sent = messages.get(step.message_id or 0)
        if sent is not None and sent.pk in seen:
            sent = None
        if sent is not None:
            seen.add(sent.pk)
        lines.extend(_lines(step, node, sent, zone))
    return Told(run.pk, run.started_at, _summary(run, nodes, zone), tuple(lines))


def _lines(step: Step, node: Node | None, sent: Message | None, zone: str) -> list[Line]:
    name = _name(step.node, node)
    found: list[Line] = []
    if sent is not None and node is not None and node.kind.startswith("send_"):
        text = _("%(step)s: %(state)s") % {"step": name, "state": _message_state(sent, zone)}
        return [Line(step.arrived_at, text, step.node, sent.pk)]
    if step.left_at is None:
        return found
    if step.port:
        text = _("%(step)s: went on by “%(way)s”") % {"step": name, "way": _way(node, step.port)}
    else:
        why_ended = reasons.in_words(step.reason) if step.reason else reasons.in_words("done")
        text = _("%(step)s: left here: %(reason)s") % {"step": name, "reason": why_ended}
    found.append(Line(step.left_at, text, step.node))
    return found


def _summary(run: JourneyRun, nodes: Mapping[str, Node], zone: str) -> str:
    if run.ended_at is not None:
        return _("Left on %(day)s: %(reason)s.") % {
            "day": _moment(run.ended_at, zone),
            "reason": reasons.in_words(run.reason),
        }
    name = _name(run.node, nodes.get(run.node))
    if run.state == JourneyRun.State.HELD:
        return _("Stands at %(step)s until the paused journey goes on.") % {"step": name}
    if run.until is not None:
        return _("Stands at %(step)s, until %(day)s at the latest.") % {
            "step": name,
            "day": _moment(run.until, zone),
        }
    return _("Stands at %(step)s.") % {"step": name}


def _message_state(message: Message, zone: str) -> str:
    match message.status:
        case "sent":
            at = message.sent_at or message.queued_at
            if message.clicked_at:
                return _("sent on %(day)s, and a link was clicked") % {"day": _moment(at, zone)}
            if message.opened_at:
                return _("sent on %(day)s, and opened") % {"day": _moment(at, zone)}
            return _("sent on %(day)s") % {"day": _moment(at, zone)}
        case "refused" | "failed" | "unknown":
            reason = message_reason(message.reason, message.reason_data)
            return _("not sent: %(reason)s") % {"reason": reason}
        case _:
            return _("waits to be sent")


def _name(key: str, node: Node | None) -> str:
    """The step as people know it: its own name, else its kind with its subject."""
    if node is None:
        return isolated(key)
    given: Any = node.given.get("name") or (title_of(node) if node.kind.startswith("send_") else "")
    label = str(NODES.get(node.kind).label)
    return f"{label} “{isolated(str(given))}”" if given else label


def _way(node: Node | None, port: str) -> str:
    words = {
        "next": _("on"),
        "yes": _("yes"),
        "no": _("no"),
        "timed_out": _("the time was up"),
        "otherwise": _("otherwise"),
        "past": _("the date is over"),
        "no_date": _("there is no date"),
        "failed": _("no answer"),
    }
    if port in words:
        return words[port]
    branches = node.given.get("branches") if node else None
    if isinstance(branches, list) and port.isdigit() and int(port) <= len(branches):
        label = branches[int(port) - 1].get("label")
        return isolated(str(label)) if label else port
    return port


def _moment(at: datetime, zone: str) -> str:
    return date_format(at.astimezone(ZoneInfo(zone)), "SHORT_DATETIME_FORMAT")
