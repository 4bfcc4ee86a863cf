"""What a change is, and the contract of a kind of change: check, SQL, words, schema.

A change says what becomes of one field: {"field": "clicks", "do": "add", "value": 1}. All kinds work on the
value as JSONB, NULL when it is not known, so that columns and custom fields are changed alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

from kesher.contacts.vocabulary import FieldInfo
from kesher.lib.registry import Registry

Text = str | Promise
Schema = dict[str, Any]

# What identifies a person is never given to many, and never by a link.
IDENTIFYING = frozenset({"email", "mobile"})


@dataclass(frozen=True)
class Known:
    """What a change is checked against: the workspace's fields by key, and its country for phones."""

    fields: Mapping[str, FieldInfo]
    country: str = "IL"


@dataclass(frozen=True)
class Wrong:
    """Why an operand was not taken. `text` has named placeholders, which `data` fills."""

    code: str
    text: Text
    data: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str | None = None


@dataclass(frozen=True)
class Change:
    """One step. `value` is typed by the kind; `other` is the field that is copied from."""

    field: FieldInfo
    do: str
    value: Any = None
    other: FieldInfo | None = None

    @property
    def kind(self) -> ChangeKind:
        return CHANGES.get(self.do)

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def origin(self) -> FieldInfo:
        """The field that is copied from. Raises ValueError for a change that copies nothing."""
        if self.other is None:
            raise ValueError(f"{self.do} copies from no field")
        return self.other

    def stored(self) -> dict[str, Any]:
        """The change as JSON, as `read_changes` reads it."""
        found = {"field": self.key, "do": self.do}
        return found if self.value is None else {**found, "value": self.value}


class Row(Protocol):
    """The contact's row as a kind's SQL sees it, after the steps before."""

    def put(self, value: Any, cast: str) -> str:
        """A value beside the statement; answers the SQL that stands for it."""
        ...

    def of(self, info: FieldInfo) -> str:
        """The value of another field as JSONB, NULL when it is not known."""
        ...

    def zone(self) -> str:
        """SQL for the name of the workspace's time zone."""
        ...

    def now(self) -> str:
        """SQL for the instant of the change."""
        ...


class ChangeKind(Protocol):
    """One kind of change with all its faces. `operand` tells the builder what to ask for:

    value (as of the field), number, choice, day, days, field, or none.
    """

    @property
    def key(self) -> str:
        """What a change writes as "do". Stored: never renamed."""
        ...

    @property
    def label(self) -> Text: ...
    @property
    def types(self) -> frozenset[str]:
        """The types of fields it can change."""
        ...

    def operand(self, info: FieldInfo) -> str: ...

    def check(self, value: Any, info: FieldInfo, known: Known) -> Any | Wrong:
        """The typed operand of JSON from outside."""
        ...

    def sql(self, change: Change, current: str, row: Row) -> str:
        """JSONB after the change, where `current` (a column's name) is the value before. Never raises for data."""
        ...

    def words(self, change: Change) -> str:
        """The change as a sentence in the active language, without a full stop."""
        ...

    def schema(self, info: FieldInfo, known: Known) -> Schema | None:
        """JSON Schema of the operand; None when there is none."""
        ...


CHANGES: Registry[ChangeKind] = Registry("kind of change")


def kinds_for(info: FieldInfo) -> list[ChangeKind]:
    """What can be done to this field, in the order of the picker; nothing to what identifies a person."""
    if info.key in IDENTIFYING:
        return []
    return [kind for kind in CHANGES if info.type in kind.types]
