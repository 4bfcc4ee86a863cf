"""The contract of an operator and of a family of types. Both evaluators meet only typed values.

A family turns what is stored into a typed value, or into nothing: missing, or of another type. An operator
is then asked only about typed values, so that "missing is false" is decided in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kesher.lib.registry import Registry
from kesher.rules.moment import Moment
from kesher.rules.operators.operands import Operand
from kesher.rules.vocabulary import Field, Text

# Puts a value beside the statement and answers the SQL that stands for it, cast: bind("x", "text").
Bind = Callable[[Any, str], str]


class Family(Protocol):
    """Types whose values are compared alike."""

    @property
    def key(self) -> str: ...
    @property
    def types(self) -> tuple[str, ...]: ...

    def read(self, value: Any, moment: Moment) -> Any | None:
        """The typed value of a plain one; None when it is missing or of another type."""
        ...

    def of_json(self, json: str, field_type: str, moment: Moment, bind: Bind) -> str:
        """SQL for the typed value of the JSONB expression `json`; NULL when missing or of another type."""
        ...

    def of_column(self, column: str, field_type: str, moment: Moment, bind: Bind) -> str:
        """SQL for the typed value of a column of that type."""
        ...


class Operator(Protocol):
    """One operator with all its faces. `family` is a family's key, EVERY for all of them."""

    @property
    def family(self) -> str: ...
    @property
    def name(self) -> str:
        """What a rule writes as "op"."""
        ...

    @property
    def key(self) -> str:
        """Family and name: unlike any other's."""
        ...

    @property
    def label(self) -> Text:
        """As the picker offers it."""
        ...

    @property
    def operand(self) -> Operand: ...
    @property
    def sentence(self) -> Text:
        """With %(field)s and %(value)s."""
        ...

    @property
    def negation(self) -> Text:
        """The sentence when it is negated; that a missing value passes is said by others."""
        ...

    def prepare(self, value: Any, field: Field, moment: Moment) -> Any:
        """The operand as `test` and `sql` compare it."""
        ...

    def test(self, typed: Any, prepared: Any) -> bool: ...

    def sql(self, typed: str, prepared: Any, bind: Bind) -> str:
        """A condition over the typed SQL expression; may be NULL where that is."""
        ...


EVERY = "every"
FAMILIES: Registry[Family] = Registry("family of types")
OPERATORS: Registry[Operator] = Registry("operator")
TYPES: dict[str, Family] = {}


def family(member: Family) -> Family:
    """Register a family and the types it covers."""
    for one in member.types:
        if one in TYPES:
            raise ValueError(f"type {one!r} is in two families")
        TYPES[one] = member
    return FAMILIES.register(member)


def operators_of(field_type: str) -> list[Operator]:
    """What can be asked of a type, in the order of the picker. Empty for an unknown type."""
    if field_type not in TYPES:
        return []
    wanted = (TYPES[field_type].key, EVERY)
    return [operator for operator in OPERATORS if operator.family in wanted]


def operator_of(field_type: str, name: str) -> Operator | None:
    return next((one for one in operators_of(field_type) if one.name == name), None)
