"""Waking a thousand runs a second among millions that sleep: what it costs to find them, and how late they move.

The engine's own loop runs beside, as in the worker. A run is late by the time from the moment it was due until the
batch that moved it was committed.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bench import place
from bench.result import Figure, Options, Result

A_SECOND = 1_000
MOST_SCAN_MS, MOST_LATE_MS, MOST_BUFFERS = 5.0, 350.0, 10.0
LOOKS = 10
AHEAD = timedelta(seconds=3)  # before the first is due

GRAPH: dict[str, Any] = {
    "format": 1, "name": "bench", "triggers": [{"kind": "custom"}], "reentry": {"policy": "always"},
    "start": "wait",
    "nodes": {"wait": {"kind": "wait", "for": "P30D", "next": "end"}, "end": {"kind": "exit"}},
}  # fmt: skip

# Most sleep for days; `waking` of them, who are people, wake one by one within the next seconds.
_SLEEPERS = """
INSERT INTO journey_run (id, workspace_id, journey_id, version_id, contact_id, node, state, due_at, until, listening,
                         arrived_at, started_at)
SELECT n, %(workspace)s, %(journey)s, %(version)s, n, 'wait', 'sleeping', d.at, d.at, '{}', %(now)s, %(now)s
FROM generate_series(%(first)s::bigint, %(last)s) AS g(n)
CROSS JOIN LATERAL (SELECT %(now)s + interval '1 day' + n * interval '100 milliseconds' AS at) d
"""
_WAKING = """
UPDATE journey_run r SET due_at = w.at, until = w.at, arrived_at = w.at - interval '30 days'
FROM (SELECT n, %(begin)s::timestamptz + n * %(every)s::interval AS at FROM generate_series(1, %(waking)s) AS g(n)) w
WHERE r.workspace_id = %(workspace)s AND r.id = w.n
"""
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'journey_run' AND indexname <> 'journey_run_pkey'
"""


def fill(workspace: Any, journey: Any, sleepers: int, now: datetime) -> None:
    """The indexes are made when the rows are there: many times faster."""
    from kesher.lib import sql

    indexes = sql.rows(_INDEXES)
    for name, _definition in indexes:
        sql.execute(f"DROP INDEX {name}")
    parameters = {
        "workspace": workspace.pk, "journey": journey.pk, "version": journey.live_version_id, "now": now,
    }  # fmt: skip
    for first in range(1, sleepers + 1, 1_000_000):
        last = min(first + 999_999, sleepers)
        sql.execute(_SLEEPERS, {**parameters, "first": first, "last": last})
    for _name, definition in indexes:
        sql.execute(definition)
    sql.execute("VACUUM ANALYZE journey_run")


def looked(workspace: Any, now: datetime) -> tuple[float, float]:
    """Milliseconds and pages to claim a thousand due, as the database says."""
    from django.db import transaction

    from kesher.journeys.claims import CLAIM
    from kesher.lib import sql

    times, pages = [], []
    for _look in range(LOOKS):
        with transaction.atomic():
            told = sql.value(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {CLAIM.format(mine='r.due_at <= %(now)s')}",
                {"workspace": workspace.pk, "now": now, "limit": A_SECOND},
            )
            plan = (json.loads(told) if isinstance(told, str) else told)[0]
            assert plan["Plan"]["Actual Rows"] == A_SECOND, plan
            times.append(float(plan["Execution Time"]))
            buffers = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
            pages.append(buffers / A_SECOND)
            transaction.set_rollback(True)
    return statistics.median(times), statistics.median(pages)


class Watched:
    """The engine's step, with the lateness of everybody whom it moved; they come in the order in which they fell due."""

    def __init__(self, step: Callable[[datetime], int], begin: datetime, waking: int) -> None:
        self.step, self.begin, self.waking = step, begin, waking
        self.late: list[float] = []
        self.done = threading.Event()

    def __call__(self, now: datetime) -> int:
        did = self.step(now)
        moved = time.time() - self.begin.timestamp()
        first = len(self.late) + 1
        self.late += [moved - number / A_SECOND for number in range(first, first + did)]
        if len(self.late) >= self.waking:
            self.done.set()
        return did


def woken(workspace: Any, seconds: int) -> list[float]:
    """How late each was, in milliseconds."""
    from kesher.journeys import engine
    from kesher.journeys.claims import next_due
    from kesher.lib import clock, sql
    from kesher.worker.loops import Loop

    waking = seconds * A_SECOND
    begin = clock.now() + AHEAD
    parameters = {
        "workspace": workspace.pk, "begin": begin, "waking": waking, "every": timedelta(seconds=1 / A_SECOND),
    }  # fmt: skip
    sql.execute(_WAKING, parameters)
    watched = Watched(engine.step, begin, waking)
    stopping = threading.Event()
    thread = Loop("engine", watched, stopping, coming=next_due).start()
    assert watched.done.wait(seconds * 5 + 30), f"{len(watched.late)} of {waking} moved"
    stopping.set()
    thread.join()
    left = sql.value(
        "SELECT count(*) FROM journey_run WHERE ended_at IS NOT NULL AND reason = 'done'"
    )
    assert left == waking, (left, waking)
    return [late * 1_000 for late in watched.late]


def run(options: Options) -> Result:
    sleepers = options.sized(full=10_000_000, small=100_000)
    seconds = options.turns(full=20, small=5)
    with place.database("kesher_bench_sleepers"):
        place.set_up_django()
        from bench.journey import shop
        from kesher.accounts.access import Access
        from kesher.journeys.actions import create_journey, publish_journey
        from kesher.lib import clock

        workspace, _ids = shop(max(seconds * A_SECOND, A_SECOND))
        access, now = Access(workspace, "owner"), clock.now()
        journey = create_journey(access, name="sleepers", graph=GRAPH, now=now)
        publish_journey(access, journey, now=now)
        journey.refresh_from_db()
        fill(workspace, journey, sleepers, now)
        scan, pages = looked(workspace, now + timedelta(days=2))
        late = sorted(woken(workspace, seconds))
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    return Result(
        "sleepers",
        f"{sleepers:,} sleeping runs; {A_SECOND:,} a second fall due for {seconds} seconds, the engine's loop beside.",
        [
            Figure(f"{A_SECOND:,} due found", scan, "ms", {}, "", f"≤ {MOST_SCAN_MS} ms", scan <= MOST_SCAN_MS),
            Figure("pages for each", pages, "", {}, "", f"≤ {MOST_BUFFERS:g}", pages <= MOST_BUFFERS),
            Figure("late, half of them at most", p50, "ms"),
            Figure("late, 99 of 100 at most", p99, "ms", {}, "", f"≤ {MOST_LATE_MS:g} ms", p99 <= MOST_LATE_MS),
        ],
    )  # fmt: skip
