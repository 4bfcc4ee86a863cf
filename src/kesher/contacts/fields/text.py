"""One line of text."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext

LONGEST = 1_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean_text(text: str, *, longest: int, lines: bool) -> str | BadValue | None:
    """NFC without surrounding space; None when nothing is left. One line unless `lines`."""
    if _CONTROL.search(text):
        return BadValue("control_characters")
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not lines:
        tidy = re.sub(r"\s+", " ", tidy)
    if len(tidy) > longest:
        return BadValue("too_long", {"most": longest})
    return tidy or None


class Text:
    key = "text"
    label = _("text")
    icon = "forms"
    widget = "text"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        return clean_text(text, longest=LONGEST, lines=False)

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None:
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        return clean_text(value, longest=LONGEST, lines=False)

    def show(self, value: Any, options: Options, language: str) -> str:
        return str(value)

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Text())
