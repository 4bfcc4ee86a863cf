"""Who listens to which kinds of events, and what waits for them: `listen`, `take`.

A listener is named "<consumer>:<id>", as "journey:17". An event of a kind somebody listens to leaves one inbox
row for each consumer, in the transaction that records it; the consumer takes rows in sets and deletes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.lib import sql


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a consumer reads it."""

    entry_id: int
    event_id: int
    kind: str
    contact_id: int | None
    at: datetime
    source: str
    data: dict[str, Any]
    depth: int


_LISTEN = """
INSERT INTO event_listener (workspace_id, kind, listener)
SELECT %(workspace)s, kind, %(listener)s FROM unnest(%(kinds)s::text[]) AS g(kind) ON CONFLICT DO NOTHING
"""


def listen(workspace_id: int, *, listener: str, kinds: Iterable[str]) -> None:
    """From now on `listener` hears exactly these kinds; call it in the transaction that makes it live."""
    wanted = sorted(set(kinds))
    sql.execute(
        "DELETE FROM event_listener WHERE workspace_id = %s AND listener = %s AND kind <> ALL(%s)",
        (workspace_id, listener, wanted),
    )
    sql.execute(_LISTEN, {"workspace": workspace_id, "listener": listener, "kinds": wanted})


def unlisten(workspace_id: int, *, listener: str) -> None:
    listen(workspace_id, listener=listener, kinds=())


def waiting_workspaces(consumer: str) -> list[int]:
    """The ids of the workspaces in which something waits for this consumer."""
    statement = (
        "SELECT w.id FROM workspace w WHERE EXISTS (SELECT 1 FROM inbox i"
        " WHERE i.consumer = %s AND i.workspace_id = w.id) ORDER BY w.id"
    )
    return [row[0] for row in sql.rows(statement, (consumer,))]


# Deleted and read in one statement: what is taken is matched in the caller's transaction or is there again.
_TAKE = """
WITH next AS (
    SELECT id FROM inbox
    WHERE consumer = %(consumer)s AND workspace_id = %(workspace)s
      AND (%(contact)s::bigint IS NULL OR contact_id = %(contact)s)
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM inbox i USING next WHERE i.id = next.id
    RETURNING i.id, i.event_id, i.event_at
)
SELECT t.id, e.id, e.kind, e.contact_id, e.at, e.source, e.data::text, e.depth
FROM taken t JOIN event e ON e.workspace_id = %(workspace)s AND e.id = t.event_id AND e.at = t.event_at
ORDER BY t.id
"""


def take(
    workspace_id: int, consumer: str, *, limit: int, contact_id: int | None = None
) -> list[Happened]:
    """The oldest waiting events, for good once the caller's transaction commits; two callers never get the same."""
    found = sql.rows(
        _TAKE,
        {
            "consumer": consumer,
            "workspace": workspace_id,
            "contact": contact_id,
            "limit": limit,
        },
    )
    return [_happened(*row) for row in found]


def _happened(
    entry: int,
    event: int,
    kind: str,
    contact: int | None,
    at: datetime,
    source: str,
    data: str,
    depth: int,
) -> Happened:
    return Happened(entry, event, kind, contact, at, source, json.loads(data), depth)
