"""Any of several choices. Kept as their stable keys, in the order of the field's options, each once."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext
from kesher.contacts.fields.choice import choice_label, find_choice

_SEPARATORS = re.compile(r"[,;|\n]")


def _in_order(keys: set[str], options: Options) -> list[str] | None:
    return [c["key"] for c in options.get("choices", ()) if c["key"] in keys] or None


class Choices:
    key = "choices"
    label = _("multiple choice")
    icon = "checkbox"
    widget = "checkboxes"

    def parse(
        self, text: str, options: Options, context: ParseContext
    ) -> list[str] | BadValue | None:
        whole = find_choice(text, options) if text.strip() else None
        if whole:  # a label that holds a comma
            return [whole]
        return self._checked([part for part in _SEPARATORS.split(text) if part.strip()], options)

    def check(self, value: Any, options: Options) -> list[str] | BadValue | None:
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            return BadValue("wrong_type")
        return self._checked(value, options)

    def _checked(self, parts: list[str], options: Options) -> list[str] | BadValue | None:
        keys = set()
        for part in parts:
            key = find_choice(part, options)
            if key is None:
                return BadValue("not_a_choice", {"value": part.strip()[:80]})
            keys.add(key)
        return _in_order(keys, options)

    def show(self, value: Any, options: Options, language: str) -> str:
        return ", ".join(choice_label(key, options) for key in value)

    def edit(self, value: Any, options: Options) -> str:
        return "\n".join(value)


FIELD_TYPES.register(Choices())
