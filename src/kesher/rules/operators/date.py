"""Days. An instant is asked by its day on the workspace's clock; "in the last" and "in the next" include today.

What a rule says of today is worked out before it is compared, so that SQL gets only days and numbers.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.durations import moved, read_duration
from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind, family
from kesher.rules.operators.days import (
    DAY_PATTERN,
    FIRST_YEAR,
    LAST_YEAR,
    TIME_PATTERN,
    day_numbers,
    day_of,
    month_number,
    numbers_on,
    read_day,
    read_instant,
)
from kesher.rules.operators.operands import Days, FromTo, Month, MonthAndDay, OneDay
from kesher.rules.vocabulary import Field


class DateFamily:
    key = "date"
    types = ("date", "date_time")

    def read(self, value: Any, moment: Moment) -> date | None:
        if instant := read_instant(value):
            return day_of(instant, moment.zone)
        return read_day(value)

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        text = f"({json} #>> '{{}}')"
        zone = bind(moment.zone, "text")
        return (
            f"CASE WHEN jsonb_typeof({json}) <> 'string' THEN NULL"
            f" WHEN {text} ~ {bind(f'^{DAY_PATTERN}$', 'text')} THEN {text}::date"
            f" WHEN {text} ~ {bind(f'^{DAY_PATTERN}{TIME_PATTERN}$', 'text')}"
            f" THEN ({text}::timestamptz AT TIME ZONE {zone})::date END"
        )

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        if field_type == "date_time":
            return f"({column} AT TIME ZONE {bind(moment.zone, 'text')})::date"
        first, last = bind(date(FIRST_YEAR, 1, 1), "date"), bind(date(LAST_YEAR, 12, 31), "date")
        return f"CASE WHEN {column} BETWEEN {first} AND {last} THEN {column} END"


family(DateFamily())


def _day(value: Any, moment: Moment) -> date:
    return read_day(value) or moment.today


def _ends(value: Any) -> date | None:
    return read_day(value)


class _OneDay:
    family = "date"
    operand = OneDay()

    def prepare(self, value: Any, field: Field, moment: Moment) -> date:
        return _day(value, moment)


class On(_OneDay):
    name, key = "on", "date.on"
    label = _("is on")
    sentence = _("%(field)s is on %(value)s")
    negation = _("%(field)s is not on %(value)s")

    def test(self, typed: date, prepared: date) -> bool:
        return typed == prepared

    def sql(self, typed: str, prepared: date, bind: Bind) -> str:
        return f"{typed} = {bind(prepared, 'date')}"


class Before(_OneDay):
    name, key = "before", "date.before"
    label = _("is before")
    sentence = _("%(field)s is before %(value)s")
    negation = _("%(field)s is not before %(value)s")

    def test(self, typed: date, prepared: date) -> bool:
        return typed < prepared

    def sql(self, typed: str, prepared: date, bind: Bind) -> str:
        return f"{typed} < {bind(prepared, 'date')}"


class After(_OneDay):
    name, key = "after", "date.after"
    label = _("is after")
    sentence = _("%(field)s is after %(value)s")
    negation = _("%(field)s is not after %(value)s")

    def test(self, typed: date, prepared: date) -> bool:
        return typed > prepared

    def sql(self, typed: str, prepared: date, bind: Bind) -> str:
        return f"{typed} > {bind(prepared, 'date')}"


class _Range:
    family = "date"

    def test(self, typed: date, prepared: tuple[date, date]) -> bool:
        return prepared[0] <= typed <= prepared[1]

    def sql(self, typed: str, prepared: tuple[date, date], bind: Bind) -> str:
        return f"{typed} BETWEEN {bind(prepared[0], 'date')} AND {bind(prepared[1], 'date')}"


class Between(_Range):
    name, key = "between", "date.between"
    operand = FromTo(OneDay(), _ends)
    label = _("is between (both included)")
    sentence = _("%(field)s is between %(value)s, both included")
    negation = _("%(field)s is not between %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[date, date]:
        return _day(value[0], moment), _day(value[1], moment)


class InLast(_Range):
    name, key = "in_last", "date.in_last"
    operand = Days()
    label = _("is at most that long ago")
    sentence = _("%(field)s is today or at most %(value)s ago")
    negation = _("%(field)s is not in the last %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[date, date]:
        duration = read_duration(value)
        today = moment.today
        return (moved(today, duration, sign=-1) if duration else today), today


class InNext(_Range):
    name, key = "in_next", "date.in_next"
    operand = Days()
    label = _("is at most that far ahead")
    sentence = _("%(field)s is today or within %(value)s from today")
    negation = _("%(field)s is not within %(value)s from today")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[date, date]:
        duration = read_duration(value)
        today = moment.today
        return today, (moved(today, duration, sign=1) if duration else today)


class _DayOfYear:
    """Prepared: days of the year as month × 100 + day."""

    family = "date"

    def test(self, typed: date, prepared: tuple[int, ...]) -> bool:
        return typed.month * 100 + typed.day in prepared

    def sql(self, typed: str, prepared: tuple[int, ...], bind: Bind) -> str:
        days = bind(list(prepared), "int[]")
        return f"(extract(month FROM {typed}) * 100 + extract(day FROM {typed}))::int = ANY({days})"


class DayIs(_DayOfYear):
    name, key = "day_is", "date.day_is"
    operand = MonthAndDay()
    label = _("falls, each year, on")
    sentence = _("%(field)s falls, each year, on %(value)s")
    negation = _("%(field)s does not fall on %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[int, ...]:
        if value == "today":
            return numbers_on(moment.today)
        month, day = value.split("-")
        return (int(month) * 100 + int(day),)


class AnniversaryIn(_DayOfYear):
    name, key = "anniversary_in", "date.anniversary_in"
    operand = Days()
    label = _("has its anniversary within")
    sentence = _("the anniversary of %(field)s is today or within %(value)s from today")
    negation = _("the anniversary of %(field)s is not within %(value)s from today")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[int, ...]:
        duration = read_duration(value)
        today = moment.today
        return day_numbers(today, moved(today, duration, sign=1) if duration else today)


class MonthIs:
    family, name, key = "date", "month_is", "date.month_is"
    operand = Month()
    label = _("falls in the month")
    sentence = _("the month of %(field)s is %(value)s")
    negation = _("the month of %(field)s is not %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> int:
        return month_number(value, moment.today)

    def test(self, typed: date, prepared: int) -> bool:
        return typed.month == prepared

    def sql(self, typed: str, prepared: int, bind: Bind) -> str:
        return f"extract(month FROM {typed})::int = {bind(prepared, 'int')}"


for _operator in (
    On(), Before(), After(), Between(), InLast(), InNext(), DayIs(), MonthIs(), AnniversaryIn(),
):  # fmt: skip
    OPERATORS.register(_operator)
