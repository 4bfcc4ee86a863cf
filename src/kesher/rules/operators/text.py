"""Text of any kind, as people read it: case and composition of letters do not matter, niqqud does."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.folding import folded, folded_sql, folds_from_itself
from kesher.rules.moment import Moment
from kesher.rules.operators.base import OPERATORS, Bind, family
from kesher.rules.operators.operands import OneText, Several
from kesher.rules.vocabulary import Field

TEXT = "text"


class TextFamily:
    """An empty text is a missing one, as in the table of contacts."""

    key = TEXT
    types = ("text", "long_text", "email", "phone", "url")

    def read(self, value: Any, moment: Moment) -> str | None:
        return folded(value) or None if isinstance(value, str) else None

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        text = folded_sql(f"{json} #>> '{{}}'")
        return f"CASE WHEN jsonb_typeof({json}) = 'string' THEN nullif({text}, '') END"

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        return f"nullif({folded_sql(column)}, '')"


family(TextFamily())


_BETWEEN_DIGITS = re.compile(r"[\s().\-\u2010-\u2015]")
_COUNTRY = "+972"


def _operand(value: str, field: Field, *, whole: bool) -> str:
    """As it is compared. Phones are stored as E.164 and asked for as people write them: 050-123 4567, 00972 50…

    `whole`: the operand begins where the number does; a part loses the zero that no stored number has.
    """
    tidy = _BETWEEN_DIGITS.sub("", value) if field.type == "phone" else ""
    if not tidy:
        return folded(value)
    if tidy.startswith("00"):
        tidy = f"+{tidy[2:]}"
    elif tidy.startswith("0"):
        tidy = (_COUNTRY if whole else "") + tidy[1:]
    return folded(tidy or value)


class _OneText:
    family = "text"
    operand = OneText()
    is_whole = True

    def prepare(self, value: Any, field: Field, moment: Moment) -> str:
        return _operand(value, field, whole=self.is_whole)


class Equals(_OneText):
    name, key = "equals", "text.equals"
    label = _("is")
    sentence = _("%(field)s is %(value)s")
    negation = _("%(field)s is not %(value)s")

    def test(self, typed: str, prepared: str) -> bool:
        return typed == prepared

    def sql(self, typed: str, prepared: str, bind: Bind) -> str:
        return f"{typed} = {bind(prepared, 'text')}"


class OneOf:
    family, name, key = "text", "one_of", "text.one_of"
    operand = Several(OneText())
    label = _("is one of")
    sentence = _("%(field)s is %(value)s")
    negation = _("%(field)s is not %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_operand(one, field, whole=True) for one in value))

    def test(self, typed: str, prepared: tuple[str, ...]) -> bool:
        return typed in prepared

    def sql(self, typed: str, prepared: tuple[str, ...], bind: Bind) -> str:
        return f"{typed} = ANY({bind(list(prepared), 'text[]')})"


class Contains(_OneText):
    name, key = "contains", "text.contains"
    is_whole = False
    label = _("contains")
    sentence = _("%(field)s contains %(value)s")
    negation = _("%(field)s does not contain %(value)s")

    def test(self, typed: str, prepared: str) -> bool:
        return prepared in typed

    def sql(self, typed: str, prepared: str, bind: Bind) -> str:
        return f"strpos({typed}, {bind(prepared, 'text')}) > 0"


class StartsWith(_OneText):
    name, key = "starts_with", "text.starts_with"
    label = _("starts with")
    sentence = _("%(field)s starts with %(value)s")
    negation = _("%(field)s does not start with %(value)s")

    def test(self, typed: str, prepared: str) -> bool:
        return typed.startswith(prepared)

    def sql(self, typed: str, prepared: str, bind: Bind) -> str:
        return f"starts_with({typed}, {bind(prepared, 'text')})"


class EndsWith(_OneText):
    name, key = "ends_with", "text.ends_with"
    label = _("ends with")
    sentence = _("%(field)s ends with %(value)s")
    negation = _("%(field)s does not end with %(value)s")

    def prepare(self, value: Any, field: Field, moment: Moment) -> str:
        tidy = _BETWEEN_DIGITS.sub("", value) if field.type == "phone" else ""
        return folded(tidy or value)

    def test(self, typed: str, prepared: str) -> bool:
        return typed.endswith(prepared)

    def sql(self, typed: str, prepared: str, bind: Bind) -> str:
        length = bind(len(prepared), "int")
        return f"right({typed}, {length}) = {bind(prepared, 'text')}"


def is_verbatim(operator: object, prepared: Any) -> bool:
    """Whether the stored text may be compared as it is: nothing but itself folds to what is asked for."""
    match operator:
        case Equals():
            return folds_from_itself(prepared)
        case OneOf():
            return all(map(folds_from_itself, prepared))
        case _:
            return False


def stored_text(json: str) -> str:
    """SQL for the text of a JSONB expression as it is; NULL when it is no text."""
    return f"CASE WHEN jsonb_typeof({json}) = 'string' THEN {json} #>> '{{}}' END"


for _operator in (Equals(), OneOf(), Contains(), StartsWith(), EndsWith()):
    OPERATORS.register(_operator)
