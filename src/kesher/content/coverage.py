"""Who would get what: which sets of targeted blocks occur among an audience, for how many, with one person each.

One statement reads the truth of all rules and groups people by them. A base too large to be read in a moment is
sampled, whole pages of the table at once, and the numbers say that they are about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.content.bands import banded_fields
from kesher.content.compile import problems_of_targets
from kesher.content.document import Tree, parse
from kesher.content.problems import HINT, WARNING, Problem, Problems
from kesher.content.targeting import Target, content_of, placed, read_targets
from kesher.lib import sql
from kesher.lib.patience import TooSlow, at_most
from kesher.rules.moment import Moment
from kesher.rules.parse import parse as parse_rule
from kesher.rules.sql import Columns, merged, truth_columns
from kesher.rules.tree import Rule
from kesher.rules.vocabulary import Vocabulary

QUICK, PATIENT = timedelta(seconds=1), timedelta(seconds=6)
SAMPLE = 20_000
MOST_COMBINATIONS = 20
MOST_VALUES = 200

# `where` over alias c with its parameters: an audience as campaigns and segments write it.
Where = tuple[str, Mapping[str, Any]]
REACHABLE: Where = ("c.email <> '' AND c.email_consent <> 'withdrawn'", {})


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    email: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "email": self.email}


@dataclass(frozen=True)
class Combination:
    """People who see the same targeted blocks. `contact` is one of them."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    count: int
    contact: Person | None = None


@dataclass(frozen=True)
class Coverage:
    """`combinations`: commonest first. `others`: how many more there are, and of how many people together.

    `nothing` are those who would be left without any content. `about`: numbers from a sample.
    """

    total: int
    about: bool
    blocks: dict[str, int]
    combinations: tuple[Combination, ...]
    others: tuple[int, int]
    nothing: int
    nothing_contact: Person | None
    problems: tuple[Problem, ...] = ()


@dataclass
class _Question:
    """What is asked: the document, its readable rules, whom, when."""

    workspace: Workspace
    tree: Tree
    targets: Sequence[Target]
    words: Vocabulary
    moment: Moment
    where: Where | None
    sampled: float | None = None  # the share of the table's pages in percent; None: all of it
    people: dict[int, Person] = field(default_factory=dict)


def coverage(
    workspace: Workspace, body: Any, audience_where: Where | None, *, now: datetime
) -> Coverage:
    """Among the audience, None for all who live. Raises Problems for rules that cannot be read, and TooSlow."""
    words, tree = vocabulary_of(workspace), parse(body)
    targets, problems = read_targets(tree, words)
    if problems:
        raise Problems(problems)
    asked = _Question(
        workspace, tree, targets, words, moment_of(workspace, now, identified=True), audience_where
    )
    try:
        with at_most(QUICK):
            return _covered(asked)
    except TooSlow:
        with at_most(PATIENT):
            return _covered(replace(asked, sampled=_share(), people={}))


def _share() -> float:
    """What part of the table's pages holds about SAMPLE contacts."""
    rows = sql.value("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'contact'::regclass")
    return max(min(100.0 * SAMPLE / float(rows), 100.0), 0.01)


def _covered(asked: _Question) -> Coverage:
    found = _grouped(asked)
    total = sum(count for _truths, count, _one in found)
    factor = _factor(asked, total)
    shown_to = _by_what_shows(asked, found)
    counts = {
        target.node.id: sum(n for shown, (n, _one) in shown_to.items() if target.node.id in shown)
        for target in asked.targets
    }
    every = [target.node.id for target in asked.targets]
    rows = sorted(shown_to.items(), key=lambda row: (-row[1][0], sorted(row[0])))
    lacking = [row for row in rows if _is_empty(asked.tree, row[0])]
    lacking_count = sum(count for _shown, (count, _one) in lacking)
    _read_people(asked, [one for _shown, (_n, one) in rows[:MOST_COMBINATIONS] + lacking[:1]])
    rest = rows[MOST_COMBINATIONS:]
    made = Coverage(
        total=round(total * factor),
        about=asked.sampled is not None,
        blocks={block: round(count * factor) for block, count in counts.items()},
        combinations=tuple(
            Combination(
                tuple(block for block in every if block in shown),
                tuple(block for block in every if block not in shown),
                round(count * factor),
                asked.people.get(one),
            )
            for shown, (count, one) in rows[:MOST_COMBINATIONS]
        ),
        others=(len(rest), round(sum(count for _shown, (count, _one) in rest) * factor)),
        nothing=round(lacking_count * factor),
        nothing_contact=asked.people.get(lacking[0][1][1]) if lacking else None,
    )
    return replace(made, problems=_told(asked, made, factor))


def _factor(asked: _Question, sampled_total: int) -> float:
    if asked.sampled is None or not sampled_total:
        return 1.0
    return 100.0 / asked.sampled


def _by_what_shows(
    asked: _Question, found: Sequence[tuple[str, int, int]]
) -> dict[frozenset[str], tuple[int, int]]:
    """People by the blocks that they see, with the least id: several truths may show the same blocks."""
    order = {target.node.id: place for place, target in enumerate(asked.targets)}
    ways = {
        one.node.id: [order[node.id] for node in one.way]
        for one in placed(asked.tree)
        if one.node.id in order
    }
    by_shown: dict[frozenset[str], tuple[int, int]] = {}
    for truths, count, one in found:
        shown = frozenset(
            block for block, way in ways.items() if all(truths[place] == "1" for place in way)
        )
        known = by_shown.get(shown, (0, one))
        by_shown[shown] = (known[0] + count, min(known[1], one))
    return by_shown


def _is_empty(tree: Tree, shown: frozenset[str]) -> bool:
    found = content_of(tree)
    return bool(found) and not any(all(n.id in shown for n in one.way) for one in found)


def _source(asked: _Question, made: Columns) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the audience, and all parameters."""
    where, given = asked.where or ("TRUE", {})
    table = "contact c"
    parameters = merged(made.parameters, {"workspace": asked.workspace.pk}, {})
    if asked.sampled is not None:
        table += " TABLESAMPLE SYSTEM (%(sampled)s) REPEATABLE (17)"
        parameters["sampled"] = asked.sampled
    # An audience may itself name the workspace; it is the same one.
    parameters = {**given, **parameters}
    return (
        f"FROM {table} {made.joins} WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"
        f" AND ({where})",
        parameters,
    )


def _columns(asked: _Question, rules: Sequence[Rule]) -> Columns:
    """A sample is asked contact by contact; for a whole base what rules need is read once and joined."""
    base = None if asked.sampled is not None else asked.workspace.pk
    return truth_columns(rules, asked.words, asked.moment, workspace_id=base, prefix="shown_")


def _grouped(asked: _Question) -> list[tuple[str, int, int]]:
    """(truths as "101", count, least id) for each set of truths there is."""
    made = _columns(asked, [target.rule for target in asked.targets])
    source, parameters = _source(asked, made)
    truths = " || ".join(f"CASE WHEN {text} THEN '1' ELSE '0' END" for text in made.texts) or "''"
    return sql.rows(f"SELECT {truths}, count(*), min(c.id) {source} GROUP BY 1", parameters)


def _read_people(asked: _Question, ids: Sequence[int]) -> None:
    missing = [one for one in ids if one not in asked.people]
    if not missing:
        return
    for pk, first, last, email, mobile in sql.rows(
        _PEOPLE, {"workspace": asked.workspace.pk, "ids": missing}
    ):
        asked.people[pk] = Person(pk, f"{first} {last}".strip() or email or mobile, email)


_PEOPLE = """
SELECT c.id, c.first_name, c.last_name, c.email, c.mobile FROM contact c
WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s)
"""


# What is wrong, with the people whom it concerns.


def _told(asked: _Question, made: Coverage, factor: float) -> tuple[Problem, ...]:
    held = _held(asked)
    problems = problems_of_targets(asked.tree, asked.words, held=held)
    counted = [one for one in problems if one.data.get("rule") and one.code in _COUNTED]
    people = _counted(asked, [one.data["rule"] for one in counted], factor)
    by_problem = dict(zip(map(id, counted), people, strict=True))
    return tuple(_with_people(one, by_problem.get(id(one)), made) for one in problems)


_COUNTED = frozenset({"uncovered", "uncovered_missing", "overlap"})


def _with_people(one: Problem, people: tuple[int, Person | None] | None, made: Coverage) -> Problem:
    if one.code == "all_targeted":
        data = {**one.data, "count": made.nothing, "total": made.total, "about": made.about}
        contact, severity = made.nothing_contact, one.severity if made.nothing else HINT
    elif people is not None:
        data, contact = {**one.data, "count": people[0]}, people[1]
        severity = WARNING if people[0] and one.severity == WARNING else HINT
    else:
        return one
    if contact is not None:
        data["contact"] = contact.to_json()
    return replace(one, severity=severity, data=data)


def _held(asked: _Question) -> dict[str, list[Decimal]]:
    """The values that people have of each field that blocks are banded by; left out where they are very many."""
    found: dict[str, list[Decimal]] = {}
    for key in banded_fields(asked.targets, asked.words):
        source, parameters = _source(asked, Columns("", (), {}))
        rows = sql.rows(
            f"SELECT DISTINCT c.fields -> %(field)s {source}"
            f" AND jsonb_typeof(c.fields -> %(field)s) = 'number' LIMIT {MOST_VALUES + 1}",
            {**parameters, "field": key},
        )
        if 0 < len(rows) <= MOST_VALUES:
            found[key] = sorted(Decimal(str(row[0])) for row in rows)
    return found


def _counted(
    asked: _Question, rules: Sequence[Any], factor: float
) -> list[tuple[int, Person | None]]:
    """How many pass each rule and one of them, in one statement."""
    if not rules:
        return []
    made = _columns(asked, [parse_rule(rule, asked.words) for rule in rules])
    source, parameters = _source(asked, made)
    picked = ", ".join(
        f"count(*) FILTER (WHERE {text}), min(c.id) FILTER (WHERE {text})" for text in made.texts
    )
    row = sql.rows(f"SELECT {picked} {source}", parameters)[0]
    _read_people(asked, [one for one in row[1::2] if one is not None])
    return [
        (round(count * factor), asked.people.get(one))
        for count, one in zip(row[::2], row[1::2], strict=True)
    ]
