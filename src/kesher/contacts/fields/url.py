"""A web address, http or https."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext

LONGEST = 2_000
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]+$")


def read_url(text: str) -> str | None:
    """The address with its scheme (https when left out), or None. Only http and https: never javascript:."""
    bare = text.strip()
    if "://" not in bare:
        bare = "https://" + bare
    try:
        parts = urlsplit(bare)
        host = parts.hostname or ""
    except ValueError:
        return None
    good = parts.scheme.lower() in ("http", "https") and _HOST.match(host)
    return bare if good and not re.search(r"[\s<>\"]", bare) and len(bare) <= LONGEST else None


class Url:
    key = "url"
    label = _("web address")
    icon = "link"
    widget = "url"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        if not text.strip():
            return None
        return read_url(text) or BadValue("not_a_url")

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        return read_url(value) or BadValue("not_a_url")

    def show(self, value: Any, options: Options, language: str) -> str:
        return str(value)

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Url())
