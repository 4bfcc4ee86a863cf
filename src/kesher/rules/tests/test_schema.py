"""The JSON schema takes what `parse` takes; the reference page names every operator."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from django.utils.translation import override

from kesher.rules.operators import OPERATORS
from kesher.rules.parse import parse
from kesher.rules.reference import page
from kesher.rules.schema import rule_schema, vocabulary_json
from kesher.rules.tests.helpers import VOCABULARY, cases
from kesher.rules.tests.test_parse import REFUSED
from kesher.rules.tree import to_json

VALIDATOR = jsonschema_rs.Draft202012Validator(rule_schema(VOCABULARY))
# What no schema can know: the order of two values, what a text holds, what excludes what, a bare value's type.
BEYOND = (
    "value: from is above to",
    "cannot be kept",
    "always true",
    "at_least is above",
    "exclude each other",
    "nobody joins",
    "where.total.value",
    "too large",
    "15 digits",
)


def test_the_schema_takes_every_case() -> None:
    # A choice that was removed is still read, but no longer offered.
    removed = ("gone", ["1"])
    offered = [case for case in cases() if case.rule.get("value") not in removed]

    wrong = [case.name for case in offered if not VALIDATOR.is_valid(case.rule)]

    assert wrong == []
    assert all(VALIDATOR.is_valid(to_json(parse(case.rule, VOCABULARY))) for case in offered)


@pytest.mark.parametrize(
    "json_rule",
    [rule for rule, words in REFUSED if not any(mark in words for mark in BEYOND)],
    ids=str,
)
def test_the_schema_refuses_what_parse_refuses(json_rule: Any) -> None:
    assert not VALIDATOR.is_valid(json_rule)


def test_the_page_names_every_operator_in_every_family() -> None:
    text = page()

    assert all(f"| `{operator.name}` |" in text for operator in OPERATORS)


def test_the_vocabulary_has_words_in_both_languages() -> None:
    said = []
    for language in ("en", "he"):
        with override(language):
            said.append(vocabulary_json(VOCABULARY))
    english, hebrew = said

    assert english["channels"][0]["label"] == "e-mail"
    assert hebrew["channels"][0]["label"] == "דוא״ל"
    operators = {one["op"]: one for one in english["fields"][3]["operators"]}
    assert operators["contains"] == {"op": "contains", "label": "contains", "editor": "text"}
    assert json.dumps(hebrew)
