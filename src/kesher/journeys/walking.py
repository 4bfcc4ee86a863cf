"""Moving runs: due ones are claimed by the thousand, grouped by version and node, followed through instant nodes in
memory, and written once, where they rest or end. All in one transaction: a kill at any point loses and repeats nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.journeys.asking import ends_by_rule
from kesher.journeys.counting import ended_name, name_of
from kesher.journeys.kinds import NODES, Cohort, Go, Listen, Outcome, Sleep, Stay, Stop, Walker
from kesher.journeys.models import Journey
from kesher.journeys.sitting import Sitting, Words
from kesher.journeys.starting import close_entries, keeps_entries, tell_ended
from kesher.journeys.versions import Ready, stopped_journeys, version_of
from kesher.lib import sql

BATCH = 2_000
MOST_STEPS = 300  # instant nodes that one run may pass at once; more is a loop
# So long a wait breaks the chain of journeys that set each other off: what repeats monthly is no loop.
LONG_WAIT = timedelta(hours=1)

CLAIM = """
SELECT r.id, r.journey_id, r.contact_id, r.node, r.visit, r.state, r.woken, r.arrived_at, r.until, r.listening,
       r.mark, r.message_id, r.depth, r.data::text, r.goal_at, r.version_id, c.id IS NOT NULL
FROM journey_run r LEFT JOIN contact c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id AND c.deleted_at IS NULL
WHERE r.workspace_id = %(workspace)s AND {mine}
ORDER BY r.due_at LIMIT %(limit)s FOR UPDATE OF r SKIP LOCKED
"""
JOURNEY, ARRIVED_AT = 1, 7  # their places in that row
CHANGING = "changing"  # a journey that somebody pauses, puts away or lets go on at this moment
_DUE = "r.due_at <= %(now)s"
# A worker whose clock is a moment ahead of the door's may have begun or woken it: it is due all the same.
_MINE = (
    "r.contact_id = %(contact)s AND r.due_at IS NOT NULL"
    " AND (r.due_at <= %(now)s OR r.state = 'ready' OR r.woken = 'event')"
)


def due_workspaces(now: datetime) -> list[int]:
    """The ids of the workspaces in which a run is due."""
    statement = (
        "SELECT w.id FROM workspace w WHERE EXISTS (SELECT 1 FROM journey_run r"
        " WHERE r.workspace_id = w.id AND r.due_at <= %s) ORDER BY w.id"
    )
    return [row[0] for row in sql.rows(statement, (now,))]


def claim(
    workspace_id: int, *, now: datetime, limit: int, contact_id: int | None = None
) -> list[tuple[Any, ...]]:
    """Due runs that nobody else has in hand, the longest due first; ours until the transaction ends."""
    statement = CLAIM.format(mine=_DUE if contact_id is None else _MINE)
    parameters = {"workspace": workspace_id, "now": now, "limit": limit, "contact": contact_id}
    return sql.rows(statement, parameters)


@transaction.atomic(savepoint=False)
def advance(
    workspace: Workspace,
    *,
    now: datetime,
    limit: int = BATCH,
    contact_id: int | None = None,
    words: Words | None = None,
) -> int:
    """Move up to `limit` due runs as far as they go; answers how many were taken up."""
    claimed = claim(workspace.pk, now=now, limit=limit, contact_id=contact_id)
    if claimed:
        latest = max(row[ARRIVED_AT] for row in claimed)
        walk = Walk(Sitting(workspace, max(now, latest), shared=words))
        with counters.added_together():
            walk.take(claimed)
            walk.run()
            walk.write()
    return len(claimed)


_RESTING = """
SELECT r.id, r.journey_id, r.contact_id, r.node, r.visit, r.state, r.woken, r.arrived_at, r.until, r.listening,
       r.mark, r.message_id, r.depth, r.data::text, r.goal_at, r.version_id, TRUE
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.id = ANY(%(ids)s)
  AND r.ended_at IS NULL ORDER BY r.id FOR UPDATE OF r
"""


@transaction.atomic
def move_on(
    workspace: Workspace, *, now: datetime, journey_id: int, run_ids: Sequence[int], way: Go
) -> int:
    """Let runs leave their node by this way, whatever they wait for; answers how many."""
    parameters = {"workspace": workspace.pk, "journey": journey_id, "ids": list(run_ids)}
    walk = Walk(Sitting(workspace, now))
    found = sql.rows(_RESTING, parameters)
    for row in found:
        walker, version_id, _is_alive = _walker(row)
        walk.take_up(walker, version_id)
        walk.go(walker, way.port, way.reason)
    walk.run()
    walk.write()
    return len(found)


class Walk:
    """The runs of one batch on their way, and what is to be written of them."""

    def __init__(self, sitting: Sitting) -> None:
        self.sitting = sitting
        self.now = sitting.now
        sitting.deferred.is_on = True
        self.fronts: dict[tuple[int, str], list[Walker]] = {}
        self.versions: dict[int, Ready] = {}  # of each run in hand
        self.resting: list[Walker] = []
        self.due: dict[int, datetime | None] = {}
        self.ended: dict[int, tuple[Walker, str]] = {}
        self.steps: list[tuple[Any, ...]] = []
        self.counts: Counter[str] = Counter()
        self.first_visit: dict[int, int] = {}

    # Taking up.

    def take(self, claimed: Sequence[tuple[Any, ...]]) -> None:
        stopped = self._stopped(claimed)
        by_version: dict[int, list[Walker]] = {}
        for row in claimed:
            walker, version_id, is_alive = _walker(row)
            status = stopped.get(walker.journey_id, "")
            if status == CHANGING:
                continue  # left as they are until it is decided
            version = self.take_up(walker, version_id)
            if walker.state in ("sleeping", "listening") and not walker.woken:
                walker.woken = "due"
            if not is_alive:
                self.end(walker, "contact_gone")
            elif status == Journey.Status.ARCHIVED:
                self.end(walker, "archived")
            elif status:
                self.hold(walker)
            elif walker.node not in version.graph.nodes:
                self.end(walker, "node_gone")
            else:
                by_version.setdefault(version_id, []).append(walker)
        for version_id, walkers in by_version.items():
            self.set_out(version_of(version_id), walkers)

    def take_up(self, walker: Walker, version_id: int) -> Ready:
        self.versions[walker.run_id] = version_of(version_id)
        self.first_visit[walker.run_id] = walker.visit
        self.sitting.in_hand.add(walker.run_id)
        return self.versions[walker.run_id]

    def _stopped(self, claimed: Sequence[tuple[Any, ...]]) -> dict[int, str]:
        """Of the journeys of these runs, those that stand still, and stand still until we have written."""
        workspace_id = self.sitting.workspace.pk
        found = stopped_journeys(workspace_id, {row[JOURNEY] for row in claimed})
        if not found:
            return {}
        firmly = stopped_journeys(workspace_id, found, lock=True)
        return {number: firmly.get(number, CHANGING) for number in found}

    def set_out(self, version: Ready, walkers: Sequence[Walker]) -> None:
        """Past the journey's goal and exit rule, to the nodes they stand at."""
        before = [walker.goal_at for walker in walkers]
        reasons = ends_by_rule(self.sitting, version, walkers)
        for walker, goal_before, reason in zip(walkers, before, reasons, strict=True):
            if walker.goal_at != goal_before:
                self.counts[f"journey.{walker.journey_id}.goal"] += 1
            if reason:
                self.end(walker, reason)
            else:
                self.fronts.setdefault((version.id, walker.node), []).append(walker)

    def hold(self, walker: Walker) -> None:
        """The journey stands still: out of the way of those that are due, until it goes on."""
        walker.state = "held"
        self.due[walker.run_id] = None
        self.resting.append(walker)

    # On the way.

    def run(self) -> None:
        while self.fronts:
            key = min(self.fronts, key=self._order)
            walkers = self.fronts.pop(key)
            for cohort in self._cohorts(key, walkers):
                for walker, outcome in zip(cohort.walkers, self._outcomes(cohort), strict=True):
                    if walker.run_id in self.sitting.stops:
                        self._end_stopped(walker)
                    else:
                        self.follow(walker, outcome)

    def _outcomes(self, cohort: Cohort) -> Sequence[Outcome]:
        kind = NODES.get(cohort.node.kind)
        if kind.by_sitting:
            return kind.run(cohort)
        self.sitting.settle()
        outcomes = kind.run(cohort)
        self.sitting.known.forget_all()
        return outcomes

    def _order(self, key: tuple[int, str]) -> tuple[int, int]:
        version_id, node = key
        return version_id, version_of(version_id).graph.rank.get(node, 0)

    def _cohorts(self, key: tuple[int, str], walkers: Sequence[Walker]) -> Iterable[Cohort]:
        """Those at one node, each contact at most once, so that a change to somebody's fields is made for each run."""
        version = version_of(key[0])
        node = version.graph.nodes[key[1]]
        turns: list[list[Walker]] = []
        seen: Counter[int] = Counter()
        for walker in walkers:
            turn = seen[walker.contact_id]
            seen[walker.contact_id] += 1
            if turn == len(turns):
                turns.append([])
            turns[turn].append(walker)
        for turn_walkers in turns:
            if going := self._still_going(turn_walkers):
                yield Cohort(self.sitting, node, going, version)

    def _still_going(self, walkers: Sequence[Walker]) -> list[Walker]:
        """Without those that another run of this sitting ends, which end here."""
        going = []
        for walker in walkers:
            if walker.run_id in self.sitting.stops:
                self._end_stopped(walker)
            else:
                going.append(walker)
        return going

    def _end_stopped(self, walker: Walker) -> None:
        self.end(walker, self.sitting.stops[walker.run_id])

    def follow(self, walker: Walker, outcome: Outcome) -> None:
        match outcome:
            case Go(port, reason):
                self.go(walker, port, reason)
            case Sleep(until):
                self.rest(walker, "sleeping", until, until, frozenset())
            case Listen(kinds, until, look_at):
                due = min((at for at in (until, look_at) if at is not None), default=None)
                self.rest(walker, "listening", until, due, kinds)
            case Stay():
                self.stay(walker)
            case Stop(reason):
                self.end(walker, reason)

    def go(self, walker: Walker, port: str, reason: str) -> None:
        version = self.versions[walker.run_id]
        target = version.graph.nodes[walker.node].ports.get(port)
        if target is None:
            self.end(walker, "done", port=port, why=reason)
            return
        if walker.visit - self.first_visit[walker.run_id] >= MOST_STEPS:
            self.end(walker, "loop")
            return
        self._step(walker, port, reason)
        if walker.woken == "due" and self.now - walker.arrived_at >= LONG_WAIT:
            walker.depth = 1
        walker.node, walker.visit, walker.woken = target, walker.visit + 1, ""
        walker.arrived_at, walker.until, walker.listening = self.now, None, ()
        walker.mark = 0
        self.counts[name_of(walker.journey_id, version.id, target, "entered")] += 1
        self.fronts.setdefault((version.id, target), []).append(walker)

    def rest(
        self,
        walker: Walker,
        state: str,
        until: datetime | None,
        due: datetime | None,
        kinds: frozenset[str],
    ) -> None:
        graph = self.versions[walker.run_id].graph
        walker.state, walker.until = state, until
        walker.listening = tuple(sorted(kinds | self.sitting.ending_kinds(graph)))
        if kinds and not walker.mark:
            walker.mark = self.sitting.event_mark
        self.due[walker.run_id] = due
        self.resting.append(walker)

    def stay(self, walker: Walker) -> None:
        """Woken for nothing: as it was, due at the end of its wait."""
        self.due[walker.run_id] = walker.until
        self.resting.append(walker)

    def end(self, walker: Walker, reason: str, *, port: str = "", why: str = "") -> None:
        self._step(walker, port, why or ("" if reason == "done" else reason))
        self.counts[ended_name(walker.journey_id, reason)] += 1
        self.ended[walker.run_id] = (walker, reason)

    def _step(self, walker: Walker, port: str, reason: str) -> None:
        version = self.versions[walker.run_id]
        self.steps.append(
            (
                self.sitting.workspace.pk, walker.run_id, walker.visit, version.id, walker.node, port,
                walker.arrived_at, self.now, reason, walker.message_id,
            )
        )  # fmt: skip
        self.counts[name_of(walker.journey_id, version.id, walker.node, "left")] += 1
        if port:
            name = name_of(walker.journey_id, version.id, walker.node, f"port.{port}")
            self.counts[name] += 1

    # Written once.

    def write(self) -> None:
        workspace_id = self.sitting.workspace.pk
        self.sitting.settle()
        self.resting = self._still_going(self.resting)
        sql.copy_in("journey_step", _STEP_COLUMNS, self.steps)
        self._write_resting(workspace_id)
        self._write_ended(workspace_id)
        counters.add(workspace_id, self.counts)

    def _write_resting(self, workspace_id: int) -> None:
        """Most runs of a batch rest alike: what they have in common is sent once, the rest by numbers."""
        walkers = self.resting
        if not walkers:
            return
        alike, kinds = _grouped(
            (
                one.node, one.state, one.woken if one.state == "held" else "", self.due[one.run_id],
                one.until, ",".join(one.listening), one.arrived_at, one.mark, one.depth, one.goal_at,
                _changed_data(one),
            )
            for one in walkers
        )  # fmt: skip
        names = (
            "nodes", "states", "woken", "due", "until", "listening", "arrived", "marks", "depths", "goals", "data",
        )  # fmt: skip
        sql.execute(
            _REST,
            {
                "workspace": workspace_id,
                "ids": [one.run_id for one in walkers],
                "visits": [one.visit for one in walkers],
                "messages": [one.message_id for one in walkers],
                "alike": alike,
                **dict(zip(names, map(list, zip(*kinds, strict=True)), strict=True)),
            },
        )

    def _write_ended(self, workspace_id: int) -> None:
        if not self.ended:
            return
        walkers = [walker for walker, _reason in self.ended.values()]
        alike, kinds = _grouped(
            (walker.node, walker.arrived_at, walker.goal_at, reason)
            for walker, reason in self.ended.values()
        )
        nodes, arrived, goals, reasons = map(list, zip(*kinds, strict=True))
        sql.execute(
            _ENDED,
            {
                "workspace": workspace_id,
                "now": self.now,
                "ids": [one.run_id for one in walkers],
                "visits": [one.visit for one in walkers],
                "messages": [one.message_id for one in walkers],
                "alike": alike,
                "nodes": nodes,
                "arrived": arrived,
                "goals": goals,
                "reasons": reasons,
            },
        )
        kept = [one.run_id for one in walkers if keeps_entries(self.versions[one.run_id].id)]
        close_entries(workspace_id, kept)
        groups: dict[tuple[int, str, int], list[int]] = {}
        for walker, reason in self.ended.values():
            key = (walker.journey_id, reason, walker.depth)
            groups.setdefault(key, []).append(walker.contact_id)
        for (journey_id, reason, depth), contact_ids in groups.items():
            tell_ended(self.sitting, journey_id, contact_ids, reason, depth=depth)


_STEP_COLUMNS = (
    "workspace_id", "run_id", "visit", "version_id", "node", "port", "arrived_at", "at", "reason", "message_id",
)  # fmt: skip

_REST = """
UPDATE journey_run r SET node = k.node, visit = d.visit, state = k.state, woken = k.woken, due_at = k.due, until = k.until,
       listening = coalesce(string_to_array(nullif(k.listening, ''), ','), '{}'), arrived_at = k.arrived, mark = k.mark,
       message_id = d.message, depth = k.depth, goal_at = k.goal,
       data = CASE WHEN k.data IS NULL THEN r.data ELSE k.data::jsonb END
FROM unnest(%(ids)s::bigint[], %(visits)s::int[], %(messages)s::bigint[], %(alike)s::int[]) AS d(id, visit, message, alike)
JOIN unnest(%(nodes)s::text[], %(states)s::text[], %(woken)s::text[], %(due)s::timestamptz[], %(until)s::timestamptz[],
            %(listening)s::text[], %(arrived)s::timestamptz[], %(marks)s::bigint[], %(depths)s::smallint[],
            %(goals)s::timestamptz[], %(data)s::text[]) WITH ORDINALITY
     AS k(node, state, woken, due, until, listening, arrived, mark, depth, goal, data, number) ON k.number = d.alike
WHERE r.workspace_id = %(workspace)s AND r.id = d.id
"""
_ENDED = """
UPDATE journey_run r SET node = k.node, visit = d.visit, state = 'ended', woken = '', due_at = NULL, until = NULL,
       listening = '{}', arrived_at = k.arrived, message_id = d.message, goal_at = k.goal,
       ended_at = %(now)s, reason = k.reason
FROM unnest(%(ids)s::bigint[], %(visits)s::int[], %(messages)s::bigint[], %(alike)s::int[]) AS d(id, visit, message, alike)
JOIN unnest(%(nodes)s::text[], %(arrived)s::timestamptz[], %(goals)s::timestamptz[], %(reasons)s::text[]) WITH ORDINALITY
     AS k(node, arrived, goal, reason, number) ON k.number = d.alike
WHERE r.workspace_id = %(workspace)s AND r.id = d.id
"""


def _grouped(keys: Iterable[tuple[Any, ...]]) -> tuple[list[int], list[tuple[Any, ...]]]:
    """For each key the number of its kind, from 1, and the kinds in their order."""
    kinds: dict[tuple[Any, ...], int] = {}
    return [kinds.setdefault(key, len(kinds) + 1) for key in keys], list(kinds)


_OF_RUNS = """
SELECT r.id, r.journey_id, r.contact_id, r.node, r.visit, r.state, r.woken, r.arrived_at, r.until, r.listening,
       r.mark, r.message_id, r.depth, r.data::text, r.goal_at, r.version_id, TRUE, r.reason
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s)
"""


def walkers_of(workspace_id: int, run_ids: Iterable[int]) -> dict[int, tuple[Walker, int, str]]:
    """Runs by id as they stand, without claiming them: each with its version and, when it ended, the reason."""
    found = sql.rows(_OF_RUNS, {"workspace": workspace_id, "ids": sorted(run_ids)})
    return {row[0]: (_walker(row[:-1])[0], row[15], row[-1]) for row in found}


def _walker(row: tuple[Any, ...]) -> tuple[Walker, int, bool]:
    (run_id, journey_id, contact_id, node, visit, state, woken, arrived_at, until, listening,
     mark, message_id, depth, data, goal_at, version_id, is_alive) = row  # fmt: skip
    walker = Walker(
        run_id=run_id,
        journey_id=journey_id,
        contact_id=contact_id,
        node=node,
        visit=visit,
        state=state,
        woken=woken,
        arrived_at=arrived_at,
        until=until,
        listening=tuple(listening),
        mark=mark,
        message_id=message_id,
        depth=depth,
        data={} if data == "{}" else json.loads(data),
        goal_at=goal_at,
    )
    return walker, version_id, is_alive


def _changed_data(walker: Walker) -> str | None:
    """The run's data when a node has put something into it."""
    return json.dumps(walker.data, ensure_ascii=False) if "answers" in walker.data else None
