"""Counting people by a rule: exactly when there is time, else about; and each day, for how a segment grew.

Counting never holds anybody up: it takes no lock but to read, and gives up after a while.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError, transaction

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import sql
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import Statement, count_where, ids_where
from kesher.rules.tree import Rule
from kesher.rules.vocabulary import Vocabulary
from kesher.segments.models import Segment

SCREEN_MILLISECONDS = 800
NIGHT_MILLISECONDS = 60_000


@dataclass(frozen=True)
class Count:
    """`is_about`: an estimate of the planner, or an older count, because counting took too long."""

    number: int
    is_about: bool = False


def count_rule(
    workspace: Workspace,
    rule: Rule,
    now: datetime,
    *,
    vocabulary: Vocabulary | None = None,
    milliseconds: int = SCREEN_MILLISECONDS,
) -> Count:
    """How many living contacts pass: exact, or the planner's estimate after that time."""
    words, moment = vocabulary or vocabulary_of(workspace), moment_of(workspace, now)
    exact = _in_time(count_where(rule, words, moment, workspace_id=workspace.pk), milliseconds)
    if exact is not None:
        return Count(exact)
    found = ids_where(rule, words, moment, workspace_id=workspace.pk)
    plan = sql.value(f"EXPLAIN (FORMAT JSON) {found.text}", found.parameters)
    read = json.loads(plan) if isinstance(plan, str) else plan
    return Count(int(read[0]["Plan"]["Plan Rows"]), is_about=True)


def _in_time(statement: Statement, milliseconds: int) -> int | None:
    """The count, None when it took longer."""
    try:
        with transaction.atomic():
            sql.execute(f"SET LOCAL statement_timeout = {int(milliseconds)}")
            number = int(sql.value(statement.text, statement.parameters))
            sql.execute("SET LOCAL statement_timeout = 0")
            return number
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _CANCELLED:
            raise
        return None


_CANCELLED = "57014"


def count_segment(
    workspace: Workspace,
    segment: Segment,
    now: datetime,
    *,
    vocabulary: Vocabulary | None = None,
    milliseconds: int = SCREEN_MILLISECONDS,
) -> Count | None:
    """Now, and kept on the segment when exact; else the last count, else an estimate. None: its rule is unreadable."""
    words = vocabulary or vocabulary_of(workspace)
    try:
        rule = parse(segment.rule, words, owner=segment.key)
    except BadRule:
        return None
    found = count_rule(workspace, rule, now, vocabulary=words, milliseconds=milliseconds)
    if not found.is_about:
        Segment.objects.filter(pk=segment.pk, revision=segment.revision).update(
            count=found.number, counted_at=now
        )
        segment.count, segment.counted_at = found.number, now
    elif segment.count is not None:
        return Count(segment.count, is_about=True)
    return found


# Each day.

_KEEP = """
INSERT INTO segment_count (workspace_id, segment_id, day, count) VALUES (%s, %s, %s, %s)
ON CONFLICT (workspace_id, segment_id, day) DO UPDATE SET count = excluded.count
"""
RECOUNT_AFTER = timedelta(hours=20)


def keep_count(workspace: Workspace, segment: Segment, now: datetime) -> bool:
    """Today's count of a segment, on the workspace's calendar; False when it could not be counted."""
    found = count_segment(workspace, segment, now, milliseconds=NIGHT_MILLISECONDS)
    if found is None or found.is_about:
        return False
    day = now.astimezone(ZoneInfo(workspace.time_zone)).date()
    sql.execute(_KEEP, (workspace.pk, segment.pk, day, found.number))
    return True


def uncounted_today(workspace: Workspace, now: datetime) -> list[Segment]:
    """The segments in use without a count of today."""
    day = now.astimezone(ZoneInfo(workspace.time_zone)).date()
    return list(
        Segment.objects.raw(
            "SELECT s.* FROM segment s WHERE s.workspace_id = %s AND s.archived_at IS NULL AND NOT EXISTS ("
            "SELECT 1 FROM segment_count n WHERE n.workspace_id = s.workspace_id AND n.segment_id = s.id"
            " AND n.day = %s) ORDER BY s.id",
            [workspace.pk, day],
        )
    )
