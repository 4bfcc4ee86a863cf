"""A step that is new behind somebody, done for them once: its effect under a visit of its own, while they stay where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kesher.events import counters
from kesher.journeys.claims import walkers_of
from kesher.journeys.counting import name_of
from kesher.journeys.differences import steps_before
from kesher.journeys.kinds import NODES, Cohort, Go, Walker
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Ready, version_of
from kesher.lib import sql

BATCH = 2_000


def deliver_once(
    sitting: Sitting, new: Ready, went: Mapping[tuple[int, str], Sequence[int]], keys: Sequence[str]
) -> int:
    """Do the new steps `keys` for those of `went` (by old version and the step where they stand now) who are past
    them; answers how many times."""
    count = 0
    for key in sorted(keys, key=lambda one: new.graph.rank.get(one, 0)):
        past = [
            run_id
            for (version_id, node), ids in went.items()
            if key not in version_of(version_id).graph.nodes
            and key in steps_before(new.graph, node)
            and new.graph.nodes[node].kind != "webhook"  # its answer comes under the visit's number
            for run_id in ids
        ]
        for start in range(0, len(past), BATCH):
            count += _deliver(sitting, new, key, past[start : start + BATCH])
    return count


def _deliver(sitting: Sitting, new: Ready, key: str, ids: Iterable[int]) -> int:
    found = walkers_of(sitting.workspace.pk, ids)
    walkers = [walker for walker, _version, _reason in found.values()]
    before = {one.run_id: one.message_id for one in walkers}
    node, kind = new.graph.nodes[key], NODES.get(new.graph.nodes[key].kind)
    rows: list[tuple[Any, ...]] = []
    for cohort in _cohorts(walkers):
        outcomes = kind.run(Cohort(sitting, node, cohort, new))
        for walker, outcome in zip(cohort, outcomes, strict=True):
            if not isinstance(outcome, Go) or walker.run_id in sitting.stopped:
                continue
            changed = walker.message_id != before[walker.run_id]
            rows.append((walker.run_id, walker.message_id if changed else None))
    sql.execute(
        _WRITE,
        {
            "workspace": sitting.workspace.pk, "version": new.id, "node": key, "now": sitting.now,
            "ids": [row[0] for row in rows], "messages": [row[1] for row in rows],
        },
    )  # fmt: skip
    names = [
        name_of(new.journey_id, new.id, key, what) for what in ("entered", "left", "port.next")
    ]
    counters.add(sitting.workspace.pk, dict.fromkeys(names, len(rows)))
    return len(rows)


def _cohorts(walkers: Sequence[Walker]) -> list[list[Walker]]:
    """Each contact at most once in each."""
    found: list[list[Walker]] = []
    seen: dict[int, int] = {}
    for walker in walkers:
        turn = seen.get(walker.contact_id, 0)
        seen[walker.contact_id] = turn + 1
        if turn == len(found):
            found.append([])
        found[turn].append(walker)
    return found


# The step takes the visit's number, and where they stand has the next one.
_WRITE = """
WITH given AS (
    SELECT r.id, r.visit, g.message_id FROM unnest(%(ids)s::bigint[], %(messages)s::bigint[]) AS g(id, message_id)
    JOIN journey_run r ON r.workspace_id = %(workspace)s AND r.id = g.id AND r.ended_at IS NULL
), steps AS (
    INSERT INTO journey_step (workspace_id, run_id, visit, version_id, node, port, arrived_at, at, reason, message_id)
    SELECT %(workspace)s, id, visit, %(version)s, %(node)s, 'next', %(now)s, %(now)s, 'delivered_once', message_id
    FROM given
)
UPDATE journey_run r SET visit = r.visit + 1 FROM given WHERE r.workspace_id = %(workspace)s AND r.id = given.id
"""
