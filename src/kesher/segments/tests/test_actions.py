"""Segments are made, changed, copied, archived and brought back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.undo import apply_undo
from kesher.contacts import lists
from kesher.contacts.errors import Refused
from kesher.contacts.rules import vocabulary_of
from kesher.rules.problems import BadRule
from kesher.segments import queries
from kesher.segments.actions import archive_segment, duplicate_segment, update_segment
from kesher.segments.tests.conftest import HAIFA, Make

pytestmark = pytest.mark.django_db


def test_a_segment_is_who_passes_its_rule_at_each_look(
    workspace: Any, make: Make, noa: Any, dan: Any, now: datetime
) -> None:
    segment = make()
    assert queries.count_segment(workspace, segment, now) == queries.Count(1)

    dan.city = "חיפה"
    dan.save()

    assert queries.count_segment(workspace, segment, now) == queries.Count(2)
    segment.refresh_from_db()
    assert (segment.count, segment.counted_at) == (2, now)


def test_a_name_is_needed_and_unlike_others(make: Make) -> None:
    make("מהצפון")
    with pytest.raises(Refused) as refused:
        make("  מהצפון ")
    assert refused.value.code == "taken"
    with pytest.raises(Refused) as refused:
        make("  ")
    assert refused.value.code == "required"


def test_a_rule_that_cannot_be_read_names_the_place(make: Make) -> None:
    with pytest.raises(BadRule) as bad:
        make("x", {"all": [{"field": "sity", "op": "equals", "value": "חיפה"}]})
    assert bad.value.problems[0].path == "rule.all[0].field"
    assert bad.value.problems[0].suggestion == "city"


def test_a_circle_of_segments_is_refused(access: Any, make: Make, now: datetime) -> None:
    first = make("ראשון")
    second = make("שני", {"segment": first.key})
    with pytest.raises(BadRule) as bad:
        update_segment(access, first, rule={"not": {"segment": second.key}}, now=now)
    assert bad.value.problems[0].code == "circle"
    with pytest.raises(BadRule):
        update_segment(access, first, rule={"segment": first.key}, now=now)


def test_of_two_writers_the_later_is_told(access: Any, make: Make, now: datetime) -> None:
    segment = make()
    update_segment(access, segment, name="אחר", revision=1, now=now)
    with pytest.raises(Refused) as refused:
        update_segment(access, segment, rule={"consent": "email"}, revision=1, now=now)
    assert refused.value.code == "changed"


def test_a_new_rule_forgets_the_old_count(
    access: Any, workspace: Any, make: Make, noa: Any, now: datetime
) -> None:
    segment = make()
    queries.count_segment(workspace, segment, now)
    changed = update_segment(access, segment, rule={"consent": "sms"}, now=now)
    assert changed.count is None


def test_a_copy_has_a_name_of_its_own(access: Any, make: Make, now: datetime) -> None:
    segment = make()
    first, second = (duplicate_segment(access, segment, now=now) for _each in range(2))
    assert first.rule == second.rule == HAIFA
    assert len({segment.name, first.name, second.name}) == 3
    assert len({segment.key, first.key, second.key}) == 3


def test_an_archived_segment_comes_back_even_when_its_name_was_taken(
    access: Any, workspace: Any, make: Make, now: datetime
) -> None:
    segment = make("צפון")
    undo = archive_segment(access, segment, now=now)
    assert queries.segments_of(workspace) == []
    other = make("צפון")

    apply_undo(access, undo)

    assert [row.name for row in queries.segments_of(workspace)] == ["צפון", "צפון (2)"]
    assert other.key != segment.key


def test_what_was_archived_is_said_in_words(
    access: Any, workspace: Any, make: Make, now: datetime
) -> None:
    vip = lists.create_list(access, name="לקוחות VIP")
    inner = make("פנימי")
    segment = make("כללי", {"any": [{"list": vip.key}, {"segment": inner.key}]})
    assert queries.problems_of(segment, vocabulary_of(workspace)) == []

    lists.archive_list(access, vip, now=now)
    archive_segment(access, inner, now=now)

    found = queries.problems_of(segment, vocabulary_of(workspace))
    assert [problem.code for problem in found] == ["archived_list", "archived_segment"]
    assert "לקוחות VIP" in found[0].words


def test_a_segment_whose_field_is_gone_says_so_and_is_not_counted(
    workspace: Any, make: Make, now: datetime
) -> None:
    segment = make()
    segment.rule = {"field": "gone", "op": "is_set"}
    segment.save()
    found = queries.problems_of(segment, vocabulary_of(workspace))
    assert [problem.code for problem in found] == ["unknown_field"]
    assert queries.count_segment(workspace, segment, now) is None
