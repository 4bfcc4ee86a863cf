"""The shared cases, asked of SQL and of memory. The browser's evaluator reads the same files (vitest)."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

import pytest

from kesher.rules.memory import holds
from kesher.rules.operators import OPERATORS, TYPES, operator_of
from kesher.rules.parse import parse
from kesher.rules.sql import Statement, audience, condition, count_where, ids_where, merged, truths
from kesher.rules.tests.helpers import VOCABULARY, Case, cases, clear, facts, insert, rows
from kesher.rules.tree import FieldLeaf, to_json
from kesher.rules.vocabulary import Field, Vocabulary

ALL = cases()
FILES = [(name, list(group)) for name, group in groupby(ALL, key=lambda case: case.file)]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file}: {case.name}")
def test_memory_answers_as_the_case_says(case: Case) -> None:
    rule = parse(case.rule, VOCABULARY)

    assert holds(rule, facts(case.contact, case.events), VOCABULARY, case.moment) is case.expected


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "group"), FILES, ids=[name for name, _ in FILES])
def test_sql_answers_as_the_cases_say(workspace: Any, name: str, group: list[Case]) -> None:
    wrong = []
    for number, case in enumerate(group, 1):
        clear()
        insert(workspace.pk, number, case.contact, case.events)
        rule = parse(case.rule, VOCABULARY)
        asked = truths(
            [rule], VOCABULARY, case.moment, workspace_id=workspace.pk, contact_ids=[number]
        )
        whole = ids_where(rule, VOCABULARY, case.moment, workspace_id=workspace.pk)
        if rows(asked) != [(number, case.expected)] or bool(rows(whole)) is not case.expected:
            wrong.append((case.name, asked.text, whole.text))

    assert wrong == []


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.file}: {case.name}")
def test_a_rule_comes_back_as_it_was_written(case: Case) -> None:
    rule = parse(case.rule, VOCABULARY)

    assert parse(json.loads(json.dumps(to_json(rule))), VOCABULARY) == rule


def test_every_operator_has_true_and_false_cases_for_each_type_it_serves() -> None:
    seen: dict[tuple[str, str], set[bool]] = {}
    for case in ALL:
        rule = parse(case.rule, VOCABULARY)
        if isinstance(rule, FieldLeaf):
            found = VOCABULARY.field(rule.field)
            operator = operator_of(found.type, rule.op) if found else None
            if found and operator:
                seen.setdefault((operator.key, TYPES[found.type].key), set()).add(case.expected)

    lacking = [
        operator.key
        for operator in OPERATORS
        if not any(
            answers == {True, False} for (key, _), answers in seen.items() if key == operator.key
        )
    ]

    assert lacking == []


def test_names_of_cases_are_not_given_twice() -> None:
    names = [(case.file, case.name) for case in ALL]

    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_the_ids_of_an_audience_leave_out_the_deleted_and_other_workspaces(workspace: Any) -> None:
    insert(workspace.pk, 1, {"city": "חיפה"})
    insert(workspace.pk, 2, {"city": "עכו"})
    insert(workspace.pk, 3, {"city": "חיפה", "email": "x@example.com"})
    rule = parse({"field": "city", "op": "equals", "value": "חיפה"}, VOCABULARY)
    case = ALL[0]

    ours = ids_where(rule, VOCABULARY, case.moment, workspace_id=workspace.pk)
    theirs = ids_where(rule, VOCABULARY, case.moment, workspace_id=workspace.pk + 1)

    assert sorted(rows(ours)) == [(1,), (3,)]
    assert rows(theirs) == []


@pytest.mark.django_db
def test_one_statement_tells_the_truth_of_many_rules_for_a_batch(workspace: Any) -> None:
    insert(workspace.pk, 1, {"city": "חיפה", "score": 5})
    insert(workspace.pk, 2, {"score": 4})
    rules = [
        parse(json, VOCABULARY)
        for json in (
            {"field": "city", "op": "is_set"},
            {"field": "score", "op": "gte", "value": 5},
            {"not": {"did": "purchase.made"}},
        )
    ]

    asked = truths(rules, VOCABULARY, ALL[0].moment, workspace_id=workspace.pk, contact_ids=[1, 2])

    assert sorted(rows(asked)) == [(1, True, True, True), (2, False, False, True)]


@pytest.mark.django_db
def test_an_audience_is_counted_and_joined_with_another_in_one_statement(workspace: Any) -> None:
    insert(workspace.pk, 1, {"city": "חיפה", "lists": {"vip": ALL[0].now}})
    insert(workspace.pk, 2, {"lists": {"vip": ALL[0].now, "parents": ALL[0].now}})
    insert(workspace.pk, 3, {})
    either = parse({"any": [{"list": "vip"}, {"field": "city", "op": "is_set"}]}, VOCABULARY)
    parents = parse({"any": [{"list": "parents"}, {"did": "purchase.made"}]}, VOCABULARY)
    moment = ALL[0].moment

    counted = rows(count_where(either, VOCABULARY, moment, workspace_id=workspace.pk))
    first = audience(either, VOCABULARY, moment, workspace_id=workspace.pk, prefix="in")
    second = audience(parents, VOCABULARY, moment, workspace_id=workspace.pk, prefix="out")
    both = Statement(
        f"SELECT c.id FROM contact c {first.joins} {second.joins}"
        f" WHERE ({first.text}) AND NOT ({second.text})",
        merged(first.parameters, second.parameters),
    )

    assert counted == [(2,)]
    assert rows(both) == [(1,)]


def test_parameters_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="give prefixes"):
        merged({"rule0": 1}, {"rule0": 2})


def test_a_column_that_is_no_plain_name_is_refused() -> None:
    words = Vocabulary(fields=(Field("x", "x", "text", "city; --"),))

    with pytest.raises(ValueError, match="not a column"):
        condition(FieldLeaf("x", "is_set"), words, ALL[0].moment)
