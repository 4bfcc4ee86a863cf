"""Writing where runs have come to: their steps, those that rest, those that have ended. Once for a batch, in sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from kesher.journeys.kinds import Walker
from kesher.lib import sql

_STEP_COLUMNS = (
    "workspace_id", "run_id", "visit", "version_id", "node", "port", "arrived_at", "at", "reason", "message_id",
)  # fmt: skip
_copied_instant = lru_cache(4_096)(datetime.isoformat)


def step_line(
    workspace_id: int, version_id: int, walker: Walker, *, port: str, at: datetime, reason: str
) -> str:
    """The step by which a run leaves its node now, as `write_steps` takes it."""
    message = "\\N" if walker.message_id is None else walker.message_id
    return (
        f"{workspace_id}\t{walker.run_id}\t{walker.visit}\t{version_id}\t{walker.node}\t{port}"
        f"\t{_copied_instant(walker.arrived_at)}\t{_copied_instant(at)}\t{sql.copied(reason)}\t{message}"
    )


def write_steps(lines: Sequence[str]) -> None:
    if lines:
        sql.copy_lines("journey_step", _STEP_COLUMNS, lines)


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


def write_resting(
    workspace_id: int, walkers: Sequence[Walker], due: Mapping[int, datetime | None]
) -> None:
    """Most runs of a batch rest alike: what they have in common is sent once, the rest by numbers."""
    if not walkers:
        return
    alike, kinds = _grouped(
        (
            one.node, one.state, one.woken if one.state == "held" else "", due[one.run_id],
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
            "ids": sql.numbers(one.run_id for one in walkers),
            "visits": sql.numbers(one.visit for one in walkers),
            "messages": sql.numbers(one.message_id for one in walkers),
            "alike": sql.numbers(alike),
            **dict(zip(names, map(list, zip(*kinds, strict=True)), strict=True)),
        },
    )


_ENDED = """
UPDATE journey_run r SET node = k.node, visit = d.visit, state = 'ended', woken = '', due_at = NULL, until = NULL,
       listening = '{}', arrived_at = k.arrived, message_id = d.message, goal_at = k.goal,
       ended_at = %(now)s, reason = k.reason
FROM unnest(%(ids)s::bigint[], %(visits)s::int[], %(messages)s::bigint[], %(alike)s::int[]) AS d(id, visit, message, alike)
JOIN unnest(%(nodes)s::text[], %(arrived)s::timestamptz[], %(goals)s::timestamptz[], %(reasons)s::text[]) WITH ORDINALITY
     AS k(node, arrived, goal, reason, number) ON k.number = d.alike
WHERE r.workspace_id = %(workspace)s AND r.id = d.id
"""


def write_ended(workspace_id: int, ended: Sequence[tuple[Walker, str]], *, now: datetime) -> None:
    """`ended`: each with the reason."""
    if not ended:
        return
    walkers = [walker for walker, _reason in ended]
    alike, kinds = _grouped(
        (walker.node, walker.arrived_at, walker.goal_at, reason) for walker, reason in ended
    )
    nodes, arrived, goals, reasons = map(list, zip(*kinds, strict=True))
    sql.execute(
        _ENDED,
        {
            "workspace": workspace_id,
            "now": now,
            "ids": sql.numbers(one.run_id for one in walkers),
            "visits": sql.numbers(one.visit for one in walkers),
            "messages": sql.numbers(one.message_id for one in walkers),
            "alike": sql.numbers(alike),
            "nodes": nodes,
            "arrived": arrived,
            "goals": goals,
            "reasons": reasons,
        },
    )


def _grouped(keys: Iterable[tuple[Any, ...]]) -> tuple[list[int], list[tuple[Any, ...]]]:
    """For each key the number of its kind, from 1, and the kinds in their order."""
    kinds: dict[tuple[Any, ...], int] = {}
    return [kinds.setdefault(key, len(kinds) + 1) for key in keys], list(kinds)


def _changed_data(walker: Walker) -> str | None:
    """The run's data when a node has put something into it."""
    return json.dumps(walker.data, ensure_ascii=False) if "answers" in walker.data else None
