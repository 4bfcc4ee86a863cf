"""Hits: tracking requests as they came. Written by the visitors' door, taken away by the digest.

The door writes many at once as ready COPY lines (`copy_line`), so that a hit costs it no more than a join.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kesher.lib import sql

OPEN, CLICK, UNSUBSCRIBE = "open", "click", "unsubscribe"
PREFETCH = "PREFETCH"  # the method of a GET that said it only fetches ahead (Sec-Purpose, Purpose)
HONEYPOT = -1  # the number of a link in a mail that no person sees

COLUMNS = ("kind", "message_id", "link_number", "at", "ip", "agent", "method")
COPY_HITS = f"COPY hit ({', '.join(COLUMNS)}) FROM STDIN"
AGENT_LENGTH = 400

# COPY's text format: PostgreSQL manual, "COPY", File Formats. NUL cannot be stored in text at all.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


@dataclass(frozen=True, slots=True)
class NewHit:
    """`method` is GET, HEAD, POST or PREFETCH; `link_number` is None but for clicks."""

    kind: str
    message_id: int
    at: datetime
    link_number: int | None = None
    ip: str = ""
    agent: str = ""
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored hit."""

    id: int
    kind: str
    message_id: int
    link_number: int | None
    at: datetime
    ip: str
    agent: str
    method: str


def copy_line(
    kind: str, message_id: int, link_number: int | None, at: str, ip: str, agent: str, method: str
) -> bytes:
    """One hit as a line for COPY_HITS. `at` is ISO 8601 with its offset."""
    number = "\\N" if link_number is None else link_number
    agent = agent[:AGENT_LENGTH]
    if not agent.isprintable() or "\\" in agent:
        agent = agent.translate(_ESCAPES)
    line = f"{kind}\t{message_id}\t{number}\t{at}\t{ip}\t{agent}\t{method}\n"
    return line.encode("utf-8", "replace")


def store_hits(hits: Iterable[NewHit]) -> int:
    """Write hits in one COPY; answers how many. They are safe once the caller's transaction is committed."""
    return sql.copy_in(
        "hit",
        COLUMNS,
        (
            (
                hit.kind,
                hit.message_id,
                hit.link_number,
                hit.at,
                hit.ip,
                hit.agent.replace("\0", "")[:AGENT_LENGTH],
                hit.method,
            )
            for hit in hits
        ),
    )


# Taken and deleted in one transaction with what they lead to: a crash in between takes nothing.
# Two digests at once take different rows; ids grow with time, so the settled ones come first.
_TAKE = """
WITH taken AS MATERIALIZED (
    SELECT id FROM hit WHERE at <= %(settled)s AND kind <> 'unsubscribe'
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM hit USING taken WHERE hit.id = taken.id
RETURNING hit.id, kind, message_id, link_number, at, ip, agent, method
"""

_TAKE_UNSUBSCRIBES = """
WITH taken AS MATERIALIZED (
    SELECT id FROM hit WHERE kind = 'unsubscribe' ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM hit USING taken WHERE hit.id = taken.id
RETURNING hit.id, kind, message_id, link_number, at, ip, agent, method
"""

# What came for the same messages shortly after: hits that are not settled yet.
_WAITING = """
SELECT id, kind, message_id, link_number, at, ip, agent, method FROM hit
WHERE kind = 'click' AND at > %(settled)s AND at <= %(until)s AND message_id = ANY(%(messages)s)
"""


def take_settled(settled: datetime, limit: int) -> list[Hit]:
    """Take opens and clicks that came by `settled` out of the table, oldest first. Needs a transaction."""
    found = sql.rows(_TAKE, {"settled": settled, "limit": limit})
    return sorted((Hit(*row) for row in found), key=lambda hit: (hit.at, hit.id))


def take_unsubscribes(limit: int) -> list[Hit]:
    """Take one-click unsubscribes out of the table, oldest first. Needs a transaction."""
    found = sql.rows(_TAKE_UNSUBSCRIBES, {"limit": limit})
    return sorted((Hit(*row) for row in found), key=lambda hit: (hit.at, hit.id))


def waiting_clicks(settled: datetime, until: datetime, message_ids: list[int]) -> list[Hit]:
    """Clicks on these messages that are still settling, which only serve to judge the settled ones by."""
    found = sql.rows(_WAITING, {"settled": settled, "until": until, "messages": message_ids})
    return [Hit(*row) for row in found]
