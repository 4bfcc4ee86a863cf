"""Waits on the calendar: until when, on the workspace's clock. Pure.

Months and days are counted on the wall clock, hours and minutes on the stopwatch. An hour that a spring night
leaves out comes an hour later on the clock; one that an autumn night has twice is its first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kesher.journeys.settings import WEEKDAYS
from kesher.lib import hebrew
from kesher.rules.durations import Duration, moved, read_duration
from kesher.rules.operators.days import read_day, read_instant


def instant(day: date, at: time, zone: str) -> datetime:
    """The instant at which a clock in the zone shows this day and hour."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def after(start: datetime, duration: Duration, zone: str) -> datetime:
    """That long after: 31 January and a month is the last of February, at the same hour."""
    local = start.astimezone(ZoneInfo(zone))
    day = moved(local.date(), duration, sign=1)
    if day == local.date():
        return start.astimezone(UTC) + timedelta(seconds=duration.seconds)
    return instant(day, local.time(), zone) + timedelta(seconds=duration.seconds)


def read_time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def next_opening(
    start: datetime, zone: str, *, at: time | None, weekdays: Sequence[str] = ()
) -> datetime:
    """The first moment from `start` on at this hour, on one of these days of the week (any when none is named).

    Without an hour: `start` itself when its day fits, else the beginning of the next day that does.
    """
    local = start.astimezone(ZoneInfo(zone))
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        if weekdays and WEEKDAYS[day.weekday()] not in weekdays:
            continue
        if at is None:
            return start if ahead == 0 else instant(day, time(), zone)
        if (moment := instant(day, at, zone)) >= start:
            return moment
    raise ValueError("no day of the week fits")  # `weekdays` was checked: cannot be


def read_moment(text: str, zone: str) -> datetime | None:
    """ "2027-03-26", "2027-03-26T09:00" on the workspace's clock, or an instant with an offset."""
    if found := read_instant(text):
        return found
    if day := read_day(text):
        return instant(day, time(), zone)
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def signed(offset: str | None) -> tuple[Duration, int]:
    """An offset like "-P3D" as a duration and its sign."""
    if not offset:
        return Duration(), 1
    found = read_duration(offset.removeprefix("-"))
    return found or Duration(), -1 if offset.startswith("-") else 1


def shifted(day: date, offset: str | None) -> date:
    duration, sign = signed(offset)
    return moved(day, duration, sign=sign)


def anniversary(day: date, year: int) -> date:
    """That day of the year; of 29 February the 28th in years without one."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def monthly(day: date, year: int, month: int) -> date:
    """That day of the month; the last one in shorter months."""
    return date(year, month, min(day.day, _length(year, month)))


def _length(year: int, month: int) -> int:
    return (moved(date(year, month, 1), Duration(months=1), sign=1) - timedelta(days=1)).day


HEBREW_YEAR = "hebrew_year"
EVERY = ("", "year", "month", HEBREW_YEAR)


def occurrence(day: date, offset: str | None, every: str, today: date) -> date | None:
    """The day on which a date with this offset comes round next, today included. None when it is past for good."""
    if not every:
        found = shifted(day, offset)
        return found if found >= today else None
    if every == HEBREW_YEAR:
        return _hebrew_occurrence(day, offset, today)
    for ahead in range(-14, 27) if every == "month" else range(-2, 3):
        if every == "year":
            base = anniversary(day, today.year + ahead) if 1 <= today.year + ahead <= 9999 else day
        else:
            number = today.year * 12 + today.month - 1 + ahead
            base = monthly(day, number // 12, number % 12 + 1)
        if base >= day and (found := shifted(base, offset)) >= today:
            return found
    return None


def _hebrew_occurrence(day: date, offset: str | None, today: date) -> date | None:
    days = (hebrew.anniversary(day, year) for year in hebrew.years_around(today))
    comes = (shifted(base, offset) for base in days if base >= day)
    return next((found for found in comes if found >= today), None)


def hebrew_days(given: Mapping[str, Any], today: date) -> list[date]:
    """When a trigger's holiday, or its day of the Hebrew year, is kept around today."""
    years = hebrew.years_around(today)
    if holiday := given.get("holiday"):
        return [hebrew.holiday_in(holiday, year) for year in years]
    month, day = given["hebrew_month"], int(given.get("hebrew_day") or 1)
    return [hebrew.day_in(year, month, day) for year in years]


def origins(today: date, offset: str | None, every: str) -> Iterator[date]:
    """The days that come round today: exact ones, or samples of a day of the year or of the month. By the Hebrew
    year: the days whose Hebrew anniversary is meant.

    The inverse of `occurrence`, by trying what lies around: months have several lengths.
    """
    duration, sign = signed(offset)
    middle = moved(today, duration, sign=-sign)
    for distance in range(-4, 5):
        near = middle + timedelta(days=distance)
        if every in ("", HEBREW_YEAR) and shifted(near, offset) == today:
            yield near
        elif every == "year":
            yield from (
                day
                for day in _namesakes(near)
                if shifted(anniversary(day, near.year), offset) == today
            )
        elif every == "month" and shifted(near, offset) == today:
            yield near
            if near.day == _length(near.year, near.month):  # what is later in longer months, too
                yield from (near.replace(month=1, day=later) for later in range(near.day + 1, 32))


def _namesakes(day: date) -> list[date]:
    """The day, and 29 February for 28 February of a year without one."""
    is_last = (day.month, day.day) == (2, 28) and _length(day.year, 2) == 28
    return [day, date(2000, 2, 29)] if is_last else [day]
