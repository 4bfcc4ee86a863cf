"""Numbers and ratings, compared as decimals. "More than" and "or more" are two operators and say so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind, family
from kesher.rules.operators.operands import FromTo, OneNumber
from kesher.rules.vocabulary import Field


class NumberFamily:
    key = "number"
    types = ("number", "rating")

    def read(self, value: Any, moment: Moment) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return None
        number = Decimal(str(value))
        return number if number.is_finite() else None

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"CASE WHEN jsonb_typeof({json}) = 'number' THEN ({json})::numeric END"

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"{column}::numeric"


family(NumberFamily())


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


class _OneNumber:
    family = "number"
    operand = OneNumber()

    def prepare(self, value: Any, field: Field, moment: Moment) -> Decimal:
        return _decimal(value)


class Equals(_OneNumber):
    name, key = "equals", "number.equals"
    label = _("is exactly")
    sentence = _("%(field)s is exactly %(value)s")
    negation = _("%(field)s is not %(value)s")

    def test(self, typed: Decimal, prepared: Decimal) -> bool:
        return typed == prepared

    def sql(self, typed: str, prepared: Decimal, bind: Bind) -> str:
        return f"{typed} = {bind(prepared, 'numeric')}"


class More(_OneNumber):
    name, key = "gt", "number.gt"
    label = _("is more than")
    sentence = _("%(field)s is more than %(value)s")
    negation = _("%(field)s is not more than %(value)s")

    def test(self, typed: Decimal, prepared: Decimal) -> bool:
        return typed > prepared

    def sql(self, typed: str, prepared: Decimal, bind: Bind) -> str:
        return f"{typed} > {bind(prepared, 'numeric')}"


class OrMore(_OneNumber):
    name, key = "gte", "number.gte"
    label = _("is that or more")
    sentence = _("%(field)s is %(value)s or more")
    negation = _("%(field)s is not %(value)s or more")

    def test(self, typed: Decimal, prepared: Decimal) -> bool:
        return typed >= prepared

    def sql(self, typed: str, prepared: Decimal, bind: Bind) -> str:
        return f"{typed} >= {bind(prepared, 'numeric')}"


class Less(_OneNumber):
    name, key = "lt", "number.lt"
    label = _("is less than")
    sentence = _("%(field)s is less than %(value)s")
    negation = _("%(field)s is not less than %(value)s")

    def test(self, typed: Decimal, prepared: Decimal) -> bool:
        return typed < prepared

    def sql(self, typed: str, prepared: Decimal, bind: Bind) -> str:
        return f"{typed} < {bind(prepared, 'numeric')}"


class OrLess(_OneNumber):
    name, key = "lte", "number.lte"
    label = _("is that or less")
    sentence = _("%(field)s is %(value)s or less")
    negation = _("%(field)s is not %(value)s or less")

    def test(self, typed: Decimal, prepared: Decimal) -> bool:
        return typed <= prepared

    def sql(self, typed: str, prepared: Decimal, bind: Bind) -> str:
        return f"{typed} <= {bind(prepared, 'numeric')}"


class Between:
    family, name, key = "number", "between", "number.between"
    operand = FromTo(OneNumber(), _decimal)
    label = _("is between (both included)")
    sentence = _("%(field)s is between %(value)s, both included")
    negation = _("%(field)s is not between %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[Decimal, Decimal]:
        return _decimal(value[0]), _decimal(value[1])

    def test(self, typed: Decimal, prepared: tuple[Decimal, Decimal]) -> bool:
        return prepared[0] <= typed <= prepared[1]

    def sql(self, typed: str, prepared: tuple[Decimal, Decimal], bind: Bind) -> str:
        low, high = bind(prepared[0], "numeric"), bind(prepared[1], "numeric")
        return f"{typed} BETWEEN {low} AND {high}"


for _operator in (Equals(), More(), OrMore(), Less(), OrLess(), Between()):
    OPERATORS.register(_operator)
