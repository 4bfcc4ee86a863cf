"""All that reads journeys: lists, numbers, who stands where, the way of a run and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.journeys.counting import ended_name, name_of
from kesher.journeys.models import Journey, JourneyRun, JourneyVersion
from kesher.journeys.reasons import REASONS
from kesher.journeys.versions import version_of
from kesher.lib import sql

MESSAGE_NUMBERS = ("planned", "sent", "opened", "clicked", "refused", "failed", "bounced")


def journeys_of(workspace: Workspace, *, archived: bool = False) -> QuerySet[Journey]:
    """The workspace's journeys, the newest change first."""
    found = Journey.objects.filter(workspace=workspace, archived_at__isnull=not archived)
    return found.order_by("-updated_at", "-id")


@dataclass(frozen=True)
class NodeNumbers:
    """`waiting` is who stands there now; `ports` how many left by each way; `messages` what became of what it sent."""

    entered: int = 0
    left: int = 0
    ports: Mapping[str, int] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return self.entered - self.left


@dataclass(frozen=True)
class Numbers:
    """`active` is who is on the way now; `ended` by reason."""

    started: int
    goal: int
    ended: Mapping[str, int]
    nodes: Mapping[str, NodeNumbers]

    @property
    def active(self) -> int:
        return self.started - sum(self.ended.values())


def numbers_of(journey: Journey, *, version_id: int | None = None) -> Numbers:
    """The running numbers, over all versions or of one. One statement, however many nodes."""
    versions = list(JourneyVersion.objects.filter(journey=journey).values_list("pk", flat=True))
    wanted = versions if version_id is None else [version_id]
    ports: dict[str, dict[str, None]] = {}
    for number in wanted:
        for node in version_of(number).graph.nodes.values():
            ports.setdefault(node.key, {}).update(dict.fromkeys(node.ports))
    names = [f"journey.{journey.pk}.{what}" for what in ("started", "goal")]
    names += [ended_name(journey.pk, reason) for reason in REASONS]
    for node_key, keys in ports.items():
        for what in ("entered", "left", *(f"port.{key}" for key in keys)):
            names += [name_of(journey.pk, number, node_key, what) for number in wanted]
        names += [f"journey.{journey.pk}.{node_key}.{what}" for what in MESSAGE_NUMBERS]
    found = counters.read(journey.workspace_id, names)

    def total(node_key: str, what: str) -> int:
        return sum(found[name_of(journey.pk, number, node_key, what)] for number in wanted)

    nodes = {
        node_key: NodeNumbers(
            total(node_key, "entered"),
            total(node_key, "left"),
            {key: total(node_key, f"port.{key}") for key in keys},
            {what: found[f"journey.{journey.pk}.{node_key}.{what}"] for what in MESSAGE_NUMBERS},
        )
        for node_key, keys in ports.items()
    }
    ended = {reason: found[ended_name(journey.pk, reason)] for reason in REASONS}
    return Numbers(
        found[f"journey.{journey.pk}.started"],
        found[f"journey.{journey.pk}.goal"],
        {reason: count for reason, count in ended.items() if count},
        nodes,
    )


@dataclass(frozen=True)
class Step:
    """One node of a run's way. The last one of a run that goes on has no `left_at`: there it stands."""

    visit: int
    node: str
    port: str
    arrived_at: datetime
    left_at: datetime | None
    reason: str = ""
    message_id: int | None = None
    version_id: int = 0


_PATH = """
SELECT visit, node, port, arrived_at, at, reason, message_id, version_id FROM journey_step
WHERE workspace_id = %s AND run_id = %s ORDER BY visit
"""


def path_of(run: JourneyRun) -> list[Step]:
    """The way of a run so far, from the start."""
    steps = [Step(*row) for row in sql.rows(_PATH, (run.workspace_id, run.pk))]
    if run.ended_at is None:
        here = Step(
            run.visit, run.node, "", run.arrived_at, None, "", run.message_id, run.version_id
        )
        steps.append(here)
    return steps


def runs_of(
    journey: Journey,
    *,
    node: str = "",
    active: bool | None = None,
    contact_id: int | None = None,
    after_id: int = 0,
) -> QuerySet[JourneyRun]:
    """The runs of a journey by id; those that stand at a node, those of a contact."""
    found = JourneyRun.objects.filter(
        workspace_id=journey.workspace_id, journey_id=journey.pk, pk__gt=after_id
    )
    if node:
        found = found.filter(node=node, ended_at=None)
    if active is not None:
        found = found.filter(ended_at__isnull=active)
    if contact_id is not None:
        found = found.filter(contact_id=contact_id)
    return found.order_by("pk")


def runs_of_contact(workspace_id: int, contact_id: int, *, limit: int = 100) -> list[JourneyRun]:
    """All the journeys a contact is or was in, the newest first."""
    found = JourneyRun.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return list(found.order_by("-pk")[:limit])


_STANDING = """
SELECT node, version_id, count(*) FROM journey_run
WHERE workspace_id = %s AND journey_id = %s AND ended_at IS NULL GROUP BY node, version_id ORDER BY node, version_id
"""


def standing(journey: Journey) -> list[tuple[str, int, int]]:
    """Who stands where now: (node, version id, how many), counted, for the moment of publishing."""
    return sql.rows(_STANDING, (journey.workspace_id, journey.pk))


@dataclass(frozen=True)
class Late:
    """Runs that are past due without moving."""

    workspace_id: int
    journey_id: int
    count: int
    since: datetime


_LATE = """
SELECT r.workspace_id, r.journey_id, count(*), min(r.due_at) FROM journey_run r
JOIN journey j ON j.id = r.journey_id AND j.workspace_id = r.workspace_id AND j.status = 'live'
WHERE r.due_at < %s GROUP BY r.workspace_id, r.journey_id ORDER BY min(r.due_at)
"""


def late_runs(before: datetime) -> list[Late]:
    """What should have moved before this moment and did not: the watchdog's question."""
    return [Late(*row) for row in sql.rows(_LATE, (before,))]


def graph_of(journey: Journey) -> Mapping[str, Any]:
    """The graph that is live, else the draft."""
    graph: Mapping[str, Any] = journey.live_version.graph if journey.live_version else journey.draft
    return graph


def versions_of(journey: Journey) -> Sequence[JourneyVersion]:
    return list(journey.versions.order_by("-number"))
