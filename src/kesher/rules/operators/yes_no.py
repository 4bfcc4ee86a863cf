"""Yes or no. "Not yes" is "no" or unknown; to ask for "no" alone say so."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind, family
from kesher.rules.operators.operands import YesOrNo
from kesher.rules.vocabulary import Field


class YesNoFamily:
    key = "yes_no"
    types = ("yes_no",)

    def read(self, value: Any, moment: Moment) -> bool | None:
        return value if isinstance(value, bool) else None

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"CASE WHEN jsonb_typeof({json}) = 'boolean' THEN ({json} #>> '{{}}')::boolean END"

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return column


family(YesNoFamily())


class Is:
    family, name, key = "yes_no", "is", "yes_no.is"
    operand = YesOrNo()
    label = _("is")
    sentence = _("%(field)s is %(value)s")
    negation = _("%(field)s is not %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> bool:
        return bool(value)

    def test(self, typed: bool, prepared: bool) -> bool:
        return typed is prepared

    def sql(self, typed: str, prepared: bool, bind: Bind) -> str:
        return f"{typed} = {bind(prepared, 'boolean')}"


OPERATORS.register(Is())
