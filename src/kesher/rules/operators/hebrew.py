"""Anniversaries by the Hebrew calendar, by the customs that `lib.hebrew` states; of dates up to 150 years back.

What is asked is worked out into the days that have their anniversary then, so that both evaluators compare days only.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.lib.hebrew import days_kept_on
from kesher.rules.durations import moved, read_duration
from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind
from kesher.rules.operators.days import read_day
from kesher.rules.operators.operands import Days, OneDay
from kesher.rules.vocabulary import Field

LONGEST_YEAR = 385  # days: within them everybody's comes


class _Kept:
    """Prepared: the days whose anniversary it is."""

    family = "date"

    def test(self, typed: date, prepared: frozenset[date]) -> bool:
        return typed in prepared

    def sql(self, typed: str, prepared: frozenset[date], bind: Bind) -> str:
        return f"{typed} = ANY({bind(sorted(prepared), 'date[]')})"


class HebrewOn(_Kept):
    name, key = "hebrew_on", "date.hebrew_on"
    operand = OneDay()
    label = _("has its Hebrew anniversary on")
    sentence = _("the Hebrew anniversary of %(field)s is on %(value)s")
    negation = _("the Hebrew anniversary of %(field)s is not on %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> frozenset[date]:
        return frozenset(days_kept_on(read_day(value) or moment.today))


class HebrewEveOn(_Kept):
    """For what happened after sunset, when the next Hebrew day had begun."""

    name, key = "hebrew_eve_on", "date.hebrew_eve_on"
    operand = OneDay()
    label = _("was after sunset, and has its Hebrew anniversary on")
    sentence = _("the Hebrew anniversary of %(field)s, after sunset, is on %(value)s")
    negation = _("the Hebrew anniversary of %(field)s, after sunset, is not on %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> frozenset[date]:
        night = timedelta(days=1)
        return frozenset(day - night for day in days_kept_on(read_day(value) or moment.today))


class HebrewIn(_Kept):
    name, key = "hebrew_in", "date.hebrew_in"
    operand = Days()
    label = _("has its Hebrew anniversary within")
    sentence = _("the Hebrew anniversary of %(field)s is today or within %(value)s from today")
    negation = _("the Hebrew anniversary of %(field)s is not within %(value)s from today")

    def prepare(self, value: Any, field: Field, moment: Moment) -> frozenset[date]:
        duration = read_duration(value)
        today = moment.today
        last = moved(today, duration, sign=1) if duration else today
        length = min((last - today).days, LONGEST_YEAR)
        days = (today + timedelta(days=step) for step in range(length + 1))
        return frozenset(born for day in days for born in days_kept_on(day))


for _operator in (HebrewOn(), HebrewEveOn(), HebrewIn()):
    OPERATORS.register(_operator)
