"""Waits and dates on the clock of Jerusalem: nights that are longer or shorter, ends of months, 29 February."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.journeys.when import (
    after,
    hebrew_days,
    instant,
    next_opening,
    occurrence,
    origins,
    read_moment,
    shifted,
)
from kesher.lib.hebrew import days_kept_on
from kesher.rules.durations import read_duration

ZONE = "Asia/Jerusalem"
JERUSALEM = ZoneInfo(ZONE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JERUSALEM)


# In 2027 the clocks of Israel go forward on 26 March at 02:00, and back on 31 October at 02:00.
@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2027-03-25T09:00", "P1D", "2027-03-26T09:00"),  # 23 hours
        ("2027-03-25T09:00", "PT24H", "2027-03-26T10:00"),  # the stopwatch runs on
        ("2027-03-25T02:30", "P1D", "2027-03-26T03:30"),  # 02:30 is left out: an hour later
        ("2027-10-30T09:00", "P1D", "2027-10-31T09:00"),  # 25 hours
        ("2027-10-30T09:00", "PT24H", "2027-10-31T08:00"),
        ("2027-01-31T09:00", "P1M", "2027-02-28T09:00"),
        ("2028-01-31T09:00", "P1M", "2028-02-29T09:00"),
        ("2028-02-29T09:00", "P1Y", "2029-02-28T09:00"),
        ("2026-11-17T10:00", "P25D", "2026-12-12T10:00"),
        ("2026-12-31T23:59", "PT2M", "2027-01-01T00:01"),
    ],
)
def test_days_are_counted_on_the_wall_clock_and_hours_on_the_stopwatch(
    start: str, length: str, end: str
) -> None:
    duration = read_duration(length)
    assert duration is not None

    assert after(local(start), duration, ZONE) == local(end).astimezone(UTC)


def test_an_hour_that_the_autumn_night_has_twice_is_its_first() -> None:
    first = instant(date(2027, 10, 31), time(1, 30), ZONE)

    assert first == datetime(2027, 10, 30, 22, 30, tzinfo=UTC)  # still summer time
    assert next_opening(first + timedelta(minutes=1), ZONE, at=time(1, 30)).date() == date(
        2027, 10, 31
    )


def test_midnight_belongs_to_the_day_it_begins() -> None:
    before = local("2026-11-17T23:59").astimezone(UTC)
    midnight = local("2026-11-18T00:00").astimezone(UTC)

    assert next_opening(before, ZONE, at=time(0, 0)) == midnight
    assert next_opening(midnight, ZONE, at=time(0, 0)) == midnight
    assert next_opening(before, ZONE, at=None, weekdays=["wed"]) == midnight


def test_an_opening_is_on_a_day_that_was_named_and_never_before_the_start() -> None:
    friday = local("2026-11-20T10:00").astimezone(UTC)

    assert next_opening(friday, ZONE, at=time(9), weekdays=["sun"]) == local("2026-11-22T09:00")
    assert next_opening(friday, ZONE, at=time(9), weekdays=["fri"]) == local("2026-11-27T09:00")
    assert next_opening(friday, ZONE, at=time(11), weekdays=["fri"]) == local("2026-11-20T11:00")


def test_a_moment_is_read_on_the_workspaces_clock() -> None:
    assert read_moment("2027-03-26", ZONE) == local("2027-03-26T00:00")
    assert read_moment("2027-07-01T09:00", ZONE) == datetime(2027, 7, 1, 6, tzinfo=UTC)
    assert read_moment("2027-07-01T09:00:00Z", ZONE) == datetime(2027, 7, 1, 9, tzinfo=UTC)
    assert read_moment("soon", ZONE) is None


def test_29_february_comes_round_on_the_28th_in_years_without_one() -> None:
    born = date(2000, 2, 29)

    assert occurrence(born, None, "year", date(2027, 1, 1)) == date(2027, 2, 28)
    assert occurrence(born, None, "year", date(2028, 1, 1)) == date(2028, 2, 29)
    assert occurrence(born, "-P7D", "year", date(2027, 2, 1)) == date(2027, 2, 21)


def test_the_31st_comes_round_on_the_last_day_of_shorter_months() -> None:
    day = date(2026, 1, 31)

    assert occurrence(day, None, "month", date(2026, 2, 1)) == date(2026, 2, 28)
    assert occurrence(day, None, "month", date(2026, 4, 1)) == date(2026, 4, 30)
    assert occurrence(day, None, "", date(2026, 2, 1)) is None


DAYS = st.dates(date(1950, 1, 1), date(2026, 1, 1))
OFFSETS = st.sampled_from([None, "P1D", "-P1D", "-P7D", "P30D", "P1M", "-P1M", "P3M", "-P1Y"])


@given(day=DAYS, offset=OFFSETS, today=st.dates(date(2026, 1, 1), date(2032, 12, 31)))
def test_whom_a_day_is_for_is_found_from_either_end(
    day: date, offset: str | None, today: date
) -> None:
    """`origins` is the inverse of `occurrence`."""
    comes = occurrence(day, offset, "year", today) == today
    found = {(one.month, one.day) for one in origins(today, offset, "year")}

    assert ((day.month, day.day) in found) == comes


@given(day=DAYS, offset=OFFSETS)
def test_a_date_comes_round_once_without_an_every(day: date, offset: str | None) -> None:
    today = shifted(day, offset)

    assert day in set(origins(today, offset, ""))


# 5784 and 5787 are leap years.
@pytest.mark.parametrize(
    ("born", "today", "comes"),
    [
        (date(2023, 3, 7), date(2023, 10, 1), date(2024, 3, 24)),  # Purim: the second Adar
        (date(2023, 3, 7), date(2024, 10, 5), date(2025, 3, 14)),
        (date(2024, 2, 23), date(2024, 10, 5), date(2025, 3, 14)),  # the first Adar
        (date(2024, 2, 23), date(2026, 10, 5), date(2027, 2, 21)),
        (date(2022, 11, 24), date(2023, 10, 1), date(2023, 11, 14)),  # 30 Cheshvan
        (date(2024, 12, 8), date(2026, 11, 17), date(2026, 11, 17)),  # today
        (date(2024, 12, 8), date(2026, 11, 18), date(2027, 12, 7)),
    ],
)
def test_a_date_comes_round_by_the_hebrew_year(born: date, today: date, comes: date) -> None:
    assert occurrence(born, None, "hebrew_year", today) == comes
    assert occurrence(born, "-P7D", "hebrew_year", comes - timedelta(days=7)) == comes - timedelta(
        7
    )


@given(day=DAYS, offset=OFFSETS, today=st.dates(date(2026, 1, 1), date(2032, 12, 31)))
def test_whose_hebrew_day_it_is_is_found_from_either_end(
    day: date, offset: str | None, today: date
) -> None:
    comes = occurrence(day, offset, "hebrew_year", today) == today
    found = {born for near in origins(today, offset, "hebrew_year") for born in days_kept_on(near)}

    assert (day in found) == comes


@pytest.mark.parametrize(
    ("given_", "day"),
    [
        ({"holiday": "independence_day"}, date(2027, 5, 12)),
        ({"holiday": "rosh_hashana_eve"}, date(2027, 10, 1)),
        ({"holiday": "purim"}, date(2027, 3, 23)),
        ({"hebrew_month": "adar", "hebrew_day": 14}, date(2027, 3, 23)),
        ({"hebrew_month": "adar_1", "hebrew_day": 14}, date(2027, 2, 21)),
        ({"hebrew_month": "adar_1", "hebrew_day": 14}, date(2028, 3, 12)),
        ({"hebrew_month": "cheshvan", "hebrew_day": 30}, date(2027, 11, 30)),
    ],
)
def test_holidays_and_hebrew_days_are_found_around_a_day(given_: dict[str, Any], day: date) -> None:
    assert day in hebrew_days(given_, day)
    assert day in hebrew_days(given_, day - timedelta(days=300))
    assert day in hebrew_days(given_, day + timedelta(days=300))
