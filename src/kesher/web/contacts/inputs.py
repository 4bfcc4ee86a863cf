"""The form of a contact: one input for each field by its type, filled, read and refused field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from kesher.accounts.models import Workspace
from kesher.contacts.errors import Refused
from kesher.contacts.fields import BadValue
from kesher.contacts.models import Contact
from kesher.contacts.values import context_of
from kesher.contacts.vocabulary import FieldInfo, fields_of


@dataclass
class Input:
    """What the template draws: `text` fills the input, `chosen` ticks its boxes."""

    info: FieldInfo
    widget: str
    text: str = ""
    error: str = ""
    chosen: tuple[str, ...] = ()
    duplicate: int | None = None

    @property
    def choices(self) -> list[dict[str, str]]:
        if self.widget == "rating":
            return [
                {"key": str(n), "label": str(n)}
                for n in range(1, self.info.options.get("max", 5) + 1)
            ]
        return list(self.info.options.get("choices", ()))


def empty_inputs(workspace: Workspace) -> list[Input]:
    return [Input(info, info.field_type.widget) for info in fields_of(workspace)]


def filled_inputs(workspace: Workspace, contact: Contact) -> list[Input]:
    found = empty_inputs(workspace)
    for each in found:
        info = each.info
        value = getattr(contact, info.column) if info.column else contact.fields.get(info.key)
        if value not in (None, "", []):
            _fill(each, info.field_type.edit(value, info.options))
    return found


def _fill(each: Input, text: str) -> None:
    each.text = text
    each.chosen = tuple(text.split("\n"))


def read_inputs(workspace: Workspace, given: QueryDict) -> tuple[list[Input], dict[str, Any]]:
    """The inputs as they were sent, with what is wrong with each, and the typed values of the good ones.

    A signature is not drawn here: one that is not sent stays.
    """
    context = context_of(workspace)
    inputs, values = empty_inputs(workspace), dict[str, Any]()
    for each in inputs:
        name = f"f_{each.info.key}"
        if name not in given and each.widget != "checkboxes":
            continue
        _fill(each, "\n".join(given.getlist(name)))
        typed = each.info.field_type.parse(each.text, each.info.options, context)
        if isinstance(typed, BadValue):
            each.error = typed.words
        else:
            values[each.info.key] = typed
    return inputs, values


def put_refusal(inputs: list[Input], refused: Refused) -> str:
    """Show a refusal at its field; answers the words when it belongs to none."""
    for each in inputs:
        if each.info.key == refused.field:
            each.error, each.duplicate = refused.reason, refused.contact_id
            return ""
    return refused.reason


def has_errors(inputs: list[Input]) -> bool:
    return any(each.error for each in inputs)


def known_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty: for a new contact."""
    return {key: value for key, value in values.items() if value not in (None, "", [])}
