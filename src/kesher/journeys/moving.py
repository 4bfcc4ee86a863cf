"""Those on the way when another version is published: who stands where, and what becomes of them.

Each finishes on the version they began with, goes over to the new one, or leaves. In sets, in the transaction that
publishes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kesher.events import counters
from kesher.journeys.counting import name_of
from kesher.journeys.delivering import deliver_once
from kesher.journeys.differences import is_other_step, steps_before
from kesher.journeys.graph import Graph
from kesher.journeys.kinds import Node
from kesher.journeys.models import Journey
from kesher.journeys.nodes.wait import until_by_clock
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import end_runs
from kesher.journeys.versions import Ready, version_of
from kesher.journeys.waking import heard_at
from kesher.journeys.when import after
from kesher.lib import sql
from kesher.rules.durations import read_duration

FINISH, MOVE, EXIT = "finish", "move", "exit"
KEEP, RECOMPUTE = "keep", "recompute"
# What can be done for somebody who is past it: it leads on at once, and by one way.
ONCE_KINDS = frozenset((
    "send_email", "send_sms", "send_whatsapp", "update_contact", "add_to_lists", "remove_from_lists", "consent",
    "alert", "task", "start_journey", "stop_journey",
))  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What becomes of those at one step. `to` is a node of the new version, empty for the one of the same key;
    `waits` says whether a changed wait there is worked out anew from when they came."""

    do: str = FINISH
    to: str = ""
    waits: str = KEEP


@dataclass(frozen=True)
class Plan:
    """By node of the versions they stand in. `deliver_once`: new steps done for those who are past them."""

    steps: Mapping[str, Choice] = field(default_factory=dict)
    others: Choice = Choice()
    deliver_once: tuple[str, ...] = ()

    def of(self, node: str) -> Choice:
        return self.steps.get(node, self.others)


@dataclass(frozen=True)
class Standing:
    """Those at one step now. `state` against the new graph: same, changed or removed."""

    node: Node
    count: int
    state: str
    versions: tuple[int, ...]

    @property
    def waits(self) -> bool:
        """Whether there is a wait to work out anew."""
        return self.state == "changed" and self.node.kind in ("wait", "wait_until")


@dataclass(frozen=True)
class Behind:
    """A new step that some are past; `count` of them."""

    key: str
    count: int


_STANDING = """
SELECT node, version_id, count(*) FROM journey_run
WHERE workspace_id = %s AND journey_id = %s AND ended_at IS NULL GROUP BY node, version_id ORDER BY node, version_id
"""


def standing_against(journey: Journey, graph: Graph) -> list[Standing]:
    """Who stands where, each step compared with the graph that is to be published."""
    rows = sql.rows(_STANDING, (journey.workspace_id, journey.pk))
    by_node: dict[str, list[tuple[Ready, int]]] = {}
    for node, version_id, count in rows:
        by_node.setdefault(node, []).append((version_of(version_id), count))
    found = [_standing(key, where, graph) for key, where in by_node.items()]
    order = {"removed": 0, "changed": 1, "same": 2}
    return sorted(found, key=lambda one: (order[one.state], graph.rank.get(one.node.key, 0)))


def _standing(key: str, where: Sequence[tuple[Ready, int]], graph: Graph) -> Standing:
    new = graph.nodes.get(key)
    olds = [version.graph.nodes[key] for version, _count in where]
    state = "removed" if new is None else "same"
    if new is not None and any(is_other_step(old, new) for old in olds):
        state = "changed"
    numbers = tuple(version.number for version, _count in where)
    return Standing(olds[-1], sum(count for _version, count in where), state, numbers)


def passed_by(journey: Journey, graph: Graph, standing: Iterable[Standing]) -> list[Behind]:
    """The new steps that can be done once for those who are past them, with how many are."""
    known: set[str] = set()
    for (version_id,) in sql.rows(
        "SELECT DISTINCT version_id FROM journey_run WHERE workspace_id = %s AND journey_id = %s AND ended_at IS NULL",
        (journey.workspace_id, journey.pk),
    ):
        known |= version_of(version_id).graph.nodes.keys()
    counts: Counter[str] = Counter()
    for one in standing:
        if one.node.key in graph.nodes:
            for key in steps_before(graph, one.node.key):
                counts[key] += one.count
    return [
        Behind(key, counts[key])
        for key, node in graph.nodes.items()
        if key not in known and counts[key] and node.kind in ONCE_KINDS
    ]


def check_plan(plan: Plan, graph: Graph) -> None:
    """Raises BadJourney where a choice cannot be carried out."""
    found = []
    for key, choice in plan.steps.items():
        if choice.do == MOVE and (choice.to or key) not in graph.nodes:
            text = _("this version has no step “%(key)s” to move to")
            path = f"people.steps.{key}.to"
            found.append(Problem("unknown_node", path, text, {"key": choice.to or key}))
    for key in plan.deliver_once:
        node = graph.nodes.get(key)
        if node is None or node.kind not in ONCE_KINDS:
            text = _("the step “%(key)s” cannot be done for those who are past it")
            found.append(Problem("unknown_node", "people.deliver_once", text, {"key": key}))
    if found:
        raise BadJourney(found)


@dataclass
class Moved:
    """How many went over, left, and had new steps done for them."""

    moved: int = 0
    left: int = 0
    delivered: int = 0


_LOCK = """
SELECT id, node, version_id FROM journey_run
WHERE workspace_id = %s AND journey_id = %s AND ended_at IS NULL AND version_id <> %s ORDER BY id FOR UPDATE
"""


def carry_over(sitting: Sitting, journey_id: int, new: Ready, plan: Plan) -> Moved:
    """Do what the plan says with all who are on the way in earlier versions."""
    groups: dict[tuple[int, str], list[int]] = {}
    for run_id, node, version_id in sql.rows(_LOCK, (sitting.workspace.pk, journey_id, new.id)):
        groups.setdefault((version_id, node), []).append(run_id)
    done = Moved()
    went: dict[tuple[int, str], list[int]] = {}
    for (version_id, node), ids in groups.items():
        choice = plan.of(node)
        target = choice.to or node
        if choice.do == EXIT:
            done.left += len(end_runs(sitting, reason="published", run_ids=ids))
        elif choice.do == MOVE and target in new.graph.nodes:
            _over(sitting, version_of(version_id), new, node, target, ids, choice)
            went.setdefault((version_id, target), []).extend(ids)
            done.moved += len(ids)
    if plan.deliver_once:
        done.delivered = deliver_once(sitting, new, went, plan.deliver_once)
    return done


def _over(
    sitting: Sitting, old: Ready, new: Ready, node: str, target: str, ids: Sequence[int], choice: Choice
) -> None:  # fmt: skip
    before, now_there = old.graph.nodes.get(node), new.graph.nodes[target]
    if target != node or before is None or before.kind != now_there.kind:
        _replace(sitting, old, new, node, target, ids)
        return
    other_end = (old.graph.exit_if, old.graph.goal) != (new.graph.exit_if, new.graph.goal)
    kinds = heard_at(sitting, new, now_there)
    sql.execute(
        _CARRY,
        {
            "workspace": sitting.workspace.pk, "ids": list(ids), "version": new.id, "now": sitting.now,
            "listening": sorted(kinds), "wake": other_end, "moved": _moved(sitting, new),
        },
    )  # fmt: skip
    counters.add(
        sitting.workspace.pk,
        {
            name_of(new.journey_id, old.id, node, "entered"): -len(ids),
            name_of(new.journey_id, new.id, node, "entered"): len(ids),
        },
    )
    if choice.waits == RECOMPUTE and is_other_step(before, now_there):
        _work_out(sitting, now_there, ids)


def _moved(sitting: Sitting, new: Ready) -> str:
    return f'[{{"at": "{sitting.now.isoformat()}", "version": {new.number}}}]'


# The same step in the new version: the wait goes on. What the whole journey ends by may be another, so they are asked.
_CARRY = """
UPDATE journey_run r SET version_id = %(version)s,
       listening = CASE WHEN r.state IN ('ready', 'asked', 'skipping') THEN r.listening ELSE %(listening)s::text[] END,
       due_at = CASE WHEN %(wake)s AND r.state IN ('sleeping', 'listening') THEN %(now)s ELSE r.due_at END,
       woken = CASE WHEN %(wake)s AND r.state IN ('sleeping', 'listening') THEN 'event' ELSE r.woken END,
       data = jsonb_set(r.data, '{moved}', coalesce(r.data -> 'moved', '[]') || %(moved)s::jsonb)
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s)
"""

# Another step: the old one is left without a way, and they arrive at the new one now.
_REPLACE = """
WITH old AS (
    SELECT id, version_id, node, visit, arrived_at FROM journey_run
    WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s)
), steps AS (
    INSERT INTO journey_step (workspace_id, run_id, visit, version_id, node, port, arrived_at, at, reason)
    SELECT %(workspace)s, id, visit, version_id, node, '', arrived_at, %(now)s, 'moved' FROM old
)
UPDATE journey_run r SET version_id = %(version)s, node = %(node)s, visit = r.visit + 1, arrived_at = %(now)s,
       state = CASE WHEN r.state IN ('held', 'asked', 'skipping') THEN r.state ELSE 'ready' END, woken = '',
       due_at = CASE WHEN r.state IN ('held', 'asked', 'skipping') THEN NULL ELSE %(now)s END, until = NULL, listening = '{}',
       mark = 0, data = jsonb_set(r.data, '{moved}', coalesce(r.data -> 'moved', '[]') || %(moved)s::jsonb)
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s)
"""


def _replace(
    sitting: Sitting, old: Ready, new: Ready, node: str, target: str, ids: Sequence[int]
) -> None:
    sql.execute(
        _REPLACE,
        {
            "workspace": sitting.workspace.pk, "ids": list(ids), "version": new.id, "node": target,
            "now": sitting.now, "moved": _moved(sitting, new),
        },
    )  # fmt: skip
    counters.add(
        sitting.workspace.pk,
        {
            name_of(new.journey_id, old.id, node, "left"): len(ids),
            name_of(new.journey_id, new.id, target, "entered"): len(ids),
        },
    )


_ARRIVALS = "SELECT DISTINCT arrived_at FROM journey_run WHERE workspace_id = %s AND id = ANY(%s)"

# A wait as if it had been so from the start: counted from when they came. What is over by now is due.
_AGAIN = """
UPDATE journey_run r SET until = g.until,
       due_at = CASE WHEN r.state IN ('held', 'asked', 'skipping', 'ready') THEN r.due_at
                     WHEN %(ask)s THEN %(now)s ELSE g.until END,
       woken = CASE WHEN r.state IN ('held', 'asked', 'skipping', 'ready') THEN r.woken WHEN %(ask)s THEN 'event' ELSE '' END
FROM unnest(%(arrived)s::timestamptz[], %(until)s::timestamptz[]) AS g(arrived_at, until)
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s) AND r.arrived_at = g.arrived_at
"""


def _work_out(sitting: Sitting, node: Node, ids: Sequence[int]) -> None:
    given = node.given
    arrivals = [row[0] for row in sql.rows(_ARRIVALS, (sitting.workspace.pk, list(ids)))]
    asks = node.kind == "wait_until" or bool(given.get("until_field"))
    untils = [_until(node, at, sitting.zone) for at in arrivals]
    sql.execute(
        _AGAIN,
        {
            "workspace": sitting.workspace.pk, "ids": list(ids), "now": sitting.now, "ask": asks,
            "arrived": arrivals, "until": untils,
        },
    )  # fmt: skip


def _until(node: Node, arrived: datetime, zone: str) -> datetime | None:
    if node.kind == "wait":
        return until_by_clock(node.given, arrived, zone)
    timeout = read_duration(node.given.get("timeout"))
    return after(arrived, timeout, zone) if timeout else None
