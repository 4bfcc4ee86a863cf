"""Direction of text that mixes Hebrew and Latin, with the invisible marks of Unicode (UAX #9)."""

from __future__ import annotations

import re

FIRST_STRONG, LEFT_TO_RIGHT, END = "\u2068", "\u2066", "\u2069"
_HEBREW_OR_ARABIC = re.compile(r"[\u0590-\u08ff]")


def isolated(text: str) -> str:
    """Words of a person inside a sentence of ours, in their own direction."""
    return f"{FIRST_STRONG}{text}{END}"


def file_name(name: str) -> str:
    """A file's name in the direction of its words, with an ending such as `2026.csv` kept together.

    Without the marks a year before the dot is read as Hebrew and the ending is torn off: `csv.2026`.
    """
    words, space, last = name.rpartition(" ")
    if not _HEBREW_OR_ARABIC.search(last):
        last = f"{LEFT_TO_RIGHT}{last}{END}"
    return isolated(f"{words}{space}{last}")
