"""Taking runs in hand: those that are due, by the thousand (`SKIP LOCKED`), and those that are named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from kesher.journeys.kinds import Walker
from kesher.lib import sql

CLAIM = """
SELECT r.id, r.journey_id, r.contact_id, r.node, r.visit, r.state, r.woken, r.arrived_at::text, r.until::text, r.listening,
       r.mark, r.message_id, r.depth, r.data::text, r.goal_at::text, r.version_id, c.id IS NOT NULL
FROM journey_run r LEFT JOIN contact c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id AND c.deleted_at IS NULL
WHERE r.workspace_id = %(workspace)s AND {mine}
ORDER BY r.due_at LIMIT %(limit)s FOR UPDATE OF r SKIP LOCKED
"""
JOURNEY, ARRIVED_AT = 1, 7  # their places in that row
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


def next_due(now: datetime) -> datetime | None:
    """When the first run after `now` falls due: one look into the index for each workspace."""
    statement = (
        "SELECT min(first.due_at) FROM workspace w CROSS JOIN LATERAL (SELECT r.due_at FROM journey_run r"
        " WHERE r.workspace_id = w.id AND r.due_at > %s ORDER BY r.due_at LIMIT 1) first"
    )
    found: datetime | None = sql.value(statement, (now,))
    return found


def due_contacts(
    workspace_id: int, now: datetime, *, limit: int, without: Sequence[int]
) -> list[int]:
    """Whose runs are due, the longest due first; `limit` runs at most."""
    statement = (
        "SELECT r.contact_id FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.due_at <= %(now)s"
        " AND r.contact_id <> ALL(%(without)s) ORDER BY r.due_at LIMIT %(limit)s"
    )
    parameters = {"workspace": workspace_id, "now": now, "limit": limit, "without": list(without)}
    return list(dict.fromkeys(row[0] for row in sql.rows(statement, parameters)))


def claim(
    workspace_id: int,
    *,
    now: datetime,
    limit: int,
    contact_id: int | None = None,
    without: Sequence[int] = (),
) -> list[tuple[Any, ...]]:
    """Due runs that nobody else has in hand, the longest due first, but for those of the contacts `without`; ours until
    the transaction ends."""
    mine = _DUE if contact_id is None else _MINE
    if without:
        mine += " AND r.contact_id <> ALL(%(without)s)"
    statement = CLAIM.format(mine=mine)
    parameters = {
        "workspace": workspace_id, "now": now, "limit": limit, "contact": contact_id,
        "without": list(without),
    }  # fmt: skip
    return sql.rows(statement, parameters)


_RESTING = """
SELECT r.id, r.journey_id, r.contact_id, r.node, r.visit, r.state, r.woken, r.arrived_at::text, r.until::text, r.listening,
       r.mark, r.message_id, r.depth, r.data::text, r.goal_at::text, r.version_id, TRUE
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.id = ANY(%(ids)s)
  AND r.ended_at IS NULL ORDER BY r.id FOR UPDATE OF r
"""


def standing(workspace_id: int, journey_id: int, run_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """These runs of a journey, those that have not ended; ours until the transaction ends."""
    parameters = {"workspace": workspace_id, "journey": journey_id, "ids": list(run_ids)}
    return sql.rows(_RESTING, parameters)


_OF_RUNS = """
SELECT r.id, r.journey_id, r.contact_id, r.node, r.visit, r.state, r.woken, r.arrived_at::text, r.until::text, r.listening,
       r.mark, r.message_id, r.depth, r.data::text, r.goal_at::text, r.version_id, TRUE, r.reason
FROM journey_run r WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s)
"""


def walkers_of(workspace_id: int, run_ids: Iterable[int]) -> dict[int, tuple[Walker, int, str]]:
    """Runs by id as they stand, without claiming them: each with its version and, when it ended, the reason."""
    found = sql.rows(_OF_RUNS, {"workspace": workspace_id, "ids": sorted(run_ids)})
    return {row[0]: (walker_of(row[:-1])[0], row[15], row[-1]) for row in found}


# By text, remembered: the runs of a batch share nearly all of their instants.
instant_of = lru_cache(4_096)(datetime.fromisoformat)


def walker_of(row: tuple[Any, ...]) -> tuple[Walker, int, bool]:
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
        arrived_at=instant_of(arrived_at),
        until=until and instant_of(until),
        listening=tuple(listening),
        mark=mark,
        message_id=message_id,
        depth=depth,
        data={} if data == "{}" else json.loads(data),
        goal_at=goal_at and instant_of(goal_at),
    )
    return walker, version_id, is_alive
