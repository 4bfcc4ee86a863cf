"""Changes of dates: set to a day or to today, move by days. Days are the workspace's.

A date that is not known stays so when it is moved, and one that would leave the years 1000 to 2999 stays
where it was. A date with a time keeps its hour on the workspace's clock, whatever summer time does.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kesher.contacts.changes.base import CHANGES, Change, Known, Row, Schema, Wrong
from kesher.contacts.changes.pieces import checked_number, day_of, instant_json, local_time
from kesher.contacts.fields import BadValue
from kesher.contacts.vocabulary import FieldInfo
from kesher.rules.operators.days import (
    FIRST_YEAR,
    LAST_YEAR,
    read_day,
    read_instant,
)

TODAY, NOW = "today", "now"
MOST_DAYS = 36_600  # a century
_DATES = frozenset({"date", "date_time"})


class SetDate:
    key, label = "set_date", _("set to a date or to today")
    types = _DATES

    def operand(self, info: FieldInfo) -> str:
        return "day"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        word = TODAY if info.type == "date" else NOW
        if value == word:
            return word
        typed = info.field_type.check(value, info.options)
        readable = read_day if info.type == "date" else read_instant
        if typed is None or isinstance(typed, BadValue) or readable(typed) is None:
            return Wrong(
                "bad_date",
                _("a date like 2027-03-26, or “today”")
                if info.type == "date"
                else _("a time like 2027-03-26T08:30:00Z, or “now”"),
                suggestion=word if value in (TODAY, NOW) else None,
            )
        return typed

    def sql(self, change: Change, current: str, row: Row) -> str:
        if change.value == TODAY:
            return f"to_jsonb(({row.now()} AT TIME ZONE {row.zone()})::date)"
        if change.value == NOW:
            return instant_json(row.now())
        return f"to_jsonb({row.put(change.value, 'text')})"

    def words(self, change: Change) -> str:
        named = {"field": str(change.field.label)}
        if change.value == TODAY:
            return gettext("Set “%(field)s” to today") % named
        if change.value == NOW:
            return gettext("Set “%(field)s” to the present time") % named
        language = translation.get_language() or "en"
        named["value"] = change.field.field_type.show(change.value, change.field.options, language)
        return gettext("Set “%(field)s” to %(value)s") % named

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        form = "date" if info.type == "date" else "date-time"
        word = TODAY if info.type == "date" else NOW
        return {"anyOf": [{"const": word}, {"type": "string", "format": form}]}


class AddDays:
    key, label = "add_days", _("move by days")
    types = _DATES

    def operand(self, info: FieldInfo) -> str:
        return "days"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        number = checked_number(value)
        if isinstance(number, Wrong):
            return number
        if isinstance(number, float) or abs(number) > MOST_DAYS:
            return Wrong(
                "bad_days",
                _("a whole number of days is expected here, at most %(most)s"),
                {"most": MOST_DAYS},
            )
        return number

    def sql(self, change: Change, current: str, row: Row) -> str:
        days = row.put(change.value, "int")
        if change.field.type == "date":
            moved, result = f"{day_of(current, row)} + {days}", "to_jsonb(q.d::date)"
        else:
            moved = f"{local_time(current, row)} + make_interval(days => {days})"
            result = instant_json(f"(q.d AT TIME ZONE {row.zone()})")
        return (
            f"(SELECT CASE WHEN date_part('year', q.d) BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
            f" THEN {result} ELSE {current} END FROM (SELECT {moved} AS d OFFSET 0) q)"
        )

    def words(self, change: Change) -> str:
        days = abs(change.value)
        text = ngettext(
            "Move “%(field)s” by %(days)s day", "Move “%(field)s” by %(days)s days", days
        )
        if change.value < 0:
            text = ngettext(
                "Move “%(field)s” back by %(days)s day",
                "Move “%(field)s” back by %(days)s days",
                days,
            )
        return text % {"field": str(change.field.label), "days": f"{days:,}"}

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        return {"type": "integer", "minimum": -MOST_DAYS, "maximum": MOST_DAYS}


CHANGES.register(SetDate())
CHANGES.register(AddDays())
