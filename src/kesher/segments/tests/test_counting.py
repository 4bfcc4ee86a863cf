"""Counting: exact in time, about when not, each day for how a segment grew."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kesher.contacts.rules import read_rule
from kesher.lib import sql
from kesher.rules.sql import Statement
from kesher.segments import counting, jobs, queries
from kesher.segments.actions import archive_segment
from kesher.segments.models import Segment, SegmentCount
from kesher.segments.tests.conftest import HAIFA, Make

pytestmark = pytest.mark.django_db


def test_what_takes_too_long_is_cut_off_and_nothing_is_lost_by_it(noa: Any) -> None:
    slow = Statement("SELECT 1 FROM pg_sleep(%(seconds)s)", {"seconds": 5})
    assert counting._in_time(slow, 20) is None
    assert counting._in_time(Statement("SELECT 7", {}), 20) == 7
    assert sql.value("SHOW statement_timeout") == "0"
    assert sql.value("SELECT count(*) FROM contact") == 1


def test_a_rule_that_cannot_be_counted_in_time_is_estimated(
    workspace: Any, noa: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_in_time", lambda *_given: None)
    found = counting.count_rule(workspace, read_rule(workspace, HAIFA), now)
    assert found.is_about
    assert found.number >= 0


def test_an_older_count_is_better_than_an_estimate(
    workspace: Any, make: Make, noa: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = make()
    counting.count_segment(workspace, segment, now)
    monkeypatch.setattr(counting, "_in_time", lambda *_given: None)
    found = counting.count_segment(workspace, segment, now + timedelta(days=1))
    assert found == counting.Count(1, is_about=True)
    assert segment.counted_at == now


def test_each_day_of_the_workspace_has_one_count(
    workspace: Any, make: Make, noa: Any, dan: Any, now: datetime
) -> None:
    segment = make()
    late = now.replace(hour=22)  # the next day in Jerusalem
    for instant in (now, now + timedelta(hours=1), late):
        jobs.count_each.func(int(instant.timestamp()))
    grown = queries.growth_of(workspace.pk, [segment.pk], until=date(2026, 11, 18), days=30)
    assert grown[segment.pk] == [
        queries.DayCount(date(2026, 11, 17), 1),
        queries.DayCount(date(2026, 11, 18), 1),
    ]


def test_the_archived_and_the_unreadable_are_not_counted(
    access: Any, workspace: Any, make: Make, now: datetime
) -> None:
    archive_segment(access, make("א"), now=now)
    broken = make("ב")
    Segment.objects.filter(pk=broken.pk).update(rule={"field": "gone", "op": "is_set"})
    jobs.count_each.func(int(now.timestamp()))
    assert not SegmentCount.objects.exists()
