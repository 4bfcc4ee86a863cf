"""A phone number, kept as E.164."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext
from kesher.lib.addresses import normalise_phone, show_phone


class Phone:
    key = "phone"
    label = _("phone")
    icon = "phone"
    widget = "tel"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        if not text.strip():
            return None
        phone = normalise_phone(text, context.country)
        return phone.number if phone else BadValue("not_a_phone")

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        phone = normalise_phone(value, str(options.get("country", "IL")))
        return phone.number if phone else BadValue("not_a_phone")

    def show(self, value: Any, options: Options, language: str) -> str:
        return show_phone(str(value))

    def edit(self, value: Any, options: Options) -> str:
        return show_phone(str(value))


FIELD_TYPES.register(Phone())
