"""Stable keys made from names in any language: "שם פרטי" becomes "שם-פרטי"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container


def make_key(name: str, taken: Container[str] = (), longest: int = 50) -> str:
    """A key from a name: letters and digits of any script, lower case, hyphens; unlike those taken."""
    text = unicodedata.normalize("NFC", name).lower()
    text = re.sub(r"[\u0591-\u05c7]", "", text)
    base = re.sub(r"[^\w]+", "-", text).strip("-_")[:longest] or "x"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
