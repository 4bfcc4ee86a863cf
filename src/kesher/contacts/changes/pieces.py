"""Pieces of SQL and checks that several kinds of changes share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.changes.base import Row, Wrong
from kesher.contacts.fields import BadValue
from kesher.contacts.fields.number import Number
from kesher.rules.operators.days import DAY_PATTERN, TIME_PATTERN

_NUMBER = Number()
_RFC3339 = 'YYYY-MM-DD"T"HH24:MI:SS"Z"'


def checked_number(value: Any) -> int | float | Wrong:
    found = _NUMBER.check(value, {})
    if isinstance(found, BadValue):
        return Wrong("bad_number", _("a number is expected here"))
    return Wrong("missing_value", _("say how much")) if found is None else found


def shown(number: Any) -> str:
    return f"{Decimal(str(number)):,f}"


def number_of(current: str) -> str:
    """SQL: the number in a JSONB value, NULL when there is none."""
    return f"CASE WHEN jsonb_typeof({current}) = 'number' THEN ({current})::numeric END"


def day_of(current: str, row: Row) -> str:
    """SQL: the day in a JSONB value, on the workspace's calendar; NULL when there is none."""
    text = f"({current} #>> '{{}}')"
    return (
        f"CASE WHEN {text} ~ {row.put(f'^{DAY_PATTERN}$', 'text')} THEN {text}::date"
        f" WHEN {text} ~ {row.put(f'^{DAY_PATTERN}{TIME_PATTERN}$', 'text')}"
        f" THEN ({text}::timestamptz AT TIME ZONE {row.zone()})::date END"
    )


def local_time(current: str, row: Row) -> str:
    """SQL: the instant in a JSONB value as the workspace's clock shows it; NULL when there is none."""
    text = f"({current} #>> '{{}}')"
    pattern = row.put(f"^{DAY_PATTERN}{TIME_PATTERN}$", "text")
    return f"CASE WHEN {text} ~ {pattern} THEN {text}::timestamptz AT TIME ZONE {row.zone()} END"


def instant_json(instant: str) -> str:
    """SQL: a timestamptz as a field of the type date_time keeps it."""
    return f"to_jsonb(to_char({instant} AT TIME ZONE 'UTC', '{_RFC3339}'))"
