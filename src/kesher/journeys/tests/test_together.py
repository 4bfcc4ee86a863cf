"""What a run changes on its way is written and told together, and never read as it was before."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.contacts.lists import create_list
from kesher.contacts.rules import vocabulary_of
from kesher.events import counters
from kesher.events.log import timeline
from kesher.journeys.tests.conftest import Desk, Graph

pytestmark = pytest.mark.django_db
CUSTOM: list[Graph] = [{"kind": "custom"}]


def adds(field: str, value: float, following: str | None = None) -> Graph:
    change = {"field": field, "do": "add", "value": value}
    node: Graph = {"kind": "update_contact", "changes": [change]}
    return {**node, "next": following} if following else node


def told(desk: Desk, contact: Any) -> list[Any]:
    """What the log says has changed, the oldest first."""
    entries = timeline(desk.workspace.pk, contact.pk, kinds=["contact.updated"])
    return [entry.data["changed"] for entry in reversed(entries)]


def test_steps_that_follow_each_other_are_one_change(desk: Desk, noa: Any) -> None:
    desk.field("score")
    desk.field("visits")
    desk.publish(
        {"a": adds("score", 2, "b"), "b": adds("visits", 1, "c"), "c": adds("score", 3)}, triggers=CUSTOM
    )  # fmt: skip

    desk.custom(noa)
    desk.settle()

    assert told(desk, noa) == [{"score": [None, 5], "visits": [None, 1]}]


def test_what_is_again_as_it_was_is_no_change(desk: Desk, noa: Any) -> None:
    desk.field("score")
    desk.publish({"a": adds("score", 2, "b"), "b": adds("score", -2)}, triggers=CUSTOM)
    desk.publish({"a": adds("score", 1)}, triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    desk.custom(noa)
    desk.settle()

    noa.refresh_from_db()
    assert noa.fields["score"] == 2
    assert told(desk, noa)[-2:] == [{"score": [0, 1]}, {"score": [1, 2]}]


def test_a_condition_sees_what_the_steps_before_it_have_changed(desk: Desk, noa: Any) -> None:
    desk.field("score")
    rule = {"field": "score", "op": "gte", "value": 2}
    desk.publish(
        {
            "first": {"kind": "condition", "rule": rule, "yes": "end", "no": "a"},
            "a": adds("score", 1, "second"),
            "second": {"kind": "condition", "rule": rule, "yes": "end", "no": "b"},
            "b": adds("score", 1, "third"),
            "third": {"kind": "condition", "rule": rule, "yes": "end", "no": "end"},
            "end": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )

    desk.custom(noa)
    desk.settle()

    way = ["first>no", "a>next", "second>no", "b>next", "third>yes", "end"]
    assert desk.path(desk.runs(noa)[0]) == way


def test_two_runs_of_one_contact_each_tell_what_they_changed(desk: Desk, noa: Any) -> None:
    desk.field("score")
    for value in (1, 10):
        desk.publish({"a": adds("score", value, "b"), "b": adds("score", value)}, triggers=CUSTOM)

    desk.custom(noa)
    desk.settle()

    noa.refresh_from_db()
    assert noa.fields["score"] == 22
    assert len(told(desk, noa)) >= 2
    assert told(desk, noa)[-1]["score"][1] == 22


def test_lists_consent_and_what_happened_are_asked_anew_after_a_step_that_changes_them(
    desk: Desk, access: Any, yael: Any
) -> None:
    vip = create_list(access, name="vip")
    desk.field("score")
    type(yael).objects.filter(pk=yael.pk).update(sms_consent="")
    rules: list[Graph] = [
        {"list": vip.key},
        {"did": "contact.updated"},
        {"consent": "sms"},
    ]
    nodes: Graph = {
        "join": {"kind": "add_to_lists", "add_to_lists": [vip.key], "next": "c0b"},
        "change": adds("score", 1, "c1b"),
        "agree": {"kind": "consent", "channel": "sms", "state": "granted", "next": "c2b"},
        "end": {"kind": "exit"},
    }
    effects = ("join", "change", "agree")
    for place, (rule, effect) in enumerate(zip(rules, effects, strict=True)):
        following = f"c{place + 1}a" if place < 2 else "end"
        ask: Graph = {"kind": "condition", "rule": rule}
        nodes[f"c{place}a"] = {**ask, "yes": "end", "no": effect}
        nodes[f"c{place}b"] = {**ask, "yes": following, "no": "end"}
    desk.publish(nodes, start="c0a", triggers=CUSTOM)

    desk.custom(yael)
    desk.settle()

    assert desk.path(desk.runs(yael)[0]) == [
        "c0a>no", "join>next", "c0b>yes", "c1a>no", "change>next", "c1b>yes",
        "c2a>no", "agree>next", "c2b>yes", "end",
    ]  # fmt: skip


def test_a_word_that_is_new_is_known_at_once_and_others_are_not_read_again(desk: Desk) -> None:
    desk.field("first")
    vocabulary_of(desk.workspace)

    with CaptureQueriesContext(connection) as asked:
        same = vocabulary_of(desk.workspace)
    field = desk.field("second")
    second = vocabulary_of(desk.workspace)
    field.label = "other"
    field.save()
    third = vocabulary_of(desk.workspace)

    assert len(asked) == 1
    assert same.field("second") is None
    assert [words.field("second").label for words in (second, third)] == ["second", "other"]  # type: ignore[union-attr]


def test_counters_added_together_are_one_statement_and_nothing_when_it_fails(
    desk: Desk,
) -> None:
    number = desk.workspace.pk
    with CaptureQueriesContext(connection) as asked, counters.added_together():
        counters.add(number, {"list.1": 2})
        counters.add(number, {"list.1": 1, "list.2": -1})
    with pytest.raises(ZeroDivisionError), counters.added_together():
        counters.add(number, {"list.1": 1 // 0})

    assert len(asked) == 1
    assert counters.read(number, ["list.1", "list.2"]) == {"list.1": 3, "list.2": -1}
