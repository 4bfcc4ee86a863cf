"""Changes of numbers and ratings: add, subtract, multiply, reset. Choices are added and taken away, too.

Adding to a number that is not known counts from 0; what is not known, multiplied, stays so. Sums are exact
decimals; a product is rounded to the field's decimals, or to 15 digits. A result of more digits than a field
can keep leaves the value as it was. A rating stops at its ends.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.contacts.changes.base import CHANGES, Change, Known, Row, Schema, Text, Wrong
from kesher.contacts.changes.pieces import checked_number, number_of, shown
from kesher.contacts.fields import BadValue
from kesher.contacts.fields.choice import choice_label
from kesher.contacts.fields.number import MOST_DIGITS
from kesher.contacts.fields.rating import highest
from kesher.contacts.vocabulary import FieldInfo

_WHOLE = _("a whole number is expected here")


def _fits(result: str, current: str, places: str | None = None) -> str:
    """SQL: the numeric `result` as JSONB, unless it is unknown or too large."""
    digits = places or f"greatest(0, {MOST_DIGITS} - length(trunc(abs(q.n))::text))"
    rounded = f"(SELECT round(q.n, {digits}) AS n FROM (SELECT {result} AS n OFFSET 0) q OFFSET 0)"
    return (
        f"(SELECT CASE WHEN abs(r.n) < 1e{MOST_DIGITS} THEN to_jsonb(trim_scale(r.n)) ELSE {current} END"
        f" FROM {rounded} r)"
    )


class _Counting:
    """Adding and subtracting, which differ by a sign."""

    types = frozenset({"number", "rating", "choices"})

    def __init__(self, key: str, label: Text, sign: str) -> None:
        self.key, self.label, self._sign = key, label, sign

    def operand(self, info: FieldInfo) -> str:
        return "choice" if info.type == "choices" else "number"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        if info.type == "choices":
            return _one_choice(value, info)
        number = checked_number(value)
        if info.type == "rating" and isinstance(number, float):
            return Wrong("not_whole", _WHOLE)
        return number

    def sql(self, change: Change, current: str, row: Row) -> str:
        if change.field.type == "choices":
            return self._choices(change, current, row)
        operand = row.put(Decimal(str(change.value)), "numeric")
        result = f"coalesce({number_of(current)}, 0) {self._sign} {operand}"
        if change.field.type == "rating":
            return f"to_jsonb(least(greatest({result}, 1), {highest(change.field.options)}))"
        return _fits(result, current)

    def _choices(self, change: Change, current: str, row: Row) -> str:
        order = row.put([choice["key"] for choice in change.field.options["choices"]], "text[]")
        choice = row.put(change.value, "text")
        wanted = f"({current} ? o.key OR o.key = {choice})"
        if self._sign == "-":
            wanted = f"({current} ? o.key AND o.key <> {choice})"
        return (
            f"(SELECT jsonb_agg(o.key ORDER BY o.place) FROM unnest({order})"
            f" WITH ORDINALITY AS o(key, place) WHERE {wanted})"
        )

    def words(self, change: Change) -> str:
        named = {"field": str(change.field.label)}
        if change.field.type == "choices":
            named["value"] = choice_label(change.value, change.field.options)
            if self._sign == "+":
                return gettext("Add “%(value)s” to “%(field)s”") % named
            return gettext("Take “%(value)s” out of “%(field)s”") % named
        named["value"] = shown(change.value)
        if self._sign == "+":
            return gettext("Add %(value)s to “%(field)s”") % named
        return gettext("Subtract %(value)s from “%(field)s”") % named

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        if info.type == "choices":
            return {"enum": [choice["key"] for choice in info.options["choices"]]}
        return {"type": "integer" if info.type == "rating" else "number"}


def _one_choice(value: Any, info: FieldInfo) -> str | Wrong:
    found = info.field_type.check([value], info.options) if isinstance(value, str) else None
    if isinstance(found, list):
        return str(found[0])
    text = found.words if isinstance(found, BadValue) else _("name one of the choices")
    return Wrong("bad_choice", text)


class Multiply:
    key, label = "multiply", _("multiply")
    types = frozenset({"number"})

    def operand(self, info: FieldInfo) -> str:
        return "number"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        return checked_number(value)

    def sql(self, change: Change, current: str, row: Row) -> str:
        places = change.field.options.get("decimals")
        operand = row.put(Decimal(str(change.value)), "numeric")
        result = f"{number_of(current)} * {operand}"
        return _fits(result, current, str(places) if isinstance(places, int) else None)

    def words(self, change: Change) -> str:
        named = {"field": str(change.field.label), "value": shown(change.value)}
        return gettext("Multiply “%(field)s” by %(value)s") % named

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        return {"type": "number"}


class Reset:
    """To the field's default, which is 0 unless its options say otherwise."""

    key, label = "reset", _("reset")
    types = frozenset({"number"})

    def operand(self, info: FieldInfo) -> str:
        return "none"

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        return value

    def sql(self, change: Change, current: str, row: Row) -> str:
        return row.put(json.dumps(change.field.options.get("default", 0)), "jsonb")

    def words(self, change: Change) -> str:
        start = shown(change.field.options.get("default", 0))
        return gettext("Reset “%(field)s” to %(value)s") % {
            "field": str(change.field.label),
            "value": start,
        }

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        return None


CHANGES.register(_Counting("add", _("add"), "+"))
CHANGES.register(_Counting("subtract", _("subtract"), "-"))
CHANGES.register(Multiply())
CHANGES.register(Reset())
