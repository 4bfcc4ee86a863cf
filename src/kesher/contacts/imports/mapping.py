"""What each column of a file becomes: a list of entries, one per column, kept as JSON on the import.

An entry is {"to", "label", "type", "header"}. `to` is a default field's key, "external_id", "full_name",
"field:<key>" for a custom field, "new" for a field made when the import starts (`label`, `type`), or "skip".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.contacts.fields import FIELD_TYPES
from kesher.contacts.models import ImportMapping
from kesher.contacts.vocabulary import DEFAULT_KEYS, FieldInfo, folded

SKIP, NEW, FULL_NAME, EXTERNAL_ID = "skip", "new", "full_name", "external_id"
CUSTOM = "field:"
ADDRESSES = ("email", "mobile", EXTERNAL_ID)
SPECIAL = {
    FULL_NAME: _("Full name (split into first and last)"),
    EXTERNAL_ID: _("Customer number in another system"),
}
NEW_TYPES = ("text", "long_text", "number", "date", "yes_no", "choice", "choices", "url")


@dataclass(frozen=True)
class Entry:
    """One column. `label` and `type` matter only for "new"."""

    to: str
    header: str = ""
    label: str = ""
    type: str = "text"

    @property
    def custom_key(self) -> str | None:
        return self.to.removeprefix(CUSTOM) if self.to.startswith(CUSTOM) else None


@dataclass(frozen=True)
class Problem:
    """Something to mend before the import may start. `column` None: the mapping as a whole."""

    column: int | None
    text: str


def to_json(entries: Iterable[Entry]) -> list[dict[str, str]]:
    return [asdict(entry) for entry in entries]


def from_json(data: Sequence[dict[str, Any]]) -> list[Entry]:
    return [
        Entry(*(str(item.get(key, default)) for key, default in _SHAPE.items())) for item in data
    ]


_SHAPE = {"to": SKIP, "header": "", "label": "", "type": "text"}


def problems(
    entries: Sequence[Entry], fields: Sequence[FieldInfo], *, blocked: bool
) -> list[Problem]:
    """What keeps this mapping from being used; empty when nothing does."""
    found: list[Problem] = []
    known = {info.key for info in fields if info.column is None}
    targets = [entry.to for entry in entries]
    for number, entry in enumerate(entries):
        if not _exists(entry, known):
            found.append(Problem(number, str(_("This field is gone. Choose another."))))
        elif entry.to not in (SKIP, NEW) and targets.index(entry.to) != number:
            found.append(Problem(number, str(_("Another column goes to this field already."))))
        elif entry.to == NEW and not entry.label.strip():
            found.append(Problem(number, str(_("Give the new field a name."))))
    if not {"email", "mobile", "phone"} & set(targets):
        text = (
            _("Say which column holds the addresses to block: e-mail or mobile.")
            if blocked
            else _("Say which column holds the e-mail or the mobile: people are known by them.")
        )
        found.append(Problem(None, str(text)))
    return found


def _exists(entry: Entry, custom: set[str]) -> bool:
    if entry.to == NEW:
        return entry.type in FIELD_TYPES
    if entry.custom_key is not None:
        return entry.custom_key in custom
    return entry.to in DEFAULT_KEYS or entry.to in (SKIP, FULL_NAME, EXTERNAL_ID)


def header_hash(headers: Iterable[str]) -> str:
    """Recognises a file by its header, whatever the case and spaces in it."""
    return hashlib.sha256("\x1f".join(map(folded, headers)).encode()).hexdigest()


def saved_for(workspace: Workspace, headers: Sequence[str]) -> ImportMapping | None:
    """The newest mapping that was saved for such a file, if any."""
    found = ImportMapping.objects.filter(workspace=workspace, header_hash=header_hash(headers))
    return found.order_by("-created_at").first()
