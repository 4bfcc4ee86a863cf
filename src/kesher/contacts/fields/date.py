"""A day. Kept as "2027-03-26"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext

_PARTS = re.compile(r"(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"\d{4,6}(?:\.0+)?$")
_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?Z?$")
_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Day 1 of Excel is 1.1.1900, and Excel believes in 29.2.1900: from March 1900 on this origin is right.
_EXCEL_ORIGIN = date(1899, 12, 30)
_EXCEL_FIRST, _EXCEL_LAST = 1_000, 80_000  # 26.9.1902 to 11.1.2119: more is likely no date
# Two digits: up to 29 years of this century, as Excel reads them.
_LAST_OF_THIS_CENTURY = 29


def read_date(text: str, *, day_first: bool) -> date | None:
    """What people mean by 31/12/1980, 31.12.80, 1980-12-31, 19801231 or Excel's 29586; None: no date."""
    bare = _MIDNIGHT.sub("", _MARKS.sub("", text).strip())
    if match := _PARTS.match(bare) or _COMPACT.match(bare):
        return _from_parts(*match.groups(), day_first=day_first)
    if _SERIAL.match(bare) and _EXCEL_FIRST <= float(bare) <= _EXCEL_LAST:
        return _EXCEL_ORIGIN + timedelta(days=int(float(bare)))
    return None


def _from_parts(first: str, second: str, third: str, *, day_first: bool) -> date | None:
    if len(first) > 2:
        year, month, day = int(first), int(second), int(third)
    else:
        day, month, year = int(first), int(second), int(third)
        if not day_first or (month > 12 >= day):
            day, month = month, day
        if len(third) <= 2:
            year += 2000 if year <= _LAST_OF_THIS_CENTURY else 1900
    try:
        return date(year, month, day) if 1000 <= year <= 2999 else None
    except ValueError:
        return None


def show_date(day: date) -> str:
    """17.11.2026, as everywhere on the screens, in both languages."""
    return f"{day.day}.{day.month}.{day.year}"


class Date:
    key = "date"
    label = _("date")
    icon = "calendar"
    widget = "date"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        if not text.strip():
            return None
        day = read_date(text, day_first=context.day_first)
        return BadValue("not_a_date") if day is None else day.isoformat()

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if isinstance(value, date):
            return value.isoformat()[:10]
        if not isinstance(value, str):
            return BadValue("wrong_type")
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            return BadValue("not_a_date")

    def show(self, value: Any, options: Options, language: str) -> str:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
        return show_date(day)

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Date())
