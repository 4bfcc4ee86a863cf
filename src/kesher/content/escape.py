"""A value brought safely into the place where it stands: HTML, an attribute, an address, text, a header.

Values come from outside: no value can leave its place, change the direction of what follows, or start a
new header line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from unicodedata import bidirectional
from urllib.parse import quote

FSI, PDI, RLM = "\u2068", "\u2069", "\u200f"
# C0 and C1 controls but tab and line break; bidi embeddings, overrides and isolates (UAX 9).
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_PLAIN_RTL = re.compile(r"[\u05d0-\u05ea](?:[\u05d0-\u05ea ־״׳'\"-]*[\u05d0-\u05ea])?\Z")
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"  # with accents: José, Zoë, Łukasz
_PLAIN_LTR = re.compile(rf"[{_LATIN}](?:[{_LATIN}0-9 .,'’&-]*[{_LATIN}0-9])?\Z")


def clean(value: str) -> str:
    return _CONTROLS.sub("", value)


def isolated(value: str, direction: str) -> str:
    """The value between first-strong isolates, unless nothing in it could disturb its surroundings."""
    plain = _PLAIN_RTL if direction == "rtl" else _PLAIN_LTR
    return value if not value or plain.match(value) else f"{FSI}{value}{PDI}"


def first_strong(text: str) -> str | None:
    """ "rtl" or "ltr" by the first strong letter; None when there is none."""
    for letter in text:
        kind = bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return None


def _html(value: str, direction: str) -> str:
    return f"<bdi>{escape(clean(value)).replace(chr(10), '<br>')}</bdi>"


def _attribute(value: str, direction: str) -> str:
    return escape(isolated(_SPACES.sub(" ", clean(value)), direction))


def _url(value: str, direction: str) -> str:
    """A value inside an address: percent-encoded, so it can neither end the address nor the attribute."""
    return quote(clean(value).strip(), safe="")


def _whole_url(value: str, direction: str) -> str:
    """A value that is the whole address. Only http and https; anything else leads nowhere."""
    address = clean(value).strip()
    if not re.match(r"https?://[^\s/]", address, re.IGNORECASE):
        return "#"
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~").replace("&", "&amp;").replace("'", "&#x27;")


def _text(value: str, direction: str) -> str:
    return isolated(clean(value), direction)


def _header(value: str, direction: str) -> str:
    return isolated(_SPACES.sub(" ", clean(value)).strip(), direction)


def _sms(value: str, direction: str) -> str:
    """No isolates: each would cost a letter, and the whole text the encoding of one byte a letter."""
    return _SPACES.sub(" ", clean(value)).strip()


Encoder = Callable[[str, str], str]
ENCODERS: dict[str, Encoder] = {
    "html": _html,
    "attr": _attribute,
    "url": _url,
    "whole_url": _whole_url,
    "text": _text,
    "header": _header,
    "sms": _sms,
}
