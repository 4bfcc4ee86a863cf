"""An e-mail address, in lower case."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext
from kesher.lib.addresses import normalise_email


class Email:
    key = "email"
    label = _("e-mail")
    icon = "mail"
    widget = "email"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        if not text.strip():
            return None
        return normalise_email(text) or BadValue("not_an_email")

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        return normalise_email(value) or BadValue("not_an_email")

    def show(self, value: Any, options: Options, language: str) -> str:
        return str(value)

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Email())
