"""How a text message is counted on the radio: GSM 03.38 / 3GPP TS 23.038 letters, UTF-16 for all else, parts of TS 23.040.

Pure. What a gateway charges for a number of parts is the provider's own rule (`channels.providers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["gsm7", "ucs2"]

# TS 23.038 §6.2.1; what follows an escape (§6.2.1.1) takes two septets. The escape itself is no letter.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
BASIC, EXTENDED = frozenset(_BASIC), frozenset(_EXTENDED)
_NOT_GSM = re.compile(f"[^{re.escape(_BASIC + _EXTENDED)}]")
_EXTENDED_LETTER = re.compile(f"[{re.escape(_EXTENDED)}]")
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")

# One part; of several each gives seven septets (six bytes) to the header that joins them (TS 23.040 §9.2.3.24.1).
_ALONE: dict[Encoding, int] = {"gsm7": 160, "ucs2": 70}
_JOINED: dict[Encoding, int] = {"gsm7": 153, "ucs2": 67}

WHOLE = 4096  # what WhatsApp takes in one message

# What writing programs put in by themselves, and the GSM letter that reads the same.
LOOK_ALIKES = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u05f3": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u05f4": '"',
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u05be": "-",
    "\u2026": "...",
    "\u00a0": " ",
    "\u2007": " ",
    "\u202f": " ",
    "\u2022": "*",
    "\u00b4": "'",
    "`": "'",
    "\u200b": "",
    "\u200e": "",
    "\u200f": "",
    "\ufeff": "",
    "\t": " ",
}
_LOOK_ALIKE = re.compile(f"[{''.join(LOOK_ALIKES)}]")


@dataclass(frozen=True, slots=True)
class Size:
    """`characters` are as billed: an extension letter or an emoji counts two. `left`: until the next part begins.

    `per_part` is what one part holds at this length; an empty text has no parts.
    """

    encoding: Encoding
    characters: int
    parts: int
    per_part: int
    left: int


def measure(text: str) -> Size:
    """Count it as phones do."""
    if _NOT_GSM.search(text):
        return _size("ucs2", len(text) + len(_BEYOND_BMP.findall(text)), text)
    return _size("gsm7", len(text) + len(_EXTENDED_LETTER.findall(text)), text)


def whole(text: str) -> Size:
    """Of a channel that sends any length in one piece, such as WhatsApp."""
    characters = len(text)
    return Size("ucs2", characters, 1 if characters else 0, WHOLE, max(0, WHOLE - characters))


def measure_for(channel: str, text: str) -> Size:
    """As the channel counts it."""
    return whole(text) if channel == "whatsapp" else measure(text)


def _size(encoding: Encoding, characters: int, text: str) -> Size:
    alone = _ALONE[encoding]
    if characters <= alone:
        return Size(encoding, characters, 1 if characters else 0, alone, alone - characters)
    room = _JOINED[encoding]
    parts, filled = 1, 0
    for width in _widths(encoding, text, characters):
        if filled + width > room:  # an escape or a surrogate pair is not torn apart
            parts, filled = parts + 1, 0
        filled += width
    return Size(encoding, characters, parts, room, room - filled)


def _widths(encoding: Encoding, text: str, characters: int) -> Iterator[int]:
    """How much room each letter takes; a run of equal ones at once when all are single."""
    if characters == len(text):
        room = _JOINED[encoding]
        for _whole in range(characters // room):
            yield room
        if characters % room:
            yield characters % room
        return
    if encoding == "gsm7":
        yield from (2 if letter in EXTENDED else 1 for letter in text)
    else:
        yield from (2 if letter > "\uffff" else 1 for letter in text)


def split_parts(text: str) -> list[str]:
    """The text as it travels, part by part; joined they are the text."""
    size = measure(text)
    if size.parts <= 1:
        return [text] if text else []
    parts, start, filled = [], 0, 0
    for place, letter in enumerate(text):
        width = 1
        if (size.encoding == "gsm7" and letter in EXTENDED) or letter > "\uffff":
            width = 2
        if filled + width > size.per_part:
            parts.append(text[start:place])
            start, filled = place, 0
        filled += width
    return [*parts, text[start:]]


def plainer(text: str) -> str:
    """The text with look-alikes of GSM letters replaced; the same when that would save nothing.

    Hebrew needs UTF-16 anyway, so in it quotation marks stay as they are, unless one takes two letters.
    """
    simple = _LOOK_ALIKE.sub(lambda match: LOOK_ALIKES[match[0]], text)
    if simple == text:
        return text
    before, after = measure(text), measure(simple)
    saves = before.encoding != after.encoding or after.parts < before.parts
    return simple if saves else text


def dear_letters(text: str) -> list[str]:
    """The letters for which a text that is mostly Latin must travel as UTF-16, each once, in order of appearance."""
    return list(dict.fromkeys(_NOT_GSM.findall(text)))
