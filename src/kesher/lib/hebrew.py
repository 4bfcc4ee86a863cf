"""The Hebrew calendar: the day on which a date comes round by it, and the holidays as they are kept in Israel. Pure.

Months go by name. `adar` is the month of Purim: Adar of a plain year, the second Adar of a leap year; `adar_1` is
the first Adar of a leap year, and in a plain year Adar. A 30th that a year's month lacks is the first of the next.
These are the customs of birthdays (E. M. Reingold and N. Dershowitz, Calendrical Calculations, "Hebrew birthday").
A day here is a day of the wall calendar: that the Hebrew day begins in the evening before is for the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

MONTHS = (
    "tishrei", "cheshvan", "kislev", "tevet", "shevat", "adar_1", "adar",
    "nisan", "iyar", "sivan", "tammuz", "av", "elul",
)  # fmt: skip
LONGEST_MEMORY = 150  # years: no older date has an anniversary
_FRIDAY, _SATURDAY, _SUNDAY, _MONDAY = 4, 5, 6, 0


@dataclass(frozen=True, slots=True)
class HebrewDay:
    year: int
    month: str
    day: int


@lru_cache(maxsize=2_000)
def _new_year(year: int) -> int:
    """The ordinal of 1 Tishrei."""
    from pyluach.dates import HebrewDate  # loaded by the first who asks

    first: date = HebrewDate(year, 7, 1).to_pydate()
    return first.toordinal()


def is_leap(year: int) -> bool:
    """Whether the year has two Adars: seven in nineteen do."""
    return (7 * year + 1) % 19 < 7


@lru_cache(maxsize=2_000)
def _months(year: int) -> dict[str, tuple[int, int]]:
    """By name the ordinal before the month's first day, and its length. A plain year has no `adar_1`."""
    total = _new_year(year + 1) - _new_year(year)
    cheshvan = 30 if total % 10 == 5 else 29
    kislev = 29 if total % 10 == 3 else 30
    adars = (30, 29) if is_leap(year) else (0, 29)
    lengths = (30, cheshvan, kislev, 29, 30, *adars, 30, 29, 30, 29, 30, 29)
    found, before = {}, _new_year(year) - 1
    for month, length in zip(MONTHS, lengths, strict=True):
        if length:
            found[month] = (before, length)
        before += length
    return found


def hebrew_of(day: date) -> HebrewDay:
    number = day.toordinal()
    year = day.year + 3760
    if number >= _new_year(year + 1):
        year += 1
    for month, (before, length) in _months(year).items():
        if number <= before + length:
            return HebrewDay(year, month, number - before)
    raise ValueError(f"{day} is in no month of {year}")  # months fill the year: cannot be


def day_in(year: int, month: str, day: int) -> date:
    """When this day of the year is kept in that Hebrew year."""
    months = _months(year)
    before, _length = months[month] if month in months else months["adar"]
    return date.fromordinal(before + day)  # one too many is the first of the next month


def anniversary(day: date, year: int) -> date:
    """When that day comes round in a Hebrew year."""
    born = hebrew_of(day)
    return day_in(year, born.month, born.day)


def kept_on(day: date) -> list[tuple[str, int]]:
    """The days of the Hebrew year that are kept on this day: its own, and those that this year lacks."""
    here = hebrew_of(day)
    found = [(here.month, here.day)]
    if here.month == "adar" and not is_leap(here.year):
        found.append(("adar_1", here.day))
    if here.day == 1:
        eve = hebrew_of(day - timedelta(days=1))
        if eve.day == 29 and eve.month in ("cheshvan", "kislev"):
            found.append((eve.month, 30))
        elif eve.month == "adar" and not is_leap(eve.year):
            found.append(("adar_1", 30))
    return found


@lru_cache(maxsize=1_000)
def days_kept_on(day: date) -> tuple[date, ...]:
    """All days, itself among them and the latest first, whose Hebrew anniversary is kept on this day."""
    here = hebrew_of(day)
    return tuple(
        date.fromordinal(before + number)
        for year in range(here.year, here.year - LONGEST_MEMORY - 1, -1)
        for month, number in kept_on(day)
        for before, length in [_months(year).get(month, (0, 0))]
        if number <= length
    )


HOLIDAYS: dict[str, tuple[str, int]] = {
    "rosh_hashana_eve": ("elul", 29),
    "rosh_hashana": ("tishrei", 1),
    "yom_kippur_eve": ("tishrei", 9),
    "yom_kippur": ("tishrei", 10),
    "sukkot_eve": ("tishrei", 14),
    "sukkot": ("tishrei", 15),
    "simchat_torah": ("tishrei", 22),
    "hanukkah": ("kislev", 25),
    "tu_bishvat": ("shevat", 15),
    "purim": ("adar", 14),
    "passover_eve": ("nisan", 14),
    "passover": ("nisan", 15),
    "passover_end": ("nisan", 21),
    "holocaust_day": ("nisan", 27),
    "memorial_day": ("iyar", 4),
    "independence_day": ("iyar", 5),
    "lag_baomer": ("iyar", 18),
    "jerusalem_day": ("iyar", 28),
    "shavuot_eve": ("sivan", 5),
    "shavuot": ("sivan", 6),
    "tisha_beav": ("av", 9),
    "tu_beav": ("av", 15),
}


def holiday_in(holiday: str, year: int) -> date:
    """Its (first) day in a Hebrew year, moved where the law or the Sabbath moves it."""
    day = day_in(year, *HOLIDAYS[holiday])
    if holiday == "independence_day":
        return day + timedelta(days=_moved_independence(day))
    if holiday == "memorial_day":
        return holiday_in("independence_day", year) - timedelta(days=1)
    if holiday == "holocaust_day":
        # Holocaust Martyrs' and Heroes' Remembrance Day Law, 1959, as amended in 1961 and 1997.
        return day + timedelta(days={_FRIDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))
    if holiday == "tisha_beav" and day.weekday() == _SATURDAY:
        return day + timedelta(days=1)
    return day


def _moved_independence(day: date) -> int:
    """Independence Day Law, 1949, as amended in 2004: neither it nor the day before touches the Sabbath."""
    return {_FRIDAY: -1, _SATURDAY: -2, _MONDAY: 1}.get(day.weekday(), 0)


def years_around(day: date) -> Iterator[int]:
    """The Hebrew years in which something near this day may lie, with offsets of up to two years."""
    middle = day.year + 3760
    yield from range(middle - 2, middle + 4)
