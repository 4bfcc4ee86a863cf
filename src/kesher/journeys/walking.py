"""Moving runs: due ones are claimed by the thousand, grouped by version and node, followed through instant nodes in
memory, and written once, where they rest or end. All in one transaction: a kill at any point loses and repeats nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.journeys.asking import ends_by_rule
from kesher.journeys.claims import ARRIVED_AT, JOURNEY, claim, instant_of, standing, walker_of
from kesher.journeys.counting import ended_name, name_of
from kesher.journeys.kinds import NODES, Cohort, Go, Listen, Outcome, Sleep, Stay, Stop, Walker
from kesher.journeys.ledger import step_line, write_ended, write_resting, write_steps
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.sitting import Sitting, Words
from kesher.journeys.starting import close_entries, end_runs, keeps_entries, tell_ended
from kesher.journeys.versions import Ready, stopped_journeys, version_of
from kesher.journeys.waking import waits_for

BATCH = 2_000
MOST_STEPS = 300  # instant nodes that one run may pass at once; more is a loop
# So long a wait breaks the chain of journeys that set each other off: what repeats monthly is no loop.
LONG_WAIT = timedelta(hours=1)

CHANGING = "changing"  # a journey that somebody pauses, puts away or lets go on at this moment


@transaction.atomic(savepoint=False)
def advance(
    workspace: Workspace,
    *,
    now: datetime,
    limit: int = BATCH,
    contact_id: int | None = None,
    words: Words | None = None,
    without: Sequence[int] = (),
) -> int:
    """Move up to `limit` due runs as far as they go; answers how many were taken up. `without`: contacts who are set apart."""
    claimed = claim(workspace.pk, now=now, limit=limit, contact_id=contact_id, without=without)
    if claimed:
        arrived = [instant_of(row[ARRIVED_AT]) for row in claimed]
        latest = max(arrived)
        with counters.added_together():
            if latest <= now:
                _walk(Sitting(workspace, now, shared=words), claimed)
            else:
                _walk_apart(Sitting(workspace, now, shared=words), claimed, arrived, latest)
    return len(claimed)


def _walk(sitting: Sitting, claimed: Sequence[tuple[Any, ...]]) -> None:
    walk = Walk(sitting)
    walk.take(claimed)
    walk.run()
    walk.write()


def _walk_apart(
    sitting: Sitting,
    claimed: Sequence[tuple[Any, ...]],
    arrived: Sequence[datetime],
    latest: datetime,
) -> None:
    """Some came by a clock that is ahead of ours. They move by it, so that nobody goes back in time; the others by ours,
    so that nobody is early."""
    places = range(len(claimed))
    _walk(sitting, [claimed[place] for place in places if arrived[place] <= sitting.now])
    ahead = [claimed[place] for place in places if arrived[place] > sitting.now]
    left = [row for row in ahead if row[0] not in sitting.stopped]
    _walk(Sitting(sitting.workspace, latest, shared=sitting.shared), left)


@transaction.atomic
def move_on(
    workspace: Workspace, *, now: datetime, journey_id: int, run_ids: Sequence[int], way: Go
) -> int:
    """Let runs leave their node by this way, whatever they wait for; answers how many."""
    walk = Walk(Sitting(workspace, now))
    found = standing(workspace.pk, journey_id, run_ids)
    for row in found:
        walker, version_id, _is_alive = walker_of(row)
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
        self.steps: list[str] = []  # as COPY reads them
        self.counts: Counter[str] = Counter()
        self.passed: Counter[tuple[int, int, str, str]] = Counter()  # journey, version, node, what
        self.first_visit: dict[int, int] = {}

    # Taking up.

    def take(self, claimed: Sequence[tuple[Any, ...]]) -> None:
        stopped = self._stopped(claimed)
        by_version: dict[int, list[Walker]] = {}
        lost: list[int] = []
        for row in claimed:
            walker, version_id, is_alive = walker_of(row)
            status = stopped.get(walker.journey_id, "")
            if status == CHANGING:
                continue  # left as they are until it is decided
            try:
                version = self.take_up(walker, version_id)
            except JourneyVersion.DoesNotExist:
                lost.append(walker.run_id)
                continue
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
        if lost:
            end_runs(self.sitting, reason="node_gone", run_ids=lost)
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
        self.passed[walker.journey_id, version.id, target, "entered"] += 1
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
        self.due[walker.run_id] = due
        self.resting.append(walker)

    def stay(self, walker: Walker) -> None:
        """Woken for nothing: as it was, due at the end of its wait."""
        if walker.state not in ("sleeping", "listening"):
            walker.state = self._as_it_waits(walker)
        self.due[walker.run_id] = walker.until
        self.resting.append(walker)

    def _as_it_waits(self, walker: Walker) -> str:
        """Of one that a pause had set aside."""
        graph = self.versions[walker.run_id].graph
        node = graph.nodes[walker.node]
        is_heard = waits_for(self.sitting, graph, walker.journey_id, node)
        return "listening" if is_heard else "sleeping"

    def end(self, walker: Walker, reason: str, *, port: str = "", why: str = "") -> None:
        self._step(walker, port, why or ("" if reason == "done" else reason))
        self.counts[ended_name(walker.journey_id, reason)] += 1
        self.ended[walker.run_id] = (walker, reason)

    def _step(self, walker: Walker, port: str, reason: str) -> None:
        version_id = self.versions[walker.run_id].id
        workspace_id = self.sitting.workspace.pk
        self.steps.append(
            step_line(workspace_id, version_id, walker, port=port, at=self.now, reason=reason)
        )
        self.passed[walker.journey_id, version_id, walker.node, "left"] += 1
        if port:
            self.passed[walker.journey_id, version_id, walker.node, f"port.{port}"] += 1

    # Written once.

    def write(self) -> None:
        workspace_id = self.sitting.workspace.pk
        self.sitting.settle()
        self.resting = self._still_going(self.resting)
        write_steps(self.steps)
        write_resting(workspace_id, self.resting, self.due)
        write_ended(workspace_id, list(self.ended.values()), now=self.now)
        self._let_go()
        for (journey_id, version_id, node, what), count in self.passed.items():
            self.counts[name_of(journey_id, version_id, node, what)] += count
        counters.add(workspace_id, self.counts)

    def _let_go(self) -> None:
        """Those who ended may come again, where the journey lets them, and the log hears of it."""
        kept = [number for number in self.ended if keeps_entries(self.versions[number])]
        close_entries(self.sitting.workspace.pk, kept)
        groups: dict[tuple[int, str, int], list[int]] = {}
        for walker, reason in self.ended.values():
            key = (walker.journey_id, reason, walker.depth)
            groups.setdefault(key, []).append(walker.contact_id)
        for (journey_id, reason, depth), contact_ids in groups.items():
            tell_ended(self.sitting, journey_id, contact_ids, reason, depth=depth)
