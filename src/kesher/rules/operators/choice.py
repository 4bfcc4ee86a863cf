"""One of several choices, compared by the choice's stable key."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind, family
from kesher.rules.operators.operands import OneChoice, Several
from kesher.rules.vocabulary import Field


class ChoiceFamily:
    key = "choice"
    types = ("choice",)

    def read(self, value: Any, moment: Moment) -> str | None:
        return value or None if isinstance(value, str) else None

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"CASE WHEN jsonb_typeof({json}) = 'string' THEN nullif({json} #>> '{{}}', '') END"

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"nullif({column}, '')"


family(ChoiceFamily())


class Is:
    family, name, key = "choice", "is", "choice.is"
    operand = OneChoice()
    label = _("is")
    sentence = _("%(field)s is %(value)s")
    negation = _("%(field)s is not %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> str:
        return str(value)

    def test(self, typed: str, prepared: str) -> bool:
        return typed == prepared

    def sql(self, typed: str, prepared: str, bind: Bind) -> str:
        return f"{typed} = {bind(prepared, 'text')}"


class OneOf:
    family, name, key = "choice", "one_of", "choice.one_of"
    operand = Several(OneChoice(), "choices")
    label = _("is one of")
    sentence = _("%(field)s is %(value)s")
    negation = _("%(field)s is not %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[str, ...]:
        return tuple(value)

    def test(self, typed: str, prepared: tuple[str, ...]) -> bool:
        return typed in prepared

    def sql(self, typed: str, prepared: tuple[str, ...], bind: Bind) -> str:
        return f"{typed} = ANY({bind(list(prepared), 'text[]')})"


for _operator in (Is(), OneOf()):
    OPERATORS.register(_operator)
