"""All that reads segments: those in use, who is in one, how it grew, what uses it, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import sql
from kesher.rules import sql as rules_sql
from kesher.rules.checks import check
from kesher.rules.parse import parse, segments_in
from kesher.rules.problems import BadRule, Problem
from kesher.rules.tree import Rule, SegmentLeaf
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words
from kesher.segments.counting import Count, count_segment
from kesher.segments.models import Segment

__all__ = [
    "Count",
    "condition_of",
    "count_segment",
    "growth_of",
    "joined_of",
    "named_by",
    "problems_of",
    "read_segment",
    "segments_of",
    "sentence_of",
]


def segments_of(workspace: Workspace) -> list[Segment]:
    """The segments in use, by name."""
    return list(
        Segment.objects.filter(workspace=workspace, archived_at=None).order_by("name", "id")
    )


def read_segment(segment: Segment, vocabulary: Vocabulary) -> Rule:
    """Its rule. Raises BadRule when what it speaks of is no longer there."""
    return parse(segment.rule, vocabulary, owner=segment.key)


def problems_of(segment: Segment, vocabulary: Vocabulary) -> list[Problem]:
    """What is wrong with its rule, unreadable or only idle, in words."""
    try:
        return check(read_segment(segment, vocabulary), vocabulary)
    except BadRule as bad:
        return list(bad.problems)


def sentence_of(segment: Segment, vocabulary: Vocabulary) -> str:
    """Its rule in words; "" when it cannot be read."""
    try:
        return in_words(read_segment(segment, vocabulary), vocabulary)
    except BadRule:
        return ""


def condition_of(
    workspace: Workspace, segment: int | str, now: datetime, prefix: str = "segment"
) -> rules_sql.Statement:
    """Whether `contact c` is in it, for few contacts. Not there: nobody."""
    return rules_sql.condition(
        _leaf(workspace, segment),
        vocabulary_of(workspace),
        moment_of(workspace, now),
        prefix=prefix,
    )


def joined_of(
    workspace: Workspace, segment: int | str, now: datetime, prefix: str = "segment"
) -> rules_sql.Audience:
    """The same for a whole base."""
    return rules_sql.audience(
        _leaf(workspace, segment), vocabulary_of(workspace), moment_of(workspace, now),
        workspace_id=workspace.pk, prefix=prefix,
    )  # fmt: skip


def _leaf(workspace: Workspace, segment: int | str) -> SegmentLeaf:
    if isinstance(segment, str):
        return SegmentLeaf(segment)
    key = (
        Segment.objects.filter(workspace=workspace, pk=segment)
        .values_list("key", flat=True)
        .first()
    )
    return SegmentLeaf(key or "")


@dataclass(frozen=True)
class DayCount:
    day: date
    count: int


def growth_of(
    workspace_id: int, segment_ids: Sequence[int], *, until: date, days: int
) -> dict[int, list[DayCount]]:
    """The counts of the last days by segment, oldest first; days without a count are missing."""
    found: dict[int, list[DayCount]] = {number: [] for number in segment_ids}
    rows = sql.rows(
        "SELECT segment_id, day, count FROM segment_count WHERE workspace_id = %s"
        " AND segment_id = ANY(%s) AND day > %s AND day <= %s ORDER BY segment_id, day",
        (workspace_id, list(segment_ids), until - timedelta(days=days), until),
    )
    for number, day, count in rows:
        found[number].append(DayCount(day, count))
    return found


def named_by(key: str, segments: Iterable[Segment]) -> list[Segment]:
    """The segments whose own rule names this one."""
    return [row for row in segments if key in segments_in(row.rule)]
