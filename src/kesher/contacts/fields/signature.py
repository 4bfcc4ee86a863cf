"""A signature drawn by finger or mouse: a small PNG kept as a data address."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext

PREFIX = "data:image/png;base64,"
LONGEST = 200_000
_PNG = b"\x89PNG\r\n\x1a\n"


class Signature:
    key = "signature"
    label = _("signature")
    icon = "signature"
    widget = "signature"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        return self.check(text.strip() or None, options)

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        if not value.startswith(PREFIX) or len(value) > LONGEST:
            return BadValue("not_a_signature")
        try:
            picture = base64.b64decode(value[len(PREFIX) :], validate=True)
        except (binascii.Error, ValueError):
            return BadValue("not_a_signature")
        return value if picture.startswith(_PNG) else BadValue("not_a_signature")

    def show(self, value: Any, options: Options, language: str) -> str:
        return "חתום" if language == "he" else "Signed"

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Signature())
