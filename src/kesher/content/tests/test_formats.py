"""Formats of merge tags: `[[birthday:long|soon]]`, in Hebrew and English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kesher.contacts.vocabulary import DEFAULT_FIELDS, FieldInfo
from kesher.content.constants import Constants
from kesher.content.formats import TAG_FORMATS, read_format, show_as
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.content.tags import in_words

Mail = Callable[..., Plan]
SCORE = FieldInfo("score", "ציון: כולל", "number")
SUM = FieldInfo("sum", "סכום", "number")
FIELDS = (*DEFAULT_FIELDS, SCORE, SUM)
RLM, NBSP = "\u200f", "\u00a0"

SHOWN = [
    ("short", "2026-03-05", "he", "5.3.2026"),
    ("short", "2026-03-05", "en", "5/3/2026"),
    ("long", "2026-03-05", "he", "5 במרץ 2026"),
    ("long", "2026-03-05", "en", "5 March 2026"),
    ("day", "2024-02-29", "he", "29 בפברואר"),
    ("month", "2026-03-05", "he", "מרץ"),
    ("weekday", "2026-11-17", "he", "יום שלישי"),
    ("time", "2026-11-17T08:05:00+00:00", "he", "10:05"),
    ("long", "2026-11-17T23:30:00+00:00", "he", "18 בנובמבר 2026"),
    ("money", 1240, "he", f"{RLM}1,240{NBSP}{RLM}₪"),
    ("money", 1240.5, "he", f"{RLM}1,240.50{NBSP}{RLM}₪"),
    ("money", 1240, "en", "₪1,240"),
    ("money USD", 12, "en", "US$12"),
    ("number", 1234567.25, "he", "1,234,567.25"),
    ("whole", 12345.5, "he", "12,346"),
    ("percent", 12.5, "he", "12.5%"),
    ("local", "+972501234567", "he", "050-123-4567"),
    ("international", "+972501234567", "he", "+972 50-123-4567"),
    ("capital", "noa", "en", "Noa"),
    ("long", "not a day", "he", None),
    ("money", "x", "he", None),
]


@pytest.mark.parametrize(("stored", "value", "language", "expected"), SHOWN)
def test_a_format_writes_a_value(
    stored: str, value: Any, language: str, expected: str | None, settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Jerusalem"

    assert show_as(stored, value, language=language, currency="ILS") == expected


READ = [
    ("long", "date", "long"),
    ("תאריך מלא", "date", "long"),
    ("יום וחודש", "date", "day"),
    ("Money", "number", "money"),
    ("סכום usd", "number", "money USD"),
    ("money dollars", "number", None),
    ("long", "number", None),
    ("מקומי", "phone", "local"),
]


@pytest.mark.parametrize(("text", "type", "expected"), READ)
def test_a_format_is_read_in_either_language(text: str, type: str, expected: str | None) -> None:
    assert read_format(text, type) == expected


@pytest.mark.parametrize("kind", list(TAG_FORMATS), ids=lambda kind: kind.key)
def test_every_format_shows_its_example_in_both_languages(kind: Any) -> None:
    for language in ("he", "en"):
        assert show_as(kind.key, kind.example, language=language, currency="ILS")
    for type in kind.types:
        assert read_format(kind.key, type) == kind.key


def test_a_tag_with_a_format_is_a_value_of_its_own(mail: Mail) -> None:
    plan = mail(
        {
            "kind": "text",
            "html": "<p>[[יום הולדת:תאריך מלא|בקרוב]] [[birthday]] [[birthday:long]]</p>",
        }
    )

    assert [(spec.key, spec.format) for spec in plan.values] == [("birthday", "long"), ("birthday", "")]  # fmt: skip
    assert Plan.from_json(plan.to_json()).values == plan.values


def test_a_colon_in_a_label_is_no_format(mail: Mail) -> None:
    plan = mail(
        {"kind": "text", "html": "<p>[[ציון: כולל]] [[ציון: כולל:money]]</p>"}, fields=FIELDS
    )

    assert [(spec.key, spec.format) for spec in plan.values] == [("score", ""), ("score", "money")]
    assert not [one for one in plan.problems if one.code]


UNKNOWN = [
    ("[[frist_name]]", "unknown_tag", "first_name"),
    ("[[birthday:lnog]]", "unknown_format", "long"),
    ("[[first_name:money]]", "unknown_format", None),
    ("[[today:lnog]]", "unknown_format", "long"),
    ("[[business_name:long]]", "unknown_format", None),
    ("[[nothing like it]]", "unknown_tag", None),
]


@pytest.mark.parametrize(("tag", "code", "suggestion"), UNKNOWN)
def test_what_is_not_known_is_told_with_what_was_meant(
    mail: Mail, tag: str, code: str, suggestion: str | None
) -> None:
    plan = mail({"kind": "text", "html": f"<p>{tag}</p>"})

    (problem,) = [one for one in plan.problems if one.code]
    assert (problem.code, problem.severity, problem.path) == (code, "error", "blocks.b0.html")
    assert problem.data.get("suggestion") == suggestion


def test_in_sentences_a_tag_is_its_fields_label() -> None:
    assert in_words("[[birthday:long]]", FIELDS) == f"({FIELDS[8].label})"
    assert in_words("[[today:long]]", FIELDS) == in_words("[[today]]", FIELDS)


TODAY = [
    ("[[today]]", "17.11.2026"),
    ("[[today:long]]", "17 בנובמבר 2026"),
    ("[[היום:יום בשבוע]]", "יום שלישי"),
    ("[[today:month|בקרוב]]", "נובמבר"),
    ("[[business_name]]", "חנות הספר הירוקה"),
]


@pytest.mark.parametrize(("tag", "said"), TODAY)
def test_the_day_is_written_as_other_dates_are(
    mail: Mail, workspace: Any, now: Any, tag: str, said: str
) -> None:
    plan = Plan.from_json(mail({"kind": "text", "html": f"<p>{tag}</p>"}).to_json())

    made = Renderer(plan, Constants.of(workspace, now=now)).render("", ())

    assert said in made.html.decode()
    assert said in made.text.decode()
