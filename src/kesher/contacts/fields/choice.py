"""One of several choices. Kept as the choice's stable key; options {"choices": [{"key", "label"}]}."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext


def folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def find_choice(text: str, options: Options) -> str | None:
    """The key of the choice with this key or label, or None."""
    wanted = folded(text)
    for choice in options.get("choices", ()):
        if wanted in (folded(choice["key"]), folded(choice["label"])):
            return str(choice["key"])
    return None


def choice_label(key: str, options: Options) -> str:
    """The label of a choice; a key that was since removed shows as itself."""
    return next((c["label"] for c in options.get("choices", ()) if c["key"] == key), key)


class Choice:
    key = "choice"
    label = _("single choice")
    icon = "circle-dot"
    widget = "select"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        if not text.strip():
            return None
        return find_choice(text, options) or BadValue("not_a_choice", {"value": text.strip()[:80]})

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        return find_choice(value, options) or BadValue("not_a_choice", {"value": value[:80]})

    def show(self, value: Any, options: Options, language: str) -> str:
        return choice_label(str(value), options)

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Choice())
