"""Coverage: which sets of blocks occur among real people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from kesher.contacts.custom_fields import create_field
from kesher.contacts.models import Contact
from kesher.content.coverage import Coverage, coverage
from kesher.content.problems import Problems

HAIFA: dict[str, Any] = {"field": "city", "op": "equals", "value": "חיפה"}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def text(number: str, show_if: Any = None) -> dict[str, Any]:
    block = {"id": number, "kind": "text", "html": f"<p>{number}</p>"}
    return {**block, "show_if": show_if} if show_if else block


def people(workspace: Any, now: datetime, *rows: dict[str, Any]) -> list[Contact]:
    made = [
        Contact(
            workspace=workspace,
            source="import",
            created_at=now,
            updated_at=now,
            email=f"p{number}@example.com",
            first_name=f"P{number}",
            **row,
        )
        for number, row in enumerate(rows)
    ]
    return Contact.objects.bulk_create(made)


def covered(workspace: Any, now: datetime, *blocks: dict[str, Any], where: Any = None) -> Coverage:
    return coverage(workspace, {"blocks": list(blocks)}, where, now=now)


def test_people_are_counted_by_the_blocks_that_they_see(workspace: Any, now: datetime) -> None:
    people(workspace, now, {"city": "חיפה"}, {"city": "חיפה", "role": "מורה"}, {"city": "עכו"})
    teacher = {"field": "role", "op": "equals", "value": "מורה"}

    found = covered(workspace, now, text("n"), text("a", HAIFA), text("b", teacher))

    assert (found.total, found.about) == (3, False)
    assert found.blocks == {"a": 2, "b": 1}
    rows = {one.shown: (one.count, one.contact and one.contact.name) for one in found.combinations}
    assert rows == {("a",): (1, "P0"), ("a", "b"): (1, "P1"), (): (1, "P2")}
    assert found.nothing == 0
    assert found.others == (0, 0)


def test_blocks_in_hidden_columns_are_hidden(workspace: Any, now: datetime) -> None:
    people(workspace, now, {"city": "חיפה", "role": "x"}, {"city": "עכו", "role": "x"})
    inner = text("i", {"field": "role", "op": "is_set"})
    columns = {"id": "c", "kind": "columns", "show_if": HAIFA, "columns": [{"blocks": [inner]}]}

    found = covered(workspace, now, text("n"), columns)

    assert found.blocks == {"c": 1, "i": 1}


def test_who_would_get_nothing_is_counted_and_shown(workspace: Any, now: datetime) -> None:
    people(workspace, now, {"city": "חיפה"}, {"city": "עכו"}, {"city": ""})

    found = covered(workspace, now, {"id": "h", "kind": "heading", "text": "x"}, text("a", HAIFA))

    assert found.nothing == 2
    assert found.nothing_contact is not None
    (told,) = [one for one in found.problems if one.code == "all_targeted"]
    assert (told.data["count"], told.data["total"]) == (2, 3)
    assert told.data["contact"]["name"] == "P1"


def test_only_the_audience_counts(workspace: Any, now: datetime) -> None:
    people(workspace, now, {"city": "חיפה"}, {"city": "עכו"})

    found = covered(workspace, now, text("a", HAIFA), where=("c.city = %(town)s", {"town": "חיפה"}))

    assert (found.total, found.nothing) == (1, 0)


def test_deleted_people_and_those_of_others_do_not_count(workspace: Any, now: datetime) -> None:
    gone, _kept = people(workspace, now, {"city": "חיפה"}, {"city": "חיפה"})
    Contact.objects.filter(pk=gone.pk).update(deleted_at=now)

    assert covered(workspace, now, text("a", HAIFA)).blocks == {"a": 1}


def test_the_commonest_combinations_come_first_and_the_rest_together(
    workspace: Any, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("kesher.content.coverage.MOST_COMBINATIONS", 2)
    people(workspace, now, *({"city": c} for c in "אאאבבג"))
    blocks = [text(f"b{n}", {"field": "city", "op": "equals", "value": c}) for n, c in enumerate("אבג")]  # fmt: skip

    found = covered(workspace, now, text("n"), *blocks)

    assert [(one.shown, one.count) for one in found.combinations] == [(("b0",), 3), (("b1",), 2)]
    assert found.others == (1, 1)


def test_what_takes_too_long_is_sampled_and_says_so(
    workspace: Any, now: datetime, monkeypatch: Any
) -> None:
    people(workspace, now, *({"city": "חיפה"} for _ in range(40)))
    monkeypatch.setattr("kesher.content.coverage._share", lambda: 100.0)
    calls = []
    monkeypatch.setattr("kesher.content.coverage._grouped", _slow_once(calls))

    found = covered(workspace, now, text("a", HAIFA))

    assert found.about
    assert found.blocks == {"a": 40}
    assert len(calls) == 2


def _slow_once(calls: list[int]) -> Any:
    from kesher.content import coverage as module
    from kesher.lib.patience import TooSlow

    real = module._grouped

    def grouped(asked: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise TooSlow
        return real(asked)

    return grouped


def test_a_rule_that_cannot_be_read_is_refused(workspace: Any, now: datetime) -> None:
    with pytest.raises(Problems, match=r"blocks\.a\.show_if\.field"):
        covered(workspace, now, text("a", {"field": "nothing", "op": "is_set"}))


def test_the_values_that_people_have_in_a_gap_are_told_with_one_of_them(
    workspace: Any, access: Any, now: datetime
) -> None:
    """E-02: five questions of 10, 20 or 30 points; bands to 80 leave 90 to 150."""
    key = create_field(access, label="ציון כולל", type="number", options={"decimals": 0}).key
    people(workspace, now, *({"fields": {key: n}} for n in range(50, 160, 10)), {})
    bands = [
        text(f"b{low}", {"field": key, "op": "between", "value": [low, high]})
        for low, high in ((50, 60), (61, 70), (71, 80))
    ]

    found = covered(workspace, now, {"id": "h", "kind": "heading", "text": "x"}, *bands)

    told = [one for one in found.problems if one.severity == "warning" and one.code == "uncovered"]
    assert [one.message for one in told] == ["“ציון כולל” from 90 to 150 matches nothing"]
    assert told[0].data["count"] == 7
    assert told[0].data["contact"]["name"] == "P4"
    assert told[0].data["after"] == "b71"
    (missing,) = [one for one in found.problems if one.code == "uncovered_missing"]
    assert missing.data["count"] == 1
    (nothing,) = [one for one in found.problems if one.code == "all_targeted"]
    assert nothing.data["count"] == 8
    others = text("o", nothing.data["otherwise"])
    assert covered(workspace, now, *bands, others).nothing == 0
