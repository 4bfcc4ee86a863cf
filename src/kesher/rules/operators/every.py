"""What can be asked of every type: whether there is a value at all. "Is empty" is its negation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.moment import Moment
from kesher.rules.operators.base import EVERY, OPERATORS, Bind, family
from kesher.rules.operators.operands import Nothing
from kesher.rules.vocabulary import Field


class OpaqueFamily:
    """Drawn signatures, and other text that nobody compares."""

    key = "opaque"
    types = ("signature",)

    def read(self, value: Any, moment: Moment) -> str | None:
        return value or None if isinstance(value, str) else None

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"CASE WHEN jsonb_typeof({json}) = 'string' THEN nullif({json} #>> '{{}}', '') END"

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"nullif({column}, '')"


family(OpaqueFamily())


class IsSet:
    family, name, key = EVERY, "is_set", "every.is_set"
    operand = Nothing()
    label = _("has a value")
    sentence = _("%(field)s has a value")
    negation = _("%(field)s has no value")

    def prepare(self, value: Any, field: Field, moment: Moment) -> None:
        return None

    def test(self, typed: Any, prepared: None) -> bool:
        return True

    def sql(self, typed: str, prepared: None, bind: Bind) -> str:
        return f"({typed}) IS NOT NULL"


OPERATORS.register(IsSet())
