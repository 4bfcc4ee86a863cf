"""What people and programs give for a contact's fields, checked and sorted into columns and custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kesher.accounts.models import Workspace
from kesher.contacts.errors import Refused
from kesher.contacts.fields import BadValue, ParseContext
from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.lib.addresses import normalise_phone

COLUMNS = (
    "email", "mobile", "external_id", "first_name", "last_name", "phone", "role",
    "company", "city", "birthday", "notes", "language",
)  # fmt: skip


@dataclass
class Values:
    """Typed values: `columns` as the table keeps them, `custom` by field key with None to remove."""

    columns: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns or self.custom)


def context_of(workspace: Workspace) -> ParseContext:
    return ParseContext(
        country=workspace.country,
        time_zone=workspace.time_zone,
        day_first=workspace.country != "US",
    )


def check_values(
    workspace: Workspace, values: Mapping[str, Any], fields: list[FieldInfo] | None = None
) -> Values:
    """Values by field key, typed as JSON. Also `external_id` and `language`. Raises Refused for the first bad one."""
    known = {info.key: info for info in fields or fields_of(workspace)}
    checked = Values()
    for key, value in values.items():
        if key == "external_id":
            checked.columns[key] = _outside_id(value)
        elif key == "language":
            checked.columns[key] = _language(value)
        elif key not in known:
            raise Refused(key, _("There is no field of this name."), code="unknown_field")
        else:
            _put(checked, known[key], value, workspace)
    return checked


def _put(checked: Values, info: FieldInfo, value: Any, workspace: Workspace) -> None:
    options = {**info.options, "country": workspace.country}
    typed = info.field_type.check(value, options)
    if isinstance(typed, BadValue):
        raise Refused(info.key, typed.words, code=typed.reason)
    if info.key == "mobile" and typed:
        _must_be_mobile(typed, workspace)
    if info.column is None:
        checked.custom[info.key] = typed
    elif info.column == "birthday":
        checked.columns["birthday"] = date.fromisoformat(typed) if typed else None
    else:
        checked.columns[info.column] = typed or ""


def _must_be_mobile(number: str, workspace: Workspace) -> None:
    phone = normalise_phone(number, workspace.country)
    if phone and not phone.is_mobile:
        raise Refused(
            "mobile", _("Not a mobile number. Write it as the phone."), code="not_a_mobile"
        )


def _outside_id(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Refused("external_id", _("A value of another kind was expected."), code="wrong_type")
    text = str(value).strip()
    if len(text) > 200 or "\x00" in text:
        raise Refused("external_id", _("Longer than 200 characters."), code="too_long")
    return text


def _language(value: Any) -> str:
    if value not in ("", "he", "en", None):
        raise Refused("language", _("Hebrew (he) or English (en)."), code="not_a_choice")
    return value or ""


def current_value(contact: Contact, key: str) -> Any:
    """The value of a column or a custom field as events and undo keep it: JSON, None when there is none."""
    if key not in COLUMNS:
        return contact.fields.get(key)
    value = getattr(contact, key)
    return value.isoformat() if isinstance(value, date) else value or None
