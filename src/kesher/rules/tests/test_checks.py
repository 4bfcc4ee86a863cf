"""Gaps and overlaps of bands, and rules that nobody or everybody matches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from kesher.rules.checks import check, check_bands, otherwise, possible_sums
from kesher.rules.parse import parse
from kesher.rules.tests.helpers import VOCABULARY
from kesher.rules.vocabulary import Field, Vocabulary


def bands(*ranges: Any, field: str = "score") -> Any:
    return [
        (f"blocks[{number}]", parse({"field": field, "op": op, "value": value}, VOCABULARY))
        for number, (op, value) in enumerate(ranges)
    ]


QUIZ = bands(("between", [50, 60]), ("between", [61, 70]), ("between", [71, 80]))


def test_a_quiz_of_five_questions_whose_bands_end_at_80_leaves_90_to_150_with_nothing() -> None:
    sums = possible_sums([[10, 20, 30]] * 5)

    found = check_bands(QUIZ, VOCABULARY, possible={"score": sums})

    gap, missing = found
    assert (gap.code, gap.data["low"], gap.data["high"]) == ("uncovered", 90, 150)
    assert gap.data["rule"] == {
        "all": [
            {"field": "score", "op": "gte", "value": 90},
            {"field": "score", "op": "lte", "value": 150},
        ]
    }
    assert missing.code == "uncovered_missing"
    with override("en"):
        assert gap.words == "“ציון כולל” from 90 to 150 matches nothing"
    with override("he"):
        assert gap.words == "״ציון כולל״ מ־90 עד 150: לא מתאים לשום תנאי"


def test_without_the_possible_sums_everything_beyond_the_bands_is_named() -> None:
    found = [problem for problem in check_bands(QUIZ, VOCABULARY) if problem.code == "uncovered"]

    assert [(problem.data["low"], problem.data["high"]) for problem in found] == [
        (None, 50),
        (80, None),
    ]


def test_an_otherwise_block_covers_everything() -> None:
    rest = otherwise([rule for _path, rule in QUIZ])

    assert check_bands([*QUIZ, ("blocks[3]", rest)], VOCABULARY) == []
    assert check_bands([*QUIZ, ("blocks[3]", parse({"all": []}, VOCABULARY))], VOCABULARY) == []


def test_bands_that_share_an_end_overlap_there() -> None:
    found = check_bands(bands(("lte", 5), ("between", [5, 10]), ("gt", 10)), VOCABULARY)

    overlap = found[0]
    assert (overlap.code, overlap.data["low"], overlap.data["high"]) == ("overlap", 5, 5)
    assert overlap.data["paths"] == ["blocks[0]", "blocks[1]"]
    with override("en"):
        assert (
            overlap.words == "“ציון כולל” of exactly 5 matches more than one: blocks[0], blocks[1]"
        )


def test_more_than_4_and_less_than_4_leave_4_itself() -> None:
    found = check_bands(bands(("lt", 4), ("gt", 4)), VOCABULARY)

    assert [(p.data.get("low"), p.data.get("high")) for p in found[:1]] == [
        (Decimal(4), Decimal(4))
    ]


def test_a_rating_is_covered_from_1_to_its_end() -> None:
    found = check_bands(bands(("lte", 2), ("gte", 4), field="stars"), VOCABULARY)

    assert [(p.code, p.data.get("low")) for p in found] == [
        ("uncovered", 3),
        ("uncovered_missing", None),
    ]


IDLE: list[tuple[Any, list[tuple[str, str]]]] = [
    ({"all": [{"field": "score", "op": "gt", "value": 9}, {"field": "score", "op": "lt", "value": 3}]}, [("never_true", "")]),
    ({"all": [{"field": "color", "op": "is", "value": "red"}, {"field": "color", "op": "is", "value": "blue"}]}, [("never_true", "")]),
    ({"all": [{"list": "vip"}, {"not": {"list": "vip"}}]}, [("never_true", "")]),
    ({"any": [{"list": "vip"}, {"not": {"list": "vip"}}]}, [("always_true", "")]),
    ({"any": [{"field": "score", "op": "lte", "value": 5}, {"field": "score", "op": "gt", "value": 5}]}, []),
    ({"any": [{"not": {"field": "score", "op": "lte", "value": 5}}, {"field": "score", "op": "lte", "value": 9}]}, [("always_true", "")]),
    ({"all": [{"list": "vip"}, {"field": "stars", "op": "gt", "value": 5}]}, [("never_true", "all[1]")]),
    ({"all": [{"field": "city", "op": "contains", "value": "a"}, {"field": "city", "op": "contains", "value": "b"}]}, []),
    ({"all": [{"field": "city", "op": "contains", "value": "a"}, {"not": {"field": "city", "op": "is_set"}}]}, [("never_true", "")]),
    ({"all": [{"field": "wedding", "op": "before", "value": "2026-01-01"}, {"field": "wedding", "op": "after", "value": "2026-01-01"}]}, [("never_true", "")]),
    ({"all": [{"field": "wedding", "op": "in_last", "value": "P1D"}, {"field": "wedding", "op": "in_next", "value": "P1D"}]}, []),
    ({"all": []}, []),
    ({"field": "color", "op": "is", "value": "rde"}, [("unknown_choice", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("json", "expected"), IDLE)
def test_what_nobody_or_everybody_matches_is_said(json: Any, expected: Any) -> None:
    found = check(parse(json, VOCABULARY), VOCABULARY)

    assert [(problem.code, problem.path) for problem in found] == expected
    for language in ("en", "he"):
        with override(language):
            assert all(problem.words for problem in found)


def test_a_choice_that_is_gone_is_told_with_the_nearest_one() -> None:
    found = check(parse({"field": "color", "op": "is", "value": "rde"}, VOCABULARY), VOCABULARY)

    assert found[0].suggestion == "red"


def test_a_rule_too_rich_to_try_is_left_alone_and_quickly() -> None:
    parts = [{"field": "notes", "op": "contains", "value": str(number)} for number in range(280)]
    rule = parse({"any": [{"all": parts[:140]}, {"all": parts[140:]}]}, VOCABULARY)

    assert check(rule, VOCABULARY) == []


def test_whole_numbers_have_whole_gaps() -> None:
    words = Vocabulary(fields=(Field("age", "גיל", "number", decimals=0),))
    rules = [
        (f"[{n}]", parse({"field": "age", "op": "between", "value": ends}, words))
        for n, ends in enumerate(([18, 29], [35, 120]))
    ]

    found = [problem for problem in check_bands(rules, words) if problem.code == "uncovered"]

    ends = [(problem.data["low"], problem.data["high"]) for problem in found]
    assert ends == [(None, 17), (30, 34), (121, None)]
