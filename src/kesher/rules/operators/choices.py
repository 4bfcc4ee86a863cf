"""Any of several choices, compared by the choices' stable keys. "None of" is the negation of "any of"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind, family
from kesher.rules.operators.operands import OneChoice, Several
from kesher.rules.vocabulary import Field

_SOME_TEXT = """'strict $[*] ? (@.type() == "string")'"""


class ChoicesFamily:
    """Entries that are no text are passed over; a list without any text is a missing value."""

    key = "choices"
    types = ("choices",)

    def read(self, value: Any, moment: Moment) -> frozenset[str] | None:
        if not isinstance(value, list | tuple):
            return None
        return frozenset(one for one in value if isinstance(one, str)) or None

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return (
            f"CASE WHEN jsonb_typeof({json}) = 'array'"
            f" AND jsonb_path_exists({json}, {_SOME_TEXT}) THEN {json} END"
        )

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return self.of_json(column, field_type, moment, bind)


family(ChoicesFamily())


class _Several:
    family = "choices"
    operand = Several(OneChoice(), "choices")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[str, ...]:
        return tuple(value)


class AnyOf(_Several):
    name, key = "any_of", "choices.any_of"
    label = _("has any of")
    sentence = _("%(field)s has any of %(value)s")
    negation = _("%(field)s has none of %(value)s")

    def test(self, typed: frozenset[str], prepared: tuple[str, ...]) -> bool:
        return not typed.isdisjoint(prepared)

    def sql(self, typed: str, prepared: tuple[str, ...], bind: Bind) -> str:
        return f"{typed} ?| {bind(list(prepared), 'text[]')}"


class AllOf(_Several):
    name, key = "all_of", "choices.all_of"
    label = _("has all of")
    sentence = _("%(field)s has all of %(value)s")
    negation = _("%(field)s lacks one of %(value)s")

    def test(self, typed: frozenset[str], prepared: tuple[str, ...]) -> bool:
        return typed.issuperset(prepared)

    def sql(self, typed: str, prepared: tuple[str, ...], bind: Bind) -> str:
        return f"{typed} ?& {bind(list(prepared), 'text[]')}"


for _operator in (AnyOf(), AllOf()):
    OPERATORS.register(_operator)
