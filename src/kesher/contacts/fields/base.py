"""The contract of a field type: text from people in, typed JSON value out, and words again.

A type never raises for what people write: it answers a value or a BadValue with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

from kesher.contacts.fields.reasons import REASONS
from kesher.lib.registry import Registry

Options = Mapping[str, Any]


@dataclass(frozen=True)
class ParseContext:
    """How to read what people write: whose phone numbers, which day comes first, which clock."""

    country: str = "IL"
    time_zone: str = "Asia/Jerusalem"
    day_first: bool = True


@dataclass(frozen=True)
class BadValue:
    """`reason` is a key of REASONS; `detail` fills its words."""

    reason: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The reason as a sentence in the active language."""
        return str(REASONS[self.reason]) % self.detail


class FieldType(Protocol):
    """One kind of field. `widget` names the input that edits it; `edit` fills that input."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str | Promise: ...
    @property
    def icon(self) -> str: ...
    @property
    def widget(self) -> str: ...

    def parse(self, text: str, options: Options, context: ParseContext) -> Any | BadValue:
        """The typed value of what somebody wrote. None: nothing was written."""
        ...

    def check(self, value: Any, options: Options) -> Any | BadValue:
        """The typed value of JSON from outside. None: no value."""
        ...

    def show(self, value: Any, options: Options, language: str) -> str:
        """The value as people read it."""
        ...

    def edit(self, value: Any, options: Options) -> str:
        """The value as text that `parse` reads back to the same value."""
        ...


FIELD_TYPES: Registry[FieldType] = Registry("field type")
