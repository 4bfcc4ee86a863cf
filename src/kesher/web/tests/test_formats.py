"""How figures are written, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from kesher.web import formats

NOW = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
# RLM, number, NBSP, RLM, sign: CLDR's Hebrew pattern.
CASES = [
    ("he", formats.number, 18402, "18,402"),
    ("he", formats.number, None, "–"),
    ("he", formats.number, "", "–"),
    ("he", formats.money, 1240, "\u200f1,240\u00a0\u200f₪"),
    ("he", formats.money, 1240.5, "\u200f1,240.50\u00a0\u200f₪"),
    ("en", formats.money, 1240, "₪1,240"),
    ("en", formats.percent, 0.384, "38.4%"),
    ("en", formats.percent, None, "–"),
    ("he", formats.phone, "+972501234567", "050-123-4567"),
    ("he", formats.phone, "+14155550123", "+1 415-555-0123"),
    ("he", formats.phone, "", "–"),
    ("en", formats.short_number, 18402, "18K"),
    ("en", formats.short_number, 9999, "9,999"),
    ("he", formats.day, NOW, "17.11.2026"),
    ("he", formats.moment, NOW, "17.11.2026, 10:00"),
    ("en", formats.duration, 130, "2 minutes"),
    ("he", formats.initials, "דנה לוי", "דל"),
    ("he", formats.initials, "noa@example.com", "N"),
    ("he", formats.initials, "", "?"),
]


@pytest.mark.parametrize(("language", "form", "value", "expected"), CASES)
def test_a_figure_is_written_as_people_write_it(
    language: str, form: Any, value: Any, expected: str
) -> None:
    with translation.override(language):
        assert form(value) == expected


def test_a_share_of_nothing_is_a_dash() -> None:
    with translation.override("en"):
        assert [formats.share(38, 100), formats.share(0, 0)] == ["38%", "–"]


def test_what_is_recent_is_told_by_its_age_and_the_rest_by_its_date() -> None:
    with translation.override("en"):
        assert formats.ago(NOW - timedelta(minutes=3), NOW) == "3 minutes ago"
        assert formats.ago(NOW - timedelta(days=40), NOW) == "8.10.2026"


def test_a_person_keeps_their_colour() -> None:
    assert formats.hue(7) == formats.hue("7")
    assert {formats.hue(number) for number in range(50)} == set(formats.HUES)
