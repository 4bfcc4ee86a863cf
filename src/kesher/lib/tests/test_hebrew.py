"""The Hebrew calendar against days that anybody can look up, against pyluach, and against its own inverse."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyluach.dates import HebrewDate
from pyluach.hebrewcal import Year

from kesher.lib.hebrew import (
    HOLIDAYS,
    HebrewDay,
    anniversary,
    day_in,
    days_kept_on,
    hebrew_of,
    holiday_in,
    is_leap,
    kept_on,
)

DAYS = st.dates(date(1880, 1, 1), date(2100, 12, 31))


# Printed calendars and newspapers.
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1948, 5, 14), HebrewDay(5708, "iyar", 5)),  # the Declaration of Independence
        (date(1967, 6, 7), HebrewDay(5727, "iyar", 28)),
        (date(2000, 1, 1), HebrewDay(5760, "tevet", 23)),
        (date(2023, 10, 7), HebrewDay(5784, "tishrei", 22)),
        (date(2024, 2, 10), HebrewDay(5784, "adar_1", 1)),
        (date(2024, 3, 11), HebrewDay(5784, "adar", 1)),
        (date(2025, 3, 14), HebrewDay(5785, "adar", 14)),
        (date(2026, 9, 12), HebrewDay(5787, "tishrei", 1)),
        (date(2027, 3, 23), HebrewDay(5787, "adar", 14)),
    ],
)
def test_days_are_those_of_the_printed_calendar(day: date, expected: HebrewDay) -> None:
    assert hebrew_of(day) == expected
    assert day_in(expected.year, expected.month, expected.day) == day


def test_the_leap_years() -> None:
    assert [year for year in range(5780, 5800) if is_leap(year)] == [
        5782, 5784, 5787, 5790, 5793, 5795, 5798,
    ]  # fmt: skip
    assert all(is_leap(year) == Year(year).leap for year in range(5600, 6000))


_NUMBERS = {1: "nisan", 2: "iyar", 3: "sivan", 4: "tammuz", 5: "av", 6: "elul", 7: "tishrei",
            8: "cheshvan", 9: "kislev", 10: "tevet", 11: "shevat"}  # fmt: skip


@given(day=DAYS)
def test_it_agrees_with_pyluach(day: date) -> None:
    there = HebrewDate.from_pydate(day)
    adar = "adar_1" if there.month == 12 and Year(there.year).leap else "adar"

    assert hebrew_of(day) == HebrewDay(there.year, _NUMBERS.get(there.month, adar), there.day)


# 5784 and 5787 are leap years, 5785 and 5786 plain.
# In 5784 Cheshvan and Kislev have 29 days each, in 5783 and 5785 30 each.
@pytest.mark.parametrize(
    ("born", "year", "kept"),
    [
        # Adar of a plain year is the second Adar of a leap year.
        (date(2023, 3, 7), 5784, date(2024, 3, 24)),  # Purim
        (date(2023, 3, 7), 5785, date(2025, 3, 14)),
        # The first Adar stays the first, and is Adar in a plain year.
        (date(2024, 2, 23), 5787, date(2027, 2, 21)),  # 14 Adar I
        (date(2024, 2, 23), 5785, date(2025, 3, 14)),
        # The second Adar stays the second.
        (date(2024, 3, 24), 5787, date(2027, 3, 23)),
        (date(2024, 3, 24), 5785, date(2025, 3, 14)),
        # 30 Adar I is 1 Nisan in a plain year.
        (date(2024, 3, 10), 5785, date(2025, 3, 30)),
        (date(2024, 3, 10), 5787, date(2027, 3, 9)),
        # 30 Cheshvan is 1 Kislev where Cheshvan has 29 days.
        (date(2022, 11, 24), 5784, date(2023, 11, 14)),
        (date(2022, 11, 24), 5785, date(2024, 12, 1)),
        # 30 Kislev is 1 Tevet where Kislev has 29 days.
        (date(2022, 12, 24), 5784, date(2023, 12, 13)),
        (date(2022, 12, 24), 5785, date(2024, 12, 31)),
        # An ordinary day.
        (date(1990, 1, 1), 5787, date(2026, 12, 14)),  # 4 Tevet
    ],
)
def test_a_date_comes_round_by_the_customs_of_birthdays(born: date, year: int, kept: date) -> None:
    assert anniversary(born, year) == kept
    assert born in days_kept_on(kept)


@given(born=DAYS, ahead=st.integers(0, 120))
def test_whose_anniversary_a_day_is_can_be_asked_from_either_end(born: date, ahead: int) -> None:
    own = hebrew_of(born)
    kept = anniversary(born, own.year + ahead)

    assert born in days_kept_on(kept)
    assert (own.month, own.day) in kept_on(kept)
    assert all(anniversary(other, hebrew_of(kept).year) == kept for other in days_kept_on(kept))


@pytest.mark.parametrize("year", [5783, 5784, 5785, 5786, 5787])
def test_everybody_has_one_anniversary_a_year(year: int) -> None:
    first, last = day_in(year, "tishrei", 1), day_in(year + 1, "tishrei", 1)
    days = [first + timedelta(days=step) for step in range((last - first).days)]

    kept = [born for day in days for born in days_kept_on(day) if date(1990, 1, 1) <= born < first]

    assert len(kept) == len(set(kept)) == (first - date(1990, 1, 1)).days


# From the official tables of these years.
@pytest.mark.parametrize(
    ("holiday", "year", "day"),
    [
        ("independence_day", 5781, date(2021, 4, 15)),  # 5 Iyar was a Saturday
        ("independence_day", 5782, date(2022, 5, 5)),  # a Friday
        ("independence_day", 5783, date(2023, 4, 26)),  # a Wednesday: not moved
        ("independence_day", 5784, date(2024, 5, 14)),  # a Monday
        ("independence_day", 5785, date(2025, 5, 1)),
        ("independence_day", 5786, date(2026, 4, 22)),
        ("memorial_day", 5784, date(2024, 5, 13)),
        ("memorial_day", 5785, date(2025, 4, 30)),
        ("holocaust_day", 5784, date(2024, 5, 6)),  # 27 Nisan was a Sunday
        ("holocaust_day", 5785, date(2025, 4, 24)),  # a Friday
        ("holocaust_day", 5786, date(2026, 4, 14)),
        ("tisha_beav", 5782, date(2022, 8, 7)),  # 9 Av was a Saturday
        ("tisha_beav", 5784, date(2024, 8, 13)),
        ("rosh_hashana_eve", 5786, date(2026, 9, 11)),
        ("rosh_hashana", 5787, date(2026, 9, 12)),
        ("yom_kippur", 5787, date(2026, 9, 21)),
        ("sukkot", 5787, date(2026, 9, 26)),
        ("simchat_torah", 5787, date(2026, 10, 3)),
        ("hanukkah", 5787, date(2026, 12, 5)),
        ("tu_bishvat", 5787, date(2027, 1, 23)),
        ("purim", 5787, date(2027, 3, 23)),
        ("passover_eve", 5787, date(2027, 4, 21)),
        ("passover", 5787, date(2027, 4, 22)),
        ("lag_baomer", 5787, date(2027, 5, 25)),
        ("jerusalem_day", 5787, date(2027, 6, 4)),
        ("shavuot", 5787, date(2027, 6, 11)),
    ],
)
def test_holidays_are_on_their_days(holiday: str, year: int, day: date) -> None:
    assert holiday_in(holiday, year) == day


@pytest.mark.parametrize("holiday", HOLIDAYS)
def test_every_holiday_comes_once_a_hebrew_year(holiday: str) -> None:
    days = [holiday_in(holiday, year) for year in range(5780, 5880)]

    assert days == sorted(set(days))
    assert all(350 <= (after - before).days <= 388 for before, after in itertools.pairwise(days))


def test_neither_memorial_nor_independence_day_touches_the_sabbath() -> None:
    days = [holiday_in("independence_day", year).weekday() for year in range(5765, 5900)]

    assert set(days) == {1, 2, 3}  # Tuesday, Wednesday, Thursday
