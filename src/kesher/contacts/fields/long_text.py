"""Text of several lines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext
from kesher.contacts.fields.text import clean_text

LONGEST = 20_000


class LongText:
    key = "long_text"
    label = _("long text")
    icon = "align-left"
    widget = "textarea"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        return clean_text(text, longest=LONGEST, lines=True)

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None:
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        return clean_text(value, longest=LONGEST, lines=True)

    def show(self, value: Any, options: Options, language: str) -> str:
        return str(value)

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(LongText())
