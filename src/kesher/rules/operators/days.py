"""Reading days and instants, and counting anniversaries. The patterns are the same text in every evaluator.

The 29th of February has its anniversary on the 28th in years that lack it: it stays in its month, so that
"this month" and "in the next days" agree.
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1000, 2999  # others are slips
# Only those years, and only days that exist: what passes can be cast without an error.
DAY_PATTERN = (
    r"(?:[12][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])|(?:12|16|20|24|28)00)-02-29)"
)
TIME_PATTERN = (
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
_DAY = re.compile(DAY_PATTERN)
_INSTANT = re.compile(DAY_PATTERN + TIME_PATTERN)
MONTH_DAY = re.compile(
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|[12][0-9])"
)
SPOKEN_MONTHS = ("this", "next", "last")


def read_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value if FIRST_YEAR <= value.year <= LAST_YEAR else None
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return None


def read_instant(value: Any) -> datetime | None:
    """An aware datetime; from text only RFC 3339 with its zone."""
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    return None


def day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def day_numbers(first: date, last: date) -> tuple[int, ...]:
    """The days of the year from first to last as month × 100 + day; a year or more is all of them."""
    length = min((last - first).days, 366)
    found: set[int] = set()
    for step in range(length + 1):
        found.update(numbers_on(first + timedelta(days=step)))
    return tuple(sorted(found))


def numbers_on(day: date) -> tuple[int, ...]:
    """The birthdays kept on this day: its own, and the 29th of February on the 28th of a common year."""
    number = day.month * 100 + day.day
    return (228, 229) if number == 228 and not isleap(day.year) else (number,)


def month_number(spoken: str | int, today: date) -> int:
    if isinstance(spoken, int):
        return spoken
    step = {"this": 0, "next": 1, "last": -1}[spoken]
    return (today.month - 1 + step) % 12 + 1
