"""Who sees which blocks: rules in documents, what is wrong with them, messages in which nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from kesher.contacts.custom_fields import create_field
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.rules import vocabulary_of
from kesher.content.batch import values_of
from kesher.content.document import parse
from kesher.content.plan import Plan
from kesher.content.preview import preview
from kesher.content.problems import Problem
from kesher.content.targeting import needs_of
from kesher.content.templates import TEMPLATES
from kesher.content.workspace import compile_in

CITY: dict[str, Any] = {"field": "city", "op": "equals", "value": "חיפה"}
EVERYBODY_ELSE = {"not": CITY}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def score(access: Any) -> str:
    return create_field(access, label="ציון כולל", type="number", options={"decimals": 0}).key


def text(number: str, show_if: Any = None, words: str = "") -> dict[str, Any]:
    block = {"id": number, "kind": "text", "html": f"<p>{words or number}</p>"}
    return {**block, "show_if": show_if} if show_if is not None else block


def band(number: str, key: str, low: int, high: int) -> dict[str, Any]:
    return text(number, {"field": key, "op": "between", "value": [low, high]})


def plan_of(workspace: Any, *blocks: dict[str, Any]) -> Plan:
    return compile_in(workspace, {"blocks": list(blocks)}, subject="x", preheader="")


def problems_of(workspace: Any, *blocks: dict[str, Any]) -> list[Problem]:
    return [one for one in plan_of(workspace, *blocks).problems if one.code]


def codes(problems: Sequence[Problem]) -> list[str]:
    return [one.code for one in problems]


# Rules.


BAD = [
    ({"field": "city", "op": "contians", "value": "x"}, "op", "contains"),
    ({"all": [CITY, {"field": "citty", "op": "is_set"}]}, "all[1].field", "city"),
    ({"all": [{"list": "gone"}]}, "all[0].list", "gone"),
    ({"segment": "gone"}, "segment", "gone"),
    ({"field": "birthday", "op": "gt", "value": 4}, "op", "gt"),
]


@pytest.mark.parametrize(("rule", "place", "word"), BAD)
def test_a_rule_that_cannot_be_read_is_told_with_its_place(
    workspace: Any, rule: Any, place: str, word: str
) -> None:
    columns = {"id": "c", "kind": "columns", "columns": [{"blocks": [text("in", rule)]}]}

    found = {one.path: one for one in problems_of(workspace, text("a"), columns)}

    problem = found[f"blocks.in.show_if.{place}"]
    assert (problem.severity, problem.block, problem.code) == ("error", "in", "bad_rule")
    assert word in problem.message


def test_an_archived_field_still_works_and_is_warned_of(
    workspace: Any, access: Any, score: str, now: datetime
) -> None:
    workspace.contact_fields.filter(key=score).update(archived_at=now)
    rule = {"field": score, "op": "gt", "value": 5}

    found = problems_of(workspace, text("a"), text("b", rule))

    assert [(one.code, one.severity) for one in found] == [("archived_field", "warning")]
    assert "ציון כולל" in found[0].message


NEVER = {"all": [CITY, {"not": CITY}]}
ALWAYS = {"any": [CITY, {"not": CITY}]}


@pytest.mark.parametrize(("rule", "code"), [(NEVER, "never_true"), (ALWAYS, "always_true")])
def test_a_rule_that_decides_nothing_is_told(workspace: Any, rule: Any, code: str) -> None:
    assert code in codes(problems_of(workspace, text("a"), text("b", rule)))


def test_a_rule_without_conditions_is_none(workspace: Any) -> None:
    tree = parse({"blocks": [text("a", {"all": []})]})

    assert tree.blocks[0].show_if is None
    assert plan_of(workspace, text("a", {"all": []})).rules == ()


def test_the_footer_is_for_everybody(workspace: Any) -> None:
    footer = {"id": "f", "kind": "footer", "show_if": CITY}

    found = problems_of(workspace, text("a"), footer)

    assert ("hidden_footer", "error") in [(one.code, one.severity) for one in found]


# What is left.


def test_content_for_some_only_is_warned_of_and_an_otherwise_block_offered(workspace: Any) -> None:
    heading = {"id": "h", "kind": "heading", "text": "שלום"}

    (found,) = problems_of(workspace, heading, text("a", CITY), {"id": "f", "kind": "footer"})

    assert (found.code, found.severity) == ("all_targeted", "warning")
    assert found.data["after"] == "a"
    added = text("b", found.data["otherwise"])
    assert problems_of(workspace, heading, text("a", CITY), added) == []


NEEDS = [
    ([text("a")], ()),
    ([text("a", CITY), text("b")], ()),
    ([text("a", CITY), text("b", CITY)], ((0,),)),
    ([text("a", CITY), text("b", EVERYBODY_ELSE)], ((0,), (1,))),
    ([{"id": "s", "kind": "spacer"}, {"id": "h", "kind": "heading", "text": "x"}, text("a", CITY)], ((0,),)),
    ([{"id": "h", "kind": "heading", "text": "x"}], ()),
    ([{"id": "h", "kind": "heading", "text": "x", "show_if": CITY}], ((0,),)),
    (
        [{"id": "c", "kind": "columns", "show_if": CITY, "columns": [{"blocks": [text("a", EVERYBODY_ELSE)]}]}],
        ((0, 1),),
    ),
    (
        [{"id": "c", "kind": "columns", "show_if": CITY, "columns": [{"blocks": [text("a", EVERYBODY_ELSE), text("b")]}]}],
        ((0,),),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "expected"), NEEDS)
def test_what_must_hold_for_anything_to_be_left(
    blocks: list[dict[str, Any]], expected: tuple[tuple[int, ...], ...]
) -> None:
    tree = parse({"blocks": blocks})
    numbers = {repr(CITY): 0, repr(EVERYBODY_ELSE): 1}

    assert needs_of(tree, lambda node: numbers[repr(node.show_if)]) == expected


def test_a_plan_says_for_whom_nothing_is_left(
    workspace: Any, noa: Any, yael: Any, now: datetime
) -> None:
    plan = Plan.from_json(plan_of(workspace, text("a", CITY)).to_json())

    found = values_of(workspace.pk, plan, [noa.pk, yael.pk], now=now)

    assert plan.leaves_something(found[noa.pk])
    assert not plan.leaves_something(found[yael.pk])


# The truth of rules, for a batch.


def test_values_and_truths_come_from_one_statement(
    workspace: Any, noa: Any, yael: Any, now: datetime, django_assert_num_queries: Any
) -> None:
    words = vocabulary_of(workspace)
    plan = plan_of(workspace, text("a", words="[[first_name]]"), text("b", CITY))

    with django_assert_num_queries(1):
        found = values_of(
            workspace.pk, plan, [noa.pk, yael.pk], now=now, workspace=workspace, vocabulary=words
        )

    assert found == {noa.pk: ("נועה", "1"), yael.pk: ("יעל", "")}


def test_rules_are_asked_as_of_the_moment_and_by_the_lists_as_they_are(
    access: Any, workspace: Any, noa: Any, now: datetime
) -> None:
    vip = create_list(access, name="VIP")
    joined = {"list": vip.key, "joined": {"within": "P1D"}}
    plan = plan_of(workspace, text("a"), text("b", {"list": vip.key}), text("c", joined))
    before = values_of(workspace.pk, plan, [noa.pk], now=now)

    join_list(workspace.pk, list_id=vip.pk, contact_ids=[noa.pk], now=now, source="staff")

    later = now + timedelta(days=2)
    assert before[noa.pk] == ("", "")
    assert values_of(workspace.pk, plan, [noa.pk], now=now + timedelta(hours=1))[noa.pk] == (
        "1",
        "1",
    )
    assert values_of(workspace.pk, plan, [noa.pk], now=later)[noa.pk] == ("1", "")


def test_a_rule_about_what_is_gone_shows_the_block_to_nobody(
    access: Any, workspace: Any, noa: Any, now: datetime
) -> None:
    vip = create_list(access, name="VIP")
    plan = plan_of(workspace, text("a"), text("b", {"not": {"list": vip.key}}))
    vip.delete()

    assert values_of(workspace.pk, plan, [noa.pk], now=now)[noa.pk] == ("",)


# Bands.


def test_bands_of_a_quiz_that_leave_the_better_half_out_are_told(
    workspace: Any, score: str
) -> None:
    """E-02: five questions of 10, 20 or 30 points give 50 to 150; bands reach only 80."""
    bands = [band("a", score, 50, 60), band("b", score, 61, 70), band("c", score, 71, 80)]

    found = problems_of(workspace, text("n"), *bands)

    gap = next(one for one in found if one.code == "uncovered" and one.data["low"] is not None)
    assert "81" in gap.message
    assert gap.data["after"] == "c"
    others = text("d", gap.data["otherwise"])
    assert problems_of(workspace, text("n"), *bands, others) == []


SLIPS = [
    ([(1, 5), (5, 10)], "overlap", "5"),
    ([(1, 5), (7, 10)], "uncovered", "6"),
]


@pytest.mark.parametrize(("bands", "code", "word"), SLIPS)
def test_a_hole_between_bands_and_a_double_value_are_slips(
    workspace: Any, score: str, bands: list[tuple[int, int]], code: str, word: str
) -> None:
    blocks = [band(f"b{n}", score, *ends) for n, ends in enumerate(bands)]

    found = problems_of(workspace, text("n"), *blocks)

    told = next(one for one in found if one.severity == "warning")
    assert told.code == code
    assert word in told.message


def test_an_overlap_names_the_blocks_by_their_words(workspace: Any, score: str) -> None:
    low = text("a", {"field": score, "op": "lte", "value": 5}, "כדאי לנסות שוב")
    high = text("b", {"field": score, "op": "gte", "value": 5}, "כל הכבוד")

    found = problems_of(workspace, text("n"), low, high)

    told = next(one for one in found if one.code == "overlap")
    assert "כדאי לנסות שוב" in told.message
    assert told.data["blocks"] == ["a", "b"]


def test_several_blocks_of_one_band_do_not_overlap(workspace: Any, score: str) -> None:
    one = [band("a", score, 1, 5), band("b", score, 1, 5)]
    two = [band("c", score, 6, 9), band("d", score, 6, 9)]

    assert "overlap" not in codes(problems_of(workspace, text("n"), *one, *two))


def test_a_band_within_another_is_meant(workspace: Any, score: str) -> None:
    some = text("a", {"field": score, "op": "gt", "value": 0})
    many = text("b", {"field": score, "op": "gt", "value": 4})

    found = problems_of(workspace, text("n"), some, many)

    assert {one.severity for one in found} <= {"hint"}
    assert "overlap" not in codes(found)


def test_a_missing_value_matches_no_band(
    workspace: Any, score: str, noa: Any, now: datetime
) -> None:
    """T4: an empty score is not "low"."""
    low = text("low", {"field": score, "op": "lte", "value": 5})
    high = text("high", {"field": score, "op": "gt", "value": 5})
    plan = plan_of(workspace, text("n"), low, high)

    assert values_of(workspace.pk, plan, [noa.pk], now=now)[noa.pk] == ("", "")
    missing = [one for one in plan.problems if one.code == "uncovered_missing"]
    assert [one.severity for one in missing] == ["hint"]


# View as.


def test_a_preview_says_which_blocks_a_contact_gets_and_why(
    workspace: Any, noa: Any, yael: Any
) -> None:
    inner = {"id": "c", "kind": "columns", "show_if": CITY, "columns": [{"blocks": [text("i", {"consent": "email"})]}]}  # fmt: skip
    body = {"blocks": [text("a", CITY), inner]}

    of_noa = preview(body, "x", "", workspace, noa)
    of_yael = preview(body, "x", "", workspace, yael)

    assert of_noa.hidden == []
    assert of_noa.leaves_something
    assert of_yael.hidden == ["a", "c", "i"]
    assert [(one.block, one.holds) for one in of_yael.targeting] == [("a", False), ("c", False), ("i", True)]  # fmt: skip
    assert "חיפה" in of_yael.targeting[0].sentence
    assert not of_yael.leaves_something


@pytest.mark.parametrize("template", list(TEMPLATES), ids=lambda template: template.key)
def test_starting_templates_target_by_what_every_workspace_has(
    workspace: Any, template: Any
) -> None:
    plan = compile_in(workspace, template.body, subject=template.subject, preheader="x")

    assert not [one for one in plan.problems if one.code]
    assert bool(plan.rules) is template.key.startswith("personal")
    assert plan.needs == ()


@pytest.mark.parametrize(
    ("url", "is_told"),
    [
        ("https://shop.example/sale", True),
        ("https://www.shop.example/", True),
        ("https://[[site]]/", True),
        ("https://other.example/", False),
    ],
)
def test_a_link_that_cannot_say_who_comes_is_named(workspace: Any, url: str, is_told: bool) -> None:
    workspace.website = "https://shop.example/"
    button = {"id": "go", "kind": "button", "text": "go", "url": url, "smart": {"identify": True}}
    columns = {"id": "two", "kind": "columns", "columns": [{"blocks": [button]}, {"blocks": []}]}

    found = problems_of(workspace, text("n"), columns)

    assert ("identified_elsewhere" not in codes(found)) is is_told
