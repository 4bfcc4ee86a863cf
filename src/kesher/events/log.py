"""Writing to the log and reading it: `record`, `record_many`, `timeline`.

Recording an event that something listens to adds an inbox row in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kesher.events.kinds import EVENT_KINDS
from kesher.lib import sql


@dataclass(frozen=True)
class NewEvent:
    """An event to write. With a `source_id`, a second one from the same source is not written."""

    kind: str
    contact_id: int | None
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    source_id: str | None = None
    depth: int = 0


# One statement for any number of events: drop those told before, write the rest, fill the inbox of listeners.
_RECORD = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(events)s::jsonb) AS g(
        n int, kind text, contact_id bigint, at timestamptz, data jsonb, source text, source_id text, depth smallint)
), fresh_source AS (
    INSERT INTO event_source (workspace_id, source, source_id, at)
    SELECT DISTINCT ON (source, source_id) %(workspace)s, source, source_id, at
    FROM given WHERE source_id IS NOT NULL ORDER BY source, source_id, n
    ON CONFLICT DO NOTHING RETURNING source, source_id
), fresh AS (
    SELECT g.* FROM given g WHERE g.source_id IS NULL
    UNION ALL
    SELECT DISTINCT ON (g.source, g.source_id) g.* FROM given g JOIN fresh_source USING (source, source_id)
), written AS (
    INSERT INTO event (workspace_id, kind, contact_id, at, source, data, depth)
    SELECT %(workspace)s, kind, contact_id, at, source, data, depth FROM fresh ORDER BY n
    RETURNING id, kind, contact_id, at
), listened AS (
    INSERT INTO inbox (workspace_id, consumer, event_id, event_at, kind, contact_id, created_at)
    SELECT %(workspace)s, l.consumer, w.id, w.at, w.kind, w.contact_id, clock_timestamp()
    FROM written w JOIN (SELECT DISTINCT kind, split_part(listener, ':', 1) AS consumer FROM event_listener
                         WHERE workspace_id = %(workspace)s) l ON l.kind = w.kind
)
SELECT id FROM written ORDER BY id
"""


def record(workspace_id: int, event: NewEvent) -> int | None:
    """Write one event; answers its id, or None when this source told it before."""
    ids = record_many(workspace_id, [event])
    return ids[0] if ids else None


def record_many(workspace_id: int, events: Sequence[NewEvent]) -> list[int]:
    """Write events of one workspace in one statement; answers the ids of those that were new.

    Raises UnknownKey for a kind that no domain registered.
    """
    if not events:
        return []
    given = [
        {
            "n": n,
            "kind": EVENT_KINDS.get(event.kind).key,
            "contact_id": event.contact_id,
            "at": event.at.isoformat(),
            "data": event.data,
            "source": event.source,
            "source_id": event.source_id,
            "depth": event.depth,
        }
        for n, event in enumerate(events)
    ]
    found = sql.rows(_RECORD, {"events": json.dumps(given), "workspace": workspace_id})
    return [row[0] for row in found]


# One kind for many, each with data that is JSON already: for what happens by the thousand, as sending.
_RECORD_EACH = """
WITH written AS (
    INSERT INTO event (workspace_id, kind, contact_id, at, source, data, depth)
    SELECT %(workspace)s, %(kind)s, contact_id, at, %(source)s, %(common)s::jsonb || data::jsonb, %(depth)s
    FROM unnest(%(contacts)s::bigint[], %(ats)s::timestamptz[], %(data)s::text[]) AS g(contact_id, at, data)
    RETURNING id, contact_id, at
), listened AS (
    INSERT INTO inbox (workspace_id, consumer, event_id, event_at, kind, contact_id, created_at)
    SELECT %(workspace)s, l.consumer, w.id, w.at, %(kind)s, w.contact_id, clock_timestamp()
    FROM written w CROSS JOIN (SELECT DISTINCT split_part(listener, ':', 1) AS consumer FROM event_listener
                               WHERE workspace_id = %(workspace)s AND kind = %(kind)s) l
)
SELECT count(*) FROM written
"""


def record_each(
    workspace_id: int,
    *,
    kind: str,
    source: str,
    given: Sequence[tuple[int, datetime, str]],
    common: str = "{}",
    depth: int = 0,
) -> int:
    """Write one event of `kind` for each (contact id, time, data as a JSON object's text); answers how many.

    `common`: the part of the data that is the same for all, in the same form.
    """
    if not given:
        return 0
    contacts, ats, data = zip(*given, strict=True)
    parameters = {
        "workspace": workspace_id,
        "kind": EVENT_KINDS.get(kind).key,
        "source": source,
        "depth": depth,
        "common": common,
        "contacts": sql.numbers(contacts),
        "ats": sql.moments(ats),
        "data": sql.texts(data),
    }
    return int(sql.value(_RECORD_EACH, parameters))


# The end of a statement that changes rows and tells of each at once: `told` has contact_id and data. Its parameters: `told_as`.
TELLING = """
written AS (
    INSERT INTO event (workspace_id, kind, contact_id, at, source, data, depth)
    SELECT %(workspace)s, %(event_kind)s, contact_id, %(event_at)s, %(event_source)s, data, %(event_depth)s FROM told
    RETURNING id, contact_id, at
), listened AS (
    INSERT INTO inbox (workspace_id, consumer, event_id, event_at, kind, contact_id, created_at)
    SELECT %(workspace)s, l.consumer, w.id, w.at, %(event_kind)s, w.contact_id, clock_timestamp()
    FROM written w CROSS JOIN (SELECT DISTINCT split_part(listener, ':', 1) AS consumer FROM event_listener
                               WHERE workspace_id = %(workspace)s AND kind = %(event_kind)s) l
)
"""


def told_as(kind: str, *, at: datetime, source: str, depth: int = 0) -> dict[str, Any]:
    """The parameters that TELLING asks for, besides `workspace`."""
    return {
        "event_kind": EVENT_KINDS.get(kind).key,
        "event_at": at,
        "event_source": source,
        "event_depth": depth,
    }


@dataclass(frozen=True)
class TimelineEntry:
    id: int
    kind: str
    at: datetime
    text: str
    icon: str
    tone: str
    data: dict[str, Any]
    source: str


_TIMELINE = """
SELECT id, kind, at, data::text, source FROM event
WHERE workspace_id = %(workspace)s AND contact_id = %(contact)s
  AND (%(before)s::timestamptz IS NULL OR (at, id) < (%(before)s, %(before_id)s))
  AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))
  AND (%(machines)s OR NOT jsonb_exists(data, 'machine'))
ORDER BY at DESC, id DESC LIMIT %(limit)s
"""


def timeline(
    workspace_id: int,
    contact_id: int,
    *,
    before: tuple[datetime, int] | None = None,
    kinds: list[str] | None = None,
    machines: bool = False,
    limit: int = 50,
) -> list[TimelineEntry]:
    """A contact's events, newest first, in the words of the active language. Page on with the last one's (at, id).

    What scanners and prefetchers did is left out unless `machines`.
    """
    found = sql.rows(
        _TIMELINE,
        {
            "workspace": workspace_id,
            "contact": contact_id,
            "before": before[0] if before else None,
            "before_id": before[1] if before else 0,
            "kinds": kinds,
            "machines": machines,
            "limit": limit,
        },
    )
    return [_entry(*row) for row in found]


def _entry(number: int, kind: str, at: datetime, data: str, source: str) -> TimelineEntry:
    values = json.loads(data)
    if kind not in EVENT_KINDS:  # a kind of a part that is no longer installed
        return TimelineEntry(number, kind, at, kind, "point", "slate", values, source)
    known = EVENT_KINDS.get(kind)
    return TimelineEntry(
        number, kind, at, known.in_words(values), known.icon, known.tone, values, source
    )


# The same thing happened to many: one row each, without carrying the data to and fro as JSON.
_RECORD_FOR = """
WITH written AS (
    INSERT INTO event (workspace_id, kind, contact_id, at, source, data, depth)
    SELECT %(workspace)s, %(kind)s, contact_id, %(at)s, %(source)s, %(data)s::jsonb, %(depth)s
    FROM unnest(%(contacts)s::bigint[]) AS g(contact_id)
    RETURNING id, contact_id, at
), listened AS (
    INSERT INTO inbox (workspace_id, consumer, event_id, event_at, kind, contact_id, created_at)
    SELECT %(workspace)s, l.consumer, w.id, w.at, %(kind)s, w.contact_id, clock_timestamp()
    FROM written w CROSS JOIN (SELECT DISTINCT split_part(listener, ':', 1) AS consumer FROM event_listener
                               WHERE workspace_id = %(workspace)s AND kind = %(kind)s) l
)
SELECT count(*) FROM written
"""


def record_for(
    workspace_id: int,
    *,
    kind: str,
    contact_ids: Sequence[int],
    at: datetime,
    data: dict[str, Any] | None = None,
    source: str = "",
    depth: int = 0,
) -> int:
    """Write the same event for each of many contacts in one statement; answers how many."""
    if not contact_ids:
        return 0
    parameters = {
        "workspace": workspace_id,
        "kind": EVENT_KINDS.get(kind).key,
        "contacts": sql.numbers(contact_ids),
        "at": at,
        "source": source,
        "data": json.dumps(data or {}),
        "depth": depth,
    }
    return int(sql.value(_RECORD_FOR, parameters))
