"""Which fields a contact has, and how merge tags and column heads name them: by key or by label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.contacts.fields import FIELD_TYPES, FieldType
from kesher.contacts.models import Field


@dataclass(frozen=True)
class FieldInfo:
    """A field of a contact. `column` is its column in the table, None for a custom one in `fields`.

    `names` are further words it is known by, in any language.
    """

    key: str
    label: str | Promise
    type: str
    column: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    names: tuple[str, ...] = ()

    @property
    def field_type(self) -> FieldType:
        return FIELD_TYPES.get(self.type)


def _default(key: str, label: str | Promise, kind: str, *names: str) -> FieldInfo:
    return FieldInfo(key, label, kind, key, {}, names)


DEFAULT_FIELDS: tuple[FieldInfo, ...] = (
    _default("first_name", _("First name"), "text", "first name", "שם פרטי", "פרטי", "firstname"),
    _default("last_name", _("Last name"), "text", "last name", "שם משפחה", "משפחה", "lastname"),
    _default(
        "email", _("E-mail"), "email", "e-mail", "email", "mail", "דוא״ל", "דואל", "אימייל", "מייל"
    ),
    _default("mobile", _("Mobile"), "phone", "mobile", "cell", "נייד", "טלפון נייד", "סלולרי"),
    _default("phone", _("Phone"), "phone", "phone", "telephone", "טלפון", "טלפון קווי"),
    _default("role", _("Role"), "text", "role", "job title", "תפקיד"),
    _default("company", _("Company"), "text", "company", "חברה", "שם חברה"),
    _default("city", _("City"), "text", "city", "town", "עיר", "יישוב"),
    _default(
        "birthday", _("Birthday"), "date", "birthday", "date of birth", "יום הולדת", "תאריך לידה"
    ),
    _default("notes", _("Notes"), "long_text", "notes", "הערות"),
)
DEFAULT_KEYS = frozenset(info.key for info in DEFAULT_FIELDS)


def fields_of(workspace: Workspace, *, archived: bool = False) -> list[FieldInfo]:
    """The default fields, then the workspace's own in their order; archived ones only when asked."""
    custom = Field.objects.filter(workspace=workspace).order_by("position", "id")
    if not archived:
        custom = custom.filter(archived_at=None)
    return [*DEFAULT_FIELDS, *(info_of(row) for row in custom)]


def info_of(row: Field) -> FieldInfo:
    return FieldInfo(row.key, row.label, row.type, None, row.options)


def folded(name: str) -> str:
    """A name as it is compared: NFC, lower case, without niqqud, gershayim and doubled or odd spaces."""
    text = unicodedata.normalize("NFC", name).casefold()
    text = re.sub(r"[\u0591-\u05bd\u05bf-\u05c7\"'״׳`]", "", text)
    return re.sub(r"[\s_\-־]+", " ", text).strip()


def resolve(tag: str, fields: Iterable[FieldInfo]) -> FieldInfo | None:
    """The field that a merge tag or a column head names: by key, by label, by another name; else None."""
    known = list(fields)
    for info in known:
        if info.key == tag:
            return info
    wanted = folded(tag)
    for info in known:
        if wanted in (folded(info.key), folded(str(info.label))):
            return info
    return next((info for info in known if wanted in map(folded, info.names)), None)
