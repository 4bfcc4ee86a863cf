"""Claiming messages to send, for one workspace at a time: two workers never hold the same one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.lib import sql
from kesher.messages.actions import refuse_stopped

LEASE = timedelta(seconds=60)
SWEEP = 5_000


@dataclass(slots=True)
class Claimed:
    """A message in hand until `lease`."""

    id: int
    contact_id: int | None
    version_id: int
    source: str
    source_id: str
    message_class: str
    attempts: int
    data: dict[str, Any]
    lease: datetime
    address: str = ""
    name: str = ""
    size: tuple[int, int] | None = None  # parts and billed units of a text, once it is written

    @property
    def reader_id(self) -> int:
        """Whose values it shows: the contact it goes to, or the one that a test is made for; 0 for nobody."""
        return self.contact_id or int(self.data.get("values_of") or 0)


# The first of each is looked up in the index, as `_CLAIM` does. Asked with EXISTS, this reads every message that waits.
_DUE = """
SELECT w.id, k.channel FROM workspace w CROSS JOIN unnest(%s::text[]) AS k(channel)
CROSS JOIN LATERAL (SELECT 1 FROM message m
    WHERE m.workspace_id = w.id AND m.channel = k.channel AND m.status = 'queued' AND m.due_at <= %s
    ORDER BY m.priority, m.due_at LIMIT 1) AS first
ORDER BY w.id, k.channel
"""


def due(now: datetime, channels: Sequence[str]) -> list[tuple[int, str]]:
    """The workspaces with something to send, each with the channel."""
    return [(row[0], row[1]) for row in sql.rows(_DUE, (list(channels), now))]


_CLAIM = """
WITH due AS (
    SELECT id FROM message
    WHERE workspace_id = %(workspace)s AND status = 'queued' AND due_at <= %(now)s AND channel = %(channel)s
      {open}
    ORDER BY priority, due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE message m SET status = 'sending', reason = '', claimed_until = %(lease)s FROM due
WHERE m.workspace_id = %(workspace)s AND m.id = due.id
RETURNING m.id, m.contact_id, m.version_id, m.source, m.source_id, m.message_class, m.attempts, m.data::text
"""


_CLAIM_ANY = _CLAIM.format(open="")
_CLAIM_OPEN = _CLAIM.format(open="AND message_class <> ALL(%(closed)s)")


def claim(
    workspace_id: int,
    *,
    channel: str,
    limit: int,
    now: datetime,
    at: datetime,
    closed: Sequence[str] = (),
) -> list[Claimed]:
    """Take up to `limit` messages due by `now`, the most urgent first. `at` is this moment: leases count from it.

    `closed` are classes of messages that may not leave at this hour (`windows`).
    """
    lease = at + LEASE
    found = sql.rows(
        _CLAIM_OPEN if closed else _CLAIM_ANY,
        {
            "workspace": workspace_id, "channel": channel, "limit": limit, "now": now, "lease": lease,
            "closed": list(closed),
        },
    )  # fmt: skip
    return [_claimed(row, lease) for row in found]


def _claimed(row: tuple[Any, ...], lease: datetime) -> Claimed:
    number, contact, version, source, source_id, kind, attempts, data = row
    given = json.loads(data) if data else {}
    return Claimed(number, contact, version, source, source_id, kind, attempts, given, lease)


def renew(workspace_id: int, message_ids: Sequence[int], *, at: datetime) -> datetime:
    """Hold them for another lease; answers until when."""
    lease = at + LEASE
    sql.execute(
        "UPDATE message SET claimed_until = %s WHERE workspace_id = %s AND id = ANY(%s::bigint[]) AND status = 'sending'",
        (lease, workspace_id, sql.numbers(message_ids)),
    )
    return lease


def put_back(workspace_id: int, message_ids: Sequence[int]) -> int:
    """Give up claims on messages that surely did not leave."""
    return sql.execute(
        "UPDATE message SET status = 'queued', claimed_until = NULL"
        " WHERE workspace_id = %s AND id = ANY(%s::bigint[]) AND status = 'sending'",
        (workspace_id, sql.numbers(message_ids)),
    )


def take_over(workspace_id: int, message_ids: Sequence[int], *, lease: datetime) -> int:
    """Queue again what a dead worker held, unless another has claimed it since (its lease ends later)."""
    return sql.execute(
        "UPDATE message SET status = 'queued', claimed_until = NULL"
        " WHERE workspace_id = %s AND id = ANY(%s::bigint[]) AND status = 'sending' AND claimed_until <= %s",
        (workspace_id, sql.numbers(message_ids), lease),
    )


_EXPIRED = """
WITH late AS (
    SELECT id FROM message
    WHERE workspace_id = %s AND status = 'sending' AND claimed_until < %s LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE message m SET status = 'queued', claimed_until = NULL FROM late
WHERE m.workspace_id = %s AND m.id = late.id
"""


def take_over_expired(now: datetime) -> int:
    """Queue again what nobody has renewed: its worker is gone."""
    late = "SELECT w.id FROM workspace w WHERE EXISTS (SELECT 1 FROM message m WHERE m.workspace_id = w.id AND m.status = 'sending' AND m.claimed_until < %s)"
    return sum(
        sql.execute(_EXPIRED, (row[0], now, SWEEP, row[0])) for row in sql.rows(late, (now,))
    )


_RELEASE = """
WITH free AS (
    SELECT m.id FROM message m
    WHERE m.workspace_id = %(workspace)s AND m.status = 'held' AND m.reason = 'paused'
      AND NOT EXISTS (SELECT 1 FROM stopped_source t WHERE t.workspace_id = m.workspace_id
                      AND t.source = m.source AND t.source_id = m.source_id)
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE message m SET status = 'queued', reason = '' FROM free
WHERE m.workspace_id = %(workspace)s AND m.id = free.id
"""


@transaction.atomic
def sweep_stopped() -> int:
    """Queue again what waited for a source since released; refuse what is left of cancelled ones."""
    held = sql.rows(
        "SELECT w.id FROM workspace w WHERE EXISTS (SELECT 1 FROM message m WHERE m.workspace_id = w.id"
        " AND m.status = 'held' AND m.reason = 'paused')"
    )
    moved = sum(sql.execute(_RELEASE, {"workspace": row[0], "limit": SWEEP}) for row in held)
    cancelled = sql.rows(
        "SELECT workspace_id, source, source_id, reason FROM stopped_source WHERE reason NOT IN ('paused', 'released')"
    )
    for workspace_id, source, source_id, reason in cancelled:
        count = refuse_stopped(
            workspace_id, source=source, source_id=source_id, reason=reason, limit=SWEEP
        )
        if not count:
            sql.execute(
                "DELETE FROM stopped_source t WHERE workspace_id = %s AND source = %s AND source_id = %s"
                " AND reason <> 'paused' AND NOT EXISTS (SELECT 1 FROM message m WHERE"
                " m.workspace_id = t.workspace_id AND m.source = t.source AND m.source_id = t.source_id"
                " AND m.status IN ('queued', 'held', 'sending'))",
                (workspace_id, source, source_id),
            )
        moved += count
    return moved
