"""Keeping the members of segments that something listens to, and recording who entered and who left.

Three ways lead to a look at a contact: an event of a kind its rule depends on (`advance`), the clock for rules
that time alone changes (`sweep`), and a changed rule, of which nobody hears. All compare under one lock for each
workspace, so that an older answer never overwrites a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.events import inbox, log
from kesher.lib import sql
from kesher.lib.copies import is_on_copies
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import ids_where, merged, truths
from kesher.rules.tree import Rule
from kesher.rules.vocabulary import Vocabulary
from kesher.segments.dependencies import Dependencies, dependencies, segments_under
from kesher.segments.models import Segment, SegmentListener

logger = structlog.get_logger(__name__)

CONSUMER = "segment"
EVENTS_AT_ONCE = 2_000
CONTACTS_AT_ONCE = 2_000
SWEEP_EVERY = timedelta(hours=1)
# Rules that hear each other's entering and leaving would go on for ever: from here on members change in silence.
MOST_DEPTH = 16


@dataclass(frozen=True)
class Heard:
    """A segment that something listens to, read."""

    id: int
    key: str
    name: str
    rule: Rule
    depends: Dependencies
    swept_at: datetime | None

    @property
    def listener(self) -> str:
        return f"{CONSUMER}:{self.id}"


def lock(workspace_id: int) -> None:
    """Until the transaction ends nobody else looks at this workspace's members."""
    if not is_on_copies():
        sql.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", (_LOCK, workspace_id))


def _is_free(workspace_id: int) -> bool:
    """The lock, if nobody has it."""
    return is_on_copies() or bool(
        sql.value("SELECT pg_try_advisory_xact_lock(%s, %s::int)", (_LOCK, workspace_id))
    )


_LOCK = 0x5E6


def heard_segments(workspace: Workspace, vocabulary: Vocabulary) -> list[Heard]:
    """The segments of a workspace that something listens to. One that can no longer be read is left out."""
    listened = SegmentListener.objects.filter(workspace_id=workspace.pk).values("segment_id")
    rows = Segment.objects.filter(workspace=workspace, pk__in=listened).order_by("id")
    return [found for row in rows if (found := _read(row, vocabulary)) is not None]


def _read(row: Segment, vocabulary: Vocabulary) -> Heard | None:
    try:
        rule = parse(row.rule, vocabulary, owner=row.key)
        depends = dependencies(rule, vocabulary)
    except BadRule as bad:
        logger.warning(
            "segment_unreadable", segment=row.pk, problems=[str(p) for p in bad.problems]
        )
        return None
    return Heard(row.pk, row.key, row.name, rule, depends, row.swept_at)


# Beginning, changing, ending.


def begin(workspace: Workspace, row: Segment, *, now: datetime) -> None:
    """Listen to what its rule depends on and keep who is in it now, of whom nobody hears. Call under the lock."""
    vocabulary = vocabulary_of(workspace)
    if (segment := _read(row, vocabulary)) is not None:
        _fill(workspace, segment, vocabulary, now=now)


def end(workspace_id: int, segment_id: int) -> None:
    """Forget its members. Call under the lock."""
    inbox.unlisten(workspace_id, listener=f"{CONSUMER}:{segment_id}")
    sql.execute(
        "DELETE FROM segment_member WHERE workspace_id = %s AND segment_id = %s",
        (workspace_id, segment_id),
    )


def rule_changed(workspace: Workspace, key: str, *, now: datetime) -> None:
    """A segment's rule is another: it and all heard ones that name it are filled anew, in silence."""
    if not SegmentListener.objects.filter(workspace_id=workspace.pk).exists():
        return
    lock(workspace.pk)
    vocabulary = vocabulary_of(workspace)
    for segment in heard_segments(workspace, vocabulary):
        if key == segment.key or key in segments_under(segment.rule, vocabulary):
            _fill(workspace, segment, vocabulary, now=now)


# Both in sets, whatever the size of the base: who is out goes, who is in and new comes.
_REFILL = """
WITH inside AS MATERIALIZED ({inside}), gone AS (
    DELETE FROM segment_member m WHERE m.workspace_id = %(own)s AND m.segment_id = %(segment)s
      AND NOT EXISTS (SELECT 1 FROM inside WHERE inside.id = m.contact_id)
)
INSERT INTO segment_member (workspace_id, segment_id, contact_id, entered_at)
SELECT %(own)s, %(segment)s, id, %(now)s FROM inside ON CONFLICT DO NOTHING
"""


def _fill(workspace: Workspace, segment: Heard, vocabulary: Vocabulary, *, now: datetime) -> None:
    inbox.listen(workspace.pk, listener=segment.listener, kinds=segment.depends.kinds)
    inside = ids_where(
        segment.rule, vocabulary, moment_of(workspace, now), workspace_id=workspace.pk
    )
    own = {"own": workspace.pk, "segment": segment.id, "now": now}
    sql.execute(_REFILL.format(inside=inside.text), merged(inside.parameters, own))
    Segment.objects.filter(pk=segment.id).update(swept_at=now)


# What happened.


def advance(now: datetime, *, limit: int = EVENTS_AT_ONCE) -> int:
    """Follow what happened in each workspace, some of it; answers how many events were taken."""
    return sum(_advance(number, now, limit) for number in inbox.waiting_workspaces(CONSUMER))


def advance_contact(workspace_id: int, contact_id: int, now: datetime) -> int:
    """The same for one contact, when somebody waits for the answer."""
    return _advance(workspace_id, now, EVENTS_AT_ONCE, contact_id)


def _advance(workspace_id: int, now: datetime, limit: int, contact_id: int | None = None) -> int:
    with transaction.atomic():
        if not _is_free(workspace_id):
            return 0
        taken = inbox.take(workspace_id, CONSUMER, limit=limit, contact_id=contact_id)
        if taken:
            workspace = Workspace.objects.get(pk=workspace_id)
            _follow(workspace, taken, now)
        return len(taken)


def _follow(workspace: Workspace, taken: Sequence[inbox.Happened], now: datetime) -> None:
    vocabulary = vocabulary_of(workspace)
    kinds = {event.kind for event in taken}
    concerned = [
        segment
        for segment in heard_segments(workspace, vocabulary)
        if segment.depends.kinds & kinds
    ]
    touched = sorted({number for event in taken for number in _contacts(event)})
    if not concerned or not touched:
        return
    depth = max(event.depth for event in taken) + 1
    settle(workspace, concerned, touched, vocabulary, now=now, depth=depth)


def _contacts(event: inbox.Happened) -> Iterable[int]:
    if event.contact_id is not None:
        yield event.contact_id
    if event.kind == "contact.merged" and isinstance(gone := event.data.get("contact_id"), int):
        yield gone


def settle(
    workspace: Workspace,
    segments: Sequence[Heard],
    contact_ids: Sequence[int],
    vocabulary: Vocabulary,
    *,
    now: datetime,
    depth: int = 0,
) -> None:
    """Ask the segments' rules of these contacts and write down who entered and left. Call under the lock."""
    asked = truths(
        [segment.rule for segment in segments], vocabulary, moment_of(workspace, now),
        workspace_id=workspace.pk, contact_ids=contact_ids,
    )  # fmt: skip
    answers = {
        row[0]: row[1:]
        for row in sql.rows(f"{asked.text} AND c.deleted_at IS NULL", asked.parameters)
    }
    for place, segment in enumerate(segments):
        inside = [number for number, truth in answers.items() if truth[place]]
        outside = sorted(set(contact_ids) - set(inside))
        entered, left = _write(workspace.pk, segment.id, inside, outside, now)
        if depth <= MOST_DEPTH:
            _tell(workspace.pk, segment, "segment.entered", entered, now, depth)
            _tell(workspace.pk, segment, "segment.left", left, now, depth)
        elif entered or left:
            logger.warning("segment_loop_cut", segment=segment.id, workspace=workspace.pk)


_ENTER = """
INSERT INTO segment_member (workspace_id, segment_id, contact_id, entered_at)
SELECT %(own)s, %(segment)s, id, %(now)s FROM unnest(%(contacts)s::bigint[]) AS g(id)
ON CONFLICT DO NOTHING RETURNING contact_id
"""
_LEAVE = """
DELETE FROM segment_member WHERE workspace_id = %(own)s AND segment_id = %(segment)s
  AND contact_id = ANY(%(contacts)s::bigint[]) RETURNING contact_id
"""


def _write(
    workspace_id: int, segment_id: int, inside: list[int], outside: list[int], now: datetime
) -> tuple[list[int], list[int]]:
    own = {"own": workspace_id, "segment": segment_id, "now": now}
    entered = sql.rows(_ENTER, {**own, "contacts": inside}) if inside else []
    left = sql.rows(_LEAVE, {**own, "contacts": outside}) if outside else []
    return [row[0] for row in entered], [row[0] for row in left]


def _tell(
    workspace_id: int, segment: Heard, kind: str, contacts: list[int], now: datetime, depth: int
) -> None:
    data: dict[str, Any] = {"segment_id": segment.id, "segment": segment.key, "name": segment.name}
    log.record_for(
        workspace_id, kind=kind, contact_ids=sorted(contacts), at=now, data=data,
        source=CONSUMER, depth=depth,
    )  # fmt: skip


# What only time changes.


def sweep(now: datetime) -> int:
    """Compare the members of rules that time changes with the base, where it is time; answers how many changed."""
    listened = SegmentListener.objects.values_list("workspace_id", flat=True).distinct()
    workspaces = Workspace.objects.filter(pk__in=list(listened)).order_by("id")
    return sum(_sweep(workspace, now) for workspace in workspaces)


def _sweep(workspace: Workspace, now: datetime) -> int:
    vocabulary = vocabulary_of(workspace)
    return sum(
        _sweep_one(workspace, segment, vocabulary, now)
        for segment in heard_segments(workspace, vocabulary)
        if is_due(segment, now, workspace.time_zone)
    )


def is_due(segment: Heard, now: datetime, zone: str) -> bool:
    """Each hour for "in the last two hours", at the workspace's midnight for days."""
    if segment.swept_at is None:
        return True
    if segment.depends.by_clock and now - segment.swept_at >= SWEEP_EVERY:
        return True
    days = [instant.astimezone(ZoneInfo(zone)).date() for instant in (segment.swept_at, now)]
    return (segment.depends.by_day or segment.depends.by_clock) and days[0] != days[1]


# Only who differs, whatever the size of the base. Each is asked again under the lock.
_DIFFERENT = """
WITH inside AS MATERIALIZED ({inside}), kept AS (
    SELECT contact_id AS id FROM segment_member WHERE workspace_id = %(own)s AND segment_id = %(segment)s
)
SELECT coalesce(i.id, k.id) FROM inside i FULL JOIN kept k ON k.id = i.id WHERE i.id IS NULL OR k.id IS NULL
"""


def _sweep_one(workspace: Workspace, segment: Heard, vocabulary: Vocabulary, now: datetime) -> int:
    inside = ids_where(
        segment.rule, vocabulary, moment_of(workspace, now), workspace_id=workspace.pk
    )
    own = {"own": workspace.pk, "segment": segment.id}
    statement = _DIFFERENT.format(inside=inside.text)
    different = sorted(row[0] for row in sql.rows(statement, merged(inside.parameters, own)))
    for start in range(0, len(different), CONTACTS_AT_ONCE):
        with transaction.atomic():
            lock(workspace.pk)
            part = different[start : start + CONTACTS_AT_ONCE]
            settle(workspace, [segment], part, vocabulary, now=now)
    Segment.objects.filter(pk=segment.id).update(swept_at=now)
    return len(different)
