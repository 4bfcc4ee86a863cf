"""Messages that wait for as long as what they come from stands still: written down once, asked about again only when it goes on.

`group` is the beginning of a source id up to its first full stop: "7" of "7.mail.991.4".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.lib import sql
from kesher.messages.results import Result, write_results

RELEASED = "released"  # in stopped_source: what a sender still has in hand is to be let go, too
ASKED = "asked"
BATCH = 5_000

_ABOUT = "m.workspace_id = %(workspace)s AND m.source = %(source)s AND split_part(m.source_id, '.', 1) = %(group)s"
# Held while it stood still, or due and not yet taken up by a sender.
_WAITING = (
    _ABOUT + " AND ((m.status = 'held' AND m.reason = 'resting')"
    " OR (m.status = 'queued' AND m.due_at <= %(now)s))"
)


@dataclass(frozen=True)
class Resting:
    """A message that waits. `due_at` is when it would have left."""

    id: int
    contact_id: int
    source_id: str
    due_at: datetime


def ages_of(workspace_id: int, *, source: str, group: str, now: datetime) -> list[datetime]:
    """When each that waits would have left."""
    statement = f"SELECT m.due_at FROM message m WHERE {_WAITING} AND m.due_at IS NOT NULL"
    parameters = {"workspace": workspace_id, "source": source, "group": group, "now": now}
    return [row[0] for row in sql.rows(statement, parameters)]


_LET_GO = f"""
UPDATE message m SET status = 'queued', reason = '' WHERE {_ABOUT} AND m.status = 'held' AND m.reason = 'resting'
"""
_MARK = """
INSERT INTO stopped_source (workspace_id, source, source_id, reason) VALUES (%(workspace)s, %(source)s, %(group)s, 'released')
ON CONFLICT (workspace_id, source, source_id) DO UPDATE SET reason = excluded.reason
"""


@transaction.atomic
def let_go(workspace_id: int, *, source: str, group: str) -> int:
    """What rests leaves as soon as sending is allowed; answers how many. What a sender has in hand follows (`sweep`)."""
    parameters = {"workspace": workspace_id, "source": source, "group": group}
    sql.execute(_MARK, parameters)
    return sql.execute(_LET_GO, parameters)


def keep_resting(workspace_id: int, *, source: str, group: str) -> None:
    """It stands still again: nothing of it is let go any more."""
    sql.execute(
        "DELETE FROM stopped_source WHERE workspace_id = %s AND source = %s AND source_id = %s AND reason = 'released'",
        (workspace_id, source, group),
    )


_DONE = f"""
DELETE FROM stopped_source t WHERE t.workspace_id = %(workspace)s AND t.source = %(source)s AND t.source_id = %(group)s
  AND t.reason = 'released' AND NOT EXISTS (SELECT 1 FROM message m WHERE {_ABOUT} AND m.status = 'sending')
"""


def sweep() -> int:
    """Let go what a sender had in hand when its source went on, and wrote down as resting after that."""
    moved = 0
    marked = "SELECT workspace_id, source, source_id FROM stopped_source WHERE reason = 'released'"
    for workspace_id, source, group in sql.rows(marked):
        parameters = {"workspace": workspace_id, "source": source, "group": group}
        with transaction.atomic():
            sql.execute(_DONE, parameters)  # first: what is written down after it is seen next time
            moved += sql.execute(_LET_GO, parameters)
    return moved


def ask_about_older(
    workspace_id: int, *, source: str, group: str, before: datetime, now: datetime
) -> int:
    """Those that would have left before this moment wait for somebody to decide."""
    statement = f"UPDATE message m SET status = 'held', reason = 'asked' WHERE {_WAITING} AND m.due_at <= %(before)s"
    parameters = {"workspace": workspace_id, "source": source, "group": group, "before": before, "now": now}  # fmt: skip
    return sql.execute(statement, parameters)


def refuse_older(
    workspace_id: int, *, source: str, group: str, before: datetime, now: datetime
) -> int:
    """Those that would have left before this moment are not sent any more."""
    which = f"{_WAITING} AND m.due_at <= %(before)s"
    about = {"source": source, "group": group, "before": before, "now": now}
    return _refuse(workspace_id, which, about, now)


def asked_of(
    workspace_id: int, *, source: str, group: str, after_id: int = 0, limit: int | None = None
) -> list[Resting]:
    """Those that wait for a decision, the oldest first."""
    statement = (
        f"SELECT m.id, m.contact_id, m.source_id, m.due_at FROM message m WHERE {_ABOUT}"
        " AND m.status = 'held' AND m.reason = 'asked' AND m.id > %(after)s ORDER BY m.id LIMIT %(limit)s"
    )
    parameters = {"workspace": workspace_id, "source": source, "group": group, "after": after_id, "limit": limit}  # fmt: skip
    return [Resting(*row) for row in sql.rows(statement, parameters)]


def count_asked(workspace_id: int, *, source: str, group: str) -> int:
    """How many wait for a decision."""
    statement = f"SELECT count(*) FROM message m WHERE {_ABOUT} AND m.status = 'held' AND m.reason = 'asked'"
    return int(sql.value(statement, {"workspace": workspace_id, "source": source, "group": group}))


_OF_IDS = f"{_ABOUT} AND m.status = 'held' AND m.reason = 'asked' AND m.id = ANY(%(ids)s)"


@transaction.atomic
def send_asked(
    workspace_id: int, *, source: str, group: str, ids: Sequence[int], now: datetime
) -> int:
    """Somebody decided: they leave now."""
    statement = (
        f"UPDATE message m SET status = 'queued', reason = '', due_at = %(now)s WHERE {_OF_IDS}"
    )
    parameters = {"workspace": workspace_id, "source": source, "group": group, "ids": list(ids), "now": now}  # fmt: skip
    return sql.execute(statement, parameters)


def refuse_asked(
    workspace_id: int, *, source: str, group: str, ids: Sequence[int], now: datetime
) -> int:
    """Somebody decided: they are not sent."""
    about = {"source": source, "group": group, "ids": list(ids)}
    return _refuse(workspace_id, _OF_IDS, about, now)


@transaction.atomic
def _refuse(workspace_id: int, which: str, about: dict[str, Any], now: datetime) -> int:
    """Taken in hand, then written down as every other refusal is: with its event and its number."""
    taken = sql.rows(
        f"UPDATE message m SET status = 'sending' WHERE {which} RETURNING m.id",
        {"workspace": workspace_id, **about},
    )
    ids = [row[0] for row in taken]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        write_results(
            workspace_id, [Result(number, "refused", now, reason="too_old") for number in batch]
        )
    return len(ids)
