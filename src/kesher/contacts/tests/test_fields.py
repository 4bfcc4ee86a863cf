from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kesher.contacts.fields import FIELD_TYPES, BadValue, ParseContext

HERE = ParseContext()
CHOICES = {"choices": [{"key": "red", "label": "אדום"}, {"key": "blue", "label": "כחול, כהה"}]}
OPTIONS: dict[str, dict[str, Any]] = {"choice": CHOICES, "choices": CHOICES, "rating": {"max": 5}}
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
# type, what somebody wrote, what it means (a reason when it is not taken)
CASES: list[tuple[str, str, Any]] = [
    ("text", "  שלום   עולם ", "שלום עולם"),
    ("text", " ", None),
    ("text", "a\x00b", "control_characters"),
    ("text", "a" * 1001, "too_long"),
    ("long_text", "a\r\nb ", "a\nb"),
    ("number", "1,234.5", 1234.5),
    ("number", "1,234,567", 1234567),
    ("number", "₪ 12", 12),
    ("number", "\u200f-3\u200f", -3),
    ("number", "5-", -5),
    ("number", "(7)", -7),
    ("number", "12,5", 12.5),
    ("number", "12%", 12),
    ("number", "0.10", 0.1),
    ("number", "1,23,4", "not_a_number"),
    ("number", "١٢", "not_a_number"),
    ("number", "nan", "not_a_number"),
    ("number", "1e5", "not_a_number"),
    ("number", "12345678901234567890", "number_too_large"),
    ("date", "31/12/1980", "1980-12-31"),
    ("date", "31.12.80", "1980-12-31"),
    ("date", "1.2.05", "2005-02-01"),
    ("date", "31-12-1980", "1980-12-31"),
    ("date", "12/31/1980", "1980-12-31"),
    ("date", "1980-12-31", "1980-12-31"),
    ("date", "1980-12-31 00:00:00", "1980-12-31"),
    ("date", "19801231", "1980-12-31"),
    ("date", "29586", "1980-12-31"),
    ("date", "29586.0", "1980-12-31"),
    ("date", "31/02/1980", "not_a_date"),
    ("date", "מחר", "not_a_date"),
    ("date", "7", "not_a_date"),
    ("date_time", "31/12/1980 14:30", "1980-12-31T12:30:00Z"),
    ("date_time", "2027-03-26T09:30", "2027-03-26T06:30:00Z"),
    ("date_time", "2027-03-26T09:30:05+00:00", "2027-03-26T09:30:05Z"),
    ("date_time", "29586.5", "1980-12-31T10:00:00Z"),
    ("date_time", "31/12/1980", "1980-12-30T22:00:00Z"),
    ("date_time", "31/12/1980 25:00", "not_a_time"),
    ("yes_no", "כן", True),
    ("yes_no", "YES", True),
    ("yes_no", "לא", False),
    ("yes_no", "0", False),
    ("yes_no", "אולי", "not_yes_or_no"),
    ("choice", "אדום", "red"),
    ("choice", "RED", "red"),
    ("choice", "ירוק", "not_a_choice"),
    ("choices", "כחול, כהה; אדום", "not_a_choice"),
    ("choices", "כחול, כהה", ["blue"]),
    ("choices", "blue;red;red", ["red", "blue"]),
    ("choices", "", None),
    ("rating", "5", 5),
    ("rating", "6", "not_a_rating"),
    ("rating", "0", "not_a_rating"),
    ("rating", "3.5", "not_a_rating"),
    ("email", " Noa@Example.COM ", "noa@example.com"),
    ("email", "noa@", "not_an_email"),
    ("phone", "050-123 4567", "+972501234567"),
    ("phone", "501234567", "+972501234567"),
    ("phone", "12", "not_a_phone"),
    ("url", "shop.example/a?b=ג", "https://shop.example/a?b=ג"),
    ("url", "javascript:alert(1)", "not_a_url"),
    ("url", "ftp://shop.example", "not_a_url"),
    ("url", 'https://a.example/"onload=', "not_a_url"),
    ("signature", PNG, PNG),
    ("signature", "data:image/svg+xml;base64,AAAA", "not_a_signature"),
    ("signature", "", None),
]


@pytest.mark.parametrize(("kind", "text", "expected"), CASES)
def test_a_type_reads_what_people_write(kind: str, text: str, expected: Any) -> None:
    found = FIELD_TYPES.get(kind).parse(text, OPTIONS.get(kind, {}), HERE)

    assert (found.reason if isinstance(found, BadValue) else found) == expected
    assert type(found) is BadValue or type(found) is type(expected)


@pytest.mark.parametrize(
    ("kind", "text"), [case[:2] for case in CASES if case[2] is not None and case[0] != "signature"]
)
def test_a_value_is_taken_again_as_json_and_from_its_own_edit_box(kind: str, text: str) -> None:
    field_type, options = FIELD_TYPES.get(kind), OPTIONS.get(kind, {})
    value = field_type.parse(text, options, HERE)
    if isinstance(value, BadValue):
        assert value.words
        return

    assert field_type.check(value, options) == value
    assert field_type.parse(field_type.edit(value, options), options, HERE) == value
    assert field_type.show(value, options, "he")


@pytest.mark.parametrize("kind", [member.key for member in FIELD_TYPES])
@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
))  # fmt: skip
def test_no_json_breaks_a_type(kind: str, value: Any) -> None:
    options = OPTIONS.get(kind, {})
    found = FIELD_TYPES.get(kind).check(value, options)

    if not isinstance(found, BadValue) and found is not None:
        assert FIELD_TYPES.get(kind).check(found, options) == found


@pytest.mark.parametrize("kind", [member.key for member in FIELD_TYPES])
@given(text=st.text() | st.from_regex(r"[\d./: ,+-]{0,20}", fullmatch=True))
def test_no_text_breaks_a_type(kind: str, text: str) -> None:
    found = FIELD_TYPES.get(kind).parse(text, OPTIONS.get(kind, {}), HERE)

    if isinstance(found, BadValue):
        assert found.words


def test_every_type_has_words_an_icon_and_an_input() -> None:
    keys = "text long_text number date date_time yes_no choice choices rating email phone url signature"
    assert [member.key for member in FIELD_TYPES] == keys.split()
    for member in FIELD_TYPES:
        assert str(member.label)
        assert member.icon
        assert member.widget


def test_values_are_shown_as_people_here_read_them() -> None:
    shown = [
        FIELD_TYPES.get(kind).show(value, OPTIONS.get(kind, {}), language)
        for kind, value, language in [
            ("date", "1980-12-31", "he"),
            ("number", 1234.5, "he"),
            ("phone", "+972501234567", "he"),
            ("yes_no", True, "he"),
            ("yes_no", False, "en"),
            ("choices", ["red", "blue"], "he"),
            ("rating", 4, "he"),
        ]
    ]

    assert shown == [
        "31.12.1980",
        "1,234.5",
        "050-123-4567",
        "כן",
        "No",
        "אדום, כחול, כהה",
        "4 / 5",
    ]


def test_a_reason_is_told_with_its_value() -> None:
    with translation.override("en"):
        assert "“ירוק”" in BadValue("not_a_choice", {"value": "ירוק"}).words
