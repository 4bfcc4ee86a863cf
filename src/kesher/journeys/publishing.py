"""From a draft to a version that runs walk: checked, its messages compiled, what it listens to told to the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.content.actions import publish_version
from kesher.content.document import direction_of
from kesher.content.document import parse as parse_document
from kesher.content.models import Document
from kesher.content.problems import Problems
from kesher.events.inbox import listen, unlisten
from kesher.journeys.clockwork import set_clocks, stop_clocks
from kesher.journeys.graph import Graph
from kesher.journeys.kinds import NODES, Node
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.nodes.send import Send
from kesher.journeys.ownmessages import sending_nodes, title_of
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import note_entries
from kesher.journeys.versions import Live, kinds_of, ready
from kesher.journeys.waking import waits_for
from kesher.messages.subjects import marked_subject
from kesher.segments.actions import hear, unhear
from kesher.segments.models import Segment, SegmentListener

_CONTENT = ("subject", "preheader", "document", "message_class")


def listener_of(journey_id: int) -> str:
    return f"journey:{journey_id}"


def compile_messages(
    access: Access, journey: Journey, graph: Graph, *, now: datetime
) -> dict[str, dict[str, Any]]:
    """The messages of the graph as versions; what has not changed since an earlier version stays the same one.

    Raises BadJourney when one cannot be sent.
    """
    known: dict[str, dict[str, Any]] = {}
    for version in JourneyVersion.objects.filter(journey=journey).order_by("number"):
        known.update(version.messages)
    found, problems = {}, []
    for node in sending_nodes(graph):
        mark = _mark(node)
        earlier = known.get(node.key)
        if earlier is not None and earlier["mark"] == mark:
            found[node.key] = earlier
            continue
        try:
            found[node.key] = _compile(access, journey, node, earlier, mark, now)
        except Problems as bad:
            problems += [
                Problem("document", f"nodes.{node.key}.{one.path}", one.message.replace("%", "%%"))
                for one in bad.problems
            ]
    if problems:
        raise BadJourney(problems)
    return found


def _mark(node: Node) -> str:
    content = {key: node.given.get(key) for key in _CONTENT}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def _compile(
    access: Access,
    journey: Journey,
    node: Node,
    earlier: Mapping[str, Any] | None,
    mark: str,
    now: datetime,
) -> dict[str, Any]:
    """A document of its own for the node, out of the list of documents, and a version of it."""
    given, kind = node.given, NODES.get(node.kind)
    channel = kind.channel if isinstance(kind, Send) else "email"
    message_class = given.get("message_class") or "advertising"
    body = parse_document(given["document"]).to_json()
    subject = str(given.get("subject") or "")
    if channel == "email":
        subject = marked_subject(
            subject, workspace=access.workspace, message_class=message_class,
            direction=str(body.get("direction") or direction_of(access.workspace.language)),
        )  # fmt: skip
    values: dict[str, Any] = {
        "kind": channel,
        "name": f"{journey.name} · {title_of(node)}"[:200],
        "body": body,
        "subject": subject,
        "preheader": str(given.get("preheader") or ""),
        "archived_at": now,
        "is_apart": True,
    }
    number = int(earlier["document"]) if earlier else 0
    document = Document.objects.filter(workspace=access.workspace, pk=number).first()
    if document is None:
        document = Document.objects.create(workspace=access.workspace, **values)
    else:
        for key, value in values.items():
            setattr(document, key, value)
        document.save()
    version = publish_version(
        access, document, now=now, with_footer=message_class in ("advertising", "service")
    )
    return {"version": version.pk, "document": document.pk, "mark": mark}


def go_live(access: Access, journey: Journey, version: JourneyVersion, *, now: datetime) -> None:
    """From now on the journey hears what it listens to, and its clocks run."""
    live = Live(journey.pk, journey.key, journey.name, ready(version))
    _keep_who_came(journey, version)
    hear_segments(access, journey, live.version.graph, now=now)
    set_clocks(access.workspace, live, now=now)
    refresh_listening(access.workspace, journey, now=now)


def _keep_who_came(journey: Journey, version: JourneyVersion) -> None:
    """By the version before anybody might come always, and nobody was noted; by this one it counts who was in."""
    earlier = JourneyVersion.objects.filter(journey=journey, number__lt=version.number)
    before = earlier.order_by("-number").first()
    if before is None or ready(version).graph.reentry.policy == "always":
        return
    if ready(before).graph.reentry.policy == "always":
        note_entries(journey.workspace_id, journey.pk)


def refresh_listening(
    workspace: Workspace, journey: Journey, *, now: datetime, takes_in: bool = True
) -> None:
    """What starts it, and what runs of any of its versions still wait for."""
    sitting = Sitting(workspace, now)
    kinds: set[str] = {"contact.deleted"}
    for row in JourneyVersion.objects.filter(journey=journey):
        version = ready(row)
        if takes_in and row.pk == journey.live_version_id:
            kinds |= kinds_of(version.graph.triggers)
        kinds |= sitting.ending_kinds(version.graph)
        for node in version.graph.nodes.values():
            kinds |= waits_for(sitting, version.graph, journey.pk, node)
    listen(workspace.pk, listener=listener_of(journey.pk), kinds=kinds)


def fall_silent(access: Access, journey: Journey) -> None:
    """It hears nothing any more."""
    unlisten(access.workspace.pk, listener=listener_of(journey.pk))
    stop_clocks(access.workspace.pk, journey.pk)
    _unhear(access, journey, but=set())


def hear_segments(access: Access, journey: Journey, graph: Graph, *, now: datetime) -> None:
    """Members of the segments that start it are kept from now on; of others no longer."""
    keys = {
        str(trigger.given.get("segment"))
        for trigger in graph.triggers
        if trigger.kind.startswith("segment.")
    }
    wanted = set(
        Segment.objects.filter(workspace=access.workspace, key__in=keys).values_list(
            "pk", flat=True
        )
    )
    for number in wanted:
        hear(access.workspace.pk, segment_id=number, listener=listener_of(journey.pk), now=now)
    _unhear(access, journey, but=wanted)


def _unhear(access: Access, journey: Journey, *, but: set[int]) -> None:
    heard = SegmentListener.objects.filter(
        workspace_id=access.workspace.pk, listener=listener_of(journey.pk)
    )
    for number in heard.values_list("segment_id", flat=True):
        if number not in but:
            unhear(access.workspace.pk, segment_id=number, listener=listener_of(journey.pk))
