"""Random rules over random contacts: SQL and memory agree, and a rule and its negation are everybody, once.

Values are as nasty as JSON allows: missing, of wrong types, composed and decomposed, with niqqud, emoji, huge.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kesher.rules.folding import folded, folded_sql
from kesher.rules.memory import holds
from kesher.rules.moment import Moment
from kesher.rules.operators import OPERATORS, operators_of
from kesher.rules.parse import parse
from kesher.rules.sql import ids_where, truths
from kesher.rules.tests.helpers import VOCABULARY, clear, facts, insert, rows
from kesher.rules.tree import Not, to_json
from kesher.rules.vocabulary import Field
from kesher.rules.words import in_words

WORDS = [
    "חיפה",
    "חֵיפָה",
    "HAIFA",
    "haifa",
    "cafe\u0301",
    "caf\u00e9",
    "😀👩‍🚀",
    "ΟΔΟΣ",
    "οδος",
    "İi",
    "ß",
    "50%_\\",
    "'; --",
]
ALPHABET = st.characters(blacklist_categories=("Cs", "Cn"), blacklist_characters="\0")
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(ALPHABET, max_size=6))
NUMBERS = st.one_of(
    st.integers(0, 3),
    st.integers(-5, 5), st.integers(-(10**14), 10**14), st.floats(-100, 100, allow_nan=False).map(lambda n: round(n, 3))
)  # fmt: skip
DAYS = st.one_of(
    st.sampled_from(["1980-02-29", "1999-11-17", "2026-11-17", "2026-10-25", "2026-02-30", "0999-01-01"]),
    st.dates().map(lambda day: day.isoformat()),
)  # fmt: skip
INSTANTS = st.one_of(
    st.sampled_from(["2026-11-16T22:00:00Z", "2026-11-17T00:00:00+14:00", "2026-13-01T00:00:00Z", "2026-11-17T24:00:00Z"]),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z"),  # noqa: DTZ001
)  # fmt: skip
HUGE = st.sampled_from([10**30, -(10**40), 1e300, 5e-320, -0.0])
JUNK = st.one_of(
    st.none(), st.booleans(), NUMBERS, HUGE, TEXTS, DAYS, INSTANTS,
    st.lists(st.one_of(TEXTS, NUMBERS, st.none()), max_size=3), st.dictionaries(TEXTS, NUMBERS, max_size=1),
)  # fmt: skip
KEYS = st.lists(st.sampled_from(["chess", "sea", "books", "red"]), max_size=3)
DURATIONS = st.sampled_from(["P1D", "P7D", "P30D", "P1M", "P14M", "P1Y", "P2W", "P1M1D"])
RIGHT = {
    "text": TEXTS, "long_text": TEXTS, "url": TEXTS, "email": TEXTS, "phone": TEXTS, "number": NUMBERS,
    "rating": st.integers(1, 5), "date": DAYS, "date_time": INSTANTS, "choice": st.sampled_from(["red", "blue"]),
    "choices": KEYS, "yes_no": st.booleans(), "signature": TEXTS,
}  # fmt: skip


def _day_or_today() -> st.SearchStrategy[str]:
    return st.one_of(
        st.just("today"), DAYS.filter(lambda day: day[5:] != "02-30" and day[0] in "12")
    )


def operands(editor: str, family: str) -> st.SearchStrategy[Any]:
    texts = TEXTS.filter(bool)
    match editor:
        case "none":
            return st.none()
        case "text":
            return texts
        case "tags":
            return st.lists(texts, min_size=1, max_size=3)
        case "number":
            return NUMBERS
        case "pair" if family == "number":
            return st.lists(NUMBERS, min_size=2, max_size=2).map(sorted)
        case "pair":
            return st.lists(
                _day_or_today().filter(lambda day: day != "today"), min_size=2, max_size=2
            ).map(sorted)
        case "date":
            return _day_or_today()
        case "duration":
            return DURATIONS
        case "month_day":
            return st.sampled_from(["02-28", "02-29", "11-17", "today"])
        case "month":
            return st.sampled_from([1, 2, 11, "this", "next", "last"])
        case "choice":
            return st.sampled_from(["red", "blue", "chess"])
        case "choices":
            return st.lists(st.sampled_from(["red", "chess", "sea"]), min_size=1, max_size=3)
    return st.booleans()


@st.composite
def comparisons(draw: st.DrawFn, fields: tuple[Field, ...]) -> dict[str, Any]:
    field = draw(st.sampled_from(fields))
    operator = draw(st.sampled_from(operators_of(field.type)))
    value = draw(operands(operator.operand.editor, operator.family))
    return {"field": field.key, "op": operator.name, **({} if value is None else {"value": value})}


@st.composite
def events_asked(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(VOCABULARY.kinds))
    where = {}
    for part in draw(st.lists(comparisons(kind.data), max_size=2)):
        where[part.pop("field")] = part
    if draw(st.booleans()):
        where["message"] = draw(st.sampled_from(["welcome", "previous"]))
    times = draw(
        st.sampled_from([None, {"at_least": 2}, {"at_most": 1}, {"exactly": 0}, {"exactly": 2}, {"at_least": 1, "at_most": 2}])
    )  # fmt: skip
    period = draw(
        st.sampled_from([{}, {"within": "P30D"}, {"since": "2026-11-01"}, {"until": "2026-11-10"}])
    )
    by = draw(st.sampled_from([{}, {"by": "any"}]))
    return {"did": kind.key, "where": where, **({"times": times} if times else {}), **period, **by}


LEAVES = st.one_of(
    comparisons(VOCABULARY.fields),
    comparisons(VOCABULARY.fields),
    events_asked(),
    st.sampled_from([
        {"list": "vip"}, {"list": "all"}, {"list": 3, "joined": {"within": "P30D"}}, {"segment": "haifa-vip"},
        {"consent": "email"}, {"identified": True},
    ]),
)  # fmt: skip
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


@st.composite
def contacts(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    contact: dict[str, Any] = {}
    for field in VOCABULARY.fields:
        if field.key == "birthday":
            value = draw(st.one_of(st.none(), st.dates().map(lambda day: day.isoformat())))
        elif field.column:
            value = (
                draw(st.one_of(st.none(), TEXTS)) if field.key not in ("email", "mobile") else None
            )
        else:
            value = draw(st.one_of(st.none(), RIGHT[field.type], JUNK))
        if value is not None:
            contact[field.key] = value
    lists = draw(st.lists(st.sampled_from(["vip", "parents"]), unique=True))
    contact["lists"] = {
        key: draw(st.sampled_from(["2026-11-01T08:00:00Z", "2026-01-01T00:00:00Z"]))
        for key in lists
    }
    contact["consent"] = draw(st.lists(st.sampled_from(["email", "sms"]), unique=True))
    return contact, draw(st.lists(happenings(), max_size=3))


@st.composite
def happenings(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(VOCABULARY.kinds))
    data = {
        part.key: draw(st.one_of(RIGHT[part.type], JUNK))
        for part in kind.data
        if draw(st.booleans())
    }
    extra = draw(
        st.sampled_from(
            [
                {},
                {"machine": "scanner"},
                {"source": "campaign", "source_id": "7"},
                {"message_id": 41},
            ]
        )
    )
    at = draw(
        st.sampled_from(["2026-11-09T22:00:00Z", "2026-11-17T08:00:00Z", "2026-10-01T00:00:00Z"])
    )
    return {"kind": kind.key, "at": at, "data": {**data, **extra}}


MOMENTS = st.builds(
    Moment,
    now=st.sampled_from([datetime(2026, 11, 17, 8, tzinfo=UTC), datetime(2027, 2, 28, 23, tzinfo=UTC)]),
    zone=st.sampled_from(["Asia/Jerusalem", "America/New_York", "UTC"]),
    identified=st.booleans(),
    previous=st.sampled_from([None, (), (41, 42)]),
)  # fmt: skip
BASE = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.django_db
@settings(BASE, max_examples=120)
@given(
    people=st.lists(contacts(), min_size=1, max_size=3),
    asked=st.lists(RULES, min_size=1, max_size=4),
    moment=MOMENTS,
)
def test_sql_and_memory_agree_and_a_rule_with_its_negation_is_everybody(
    workspace: Any, people: Any, asked: list[Any], moment: Moment
) -> None:
    clear()
    for number, (contact, events) in enumerate(people, 1):
        insert(workspace.pk, number, contact, events)
    rules = [parse(json.loads(json.dumps(one)), VOCABULARY) for one in asked]
    ids = list(range(1, len(people) + 1))

    asked_at_once = truths(rules, VOCABULARY, moment, workspace_id=workspace.pk, contact_ids=ids)
    answers = {row[0]: list(row[1:]) for row in rows(asked_at_once)}
    for number, (contact, events) in enumerate(people, 1):
        known = facts(contact, events)
        assert answers[number] == [holds(rule, known, VOCABULARY, moment) for rule in rules]
    for place, rule in enumerate(rules):
        yes = rows(ids_where(rule, VOCABULARY, moment, workspace_id=workspace.pk))
        no = rows(ids_where(Not(rule), VOCABULARY, moment, workspace_id=workspace.pk))
        assert sorted(yes) == [(number,) for number in ids if answers[number][place]]
        assert sorted(yes + no) == [(number,) for number in ids]


@settings(BASE, max_examples=200)
@given(asked=RULES)
def test_every_rule_comes_back_from_json_and_says_itself(asked: Any) -> None:
    rule = parse(asked, VOCABULARY)

    assert parse(json.loads(json.dumps(to_json(rule))), VOCABULARY) == rule
    assert in_words(rule, VOCABULARY)


@pytest.mark.django_db
def test_postgresql_and_python_fold_every_letter_alike() -> None:
    # Letters that came with a later Unicode than Python's are left out: nobody's data has them yet.
    letters = [
        chr(n) for n in range(1, 0x110000) if unicodedata.category(chr(n)) not in ("Cs", "Cn", "Co")
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT letter, {folded_sql('letter')} FROM unnest(%s::text[]) AS letter", [letters]
        )
        differing = [
            (letter, theirs) for letter, theirs in cursor.fetchall() if folded(letter) != theirs
        ]

    assert differing == []


def test_every_operator_can_be_drawn() -> None:
    drawable = {
        operator.key for field in VOCABULARY.fields for operator in operators_of(field.type)
    }

    assert drawable == {operator.key for operator in OPERATORS}
