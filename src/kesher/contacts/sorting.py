"""The orders of the contacts table: which index walks each, and where a page goes on.

A cursor says how the page before was found and where it ended; one that is not understood starts again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Stage:
    """A stretch of a sort that one index walks: a condition, an order, and where the page before ended.

    `is_range`: the condition is a short stretch of that index.
    """

    condition: str
    order: str
    compare: str
    columns: tuple[str, ...]
    is_range: bool = False


# Empty names come last, and so do those who never did anything: each in a stage of its own, so that no
# condition needs an OR, which would keep the index from being walked.
SORTS: dict[str, tuple[Stage, ...]] = {
    "newest": (Stage("TRUE", "c.id DESC", "c.id < %(a0)s", ("id",)),),
    "oldest": (Stage("TRUE", "c.id", "c.id > %(a0)s", ("id",)),),
    "name": (
        Stage(
            "c.first_name > ''", "c.first_name, c.last_name, c.id",
            "(c.first_name, c.last_name, c.id) > (%(a0)s, %(a1)s, %(a2)s)", ("first_name", "last_name", "id"),
        ),
        Stage(
            "c.first_name = ''", "c.last_name, c.id",
            "(c.last_name, c.id) > (%(a0)s, %(a1)s)", ("last_name", "id"),
        ),
    ),
    "-name": (
        Stage(
            "TRUE", "c.first_name DESC, c.last_name DESC, c.id DESC",
            "(c.first_name, c.last_name, c.id) < (%(a0)s, %(a1)s, %(a2)s)", ("first_name", "last_name", "id"),
        ),
    ),
    "activity": (
        Stage(
            "c.active_at IS NOT NULL", "c.active_at DESC NULLS LAST, c.id DESC",
            "(c.active_at, c.id) < (%(a0)s::timestamptz, %(a1)s)", ("active_at", "id"),
        ),
        Stage("c.active_at IS NULL", "c.id DESC", "c.id < %(a0)s", ("id",)),
    ),
}  # fmt: skip

BY_ID = ("newest", "oldest")

# Of a search that few answer all are put in order at once.
ORDERS = {
    "name": "c.first_name = '', c.first_name, c.last_name, c.id",
    "-name": "c.first_name DESC, c.last_name DESC, c.id DESC",
    "activity": "c.active_at DESC NULLS LAST, c.id DESC",
}

# A search that many answer. No index finds by part of a text and walks by name, and to walk the index of names
# past all who do not match cost 900,000 buffers; so those whose name begins with the words come first, in order,
# and after them the others, newest first.
_STARTS = "nullif(starts_with(c.first_name || ' ' || c.last_name, %(begins)s), FALSE) IS NOT NULL"
_BEGINS = f"(c.first_name >= %(begin)s AND c.first_name < %(begin)s || chr(1114111) AND {_STARTS})"
# A stretch of the index for those who are called by the first word alone, then by the others; and one for first
# names that only begin with it, "Anna Maria". As one stretch, eighty thousand Annas were passed on the way to a Cohen.
_CALLED = (
    "c.first_name = %(begin)s AND c.last_name >= %(rest)s AND c.last_name < %(rest)s || chr(1114111)"
    f" AND {_STARTS}"
)
_LONGER = f"c.first_name > %(begin)s AND c.first_name < %(begin)s || chr(1114111) AND {_STARTS}"
_OTHERS = Stage(f"NOT {_BEGINS}", "c.id DESC", "c.id < %(a0)s", ("id",))


def _by_name(condition: str, *, is_down: bool = False) -> Stage:
    order = "c.first_name DESC, c.last_name DESC, c.id DESC" if is_down else "c.first_name, c.last_name, c.id"  # fmt: skip
    return Stage(
        condition,
        order,
        f"(c.first_name, c.last_name, c.id) {'<' if is_down else '>'} (%(a0)s, %(a1)s, %(a2)s)",
        ("first_name", "last_name", "id"),
        is_range=True,
    )


BROAD_SORTS: dict[str, tuple[Stage, ...]] = {
    "name": (_by_name(_CALLED), _by_name(_LONGER), _OTHERS),
    "-name": (_by_name(_LONGER, is_down=True), _by_name(_CALLED, is_down=True), _OTHERS),
    "activity": SORTS["newest"],
}


def beginnings(text: str) -> dict[str, str]:
    """The parameters of the stages of `BROAD_SORTS`: how the names begin that come first."""
    words = " ".join(text.split())
    capital = words[:1].upper() + words[1:]
    first, _space, rest = capital.partition(" ")
    return {"begin": first, "rest": rest, "begins": capital}


def write_cursor(*values: Any) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def read_cursor(text: str) -> list[Any]:
    """What `write_cursor` was given, times as text; [] for what is no cursor."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode("ascii", "replace")))
    except (ValueError, TypeError):
        return []
    return found if isinstance(found, list) else []


def read_place(values: Sequence[Any], stages: Sequence[Stage]) -> tuple[int, Sequence[Any] | None]:
    """The stage to go on in, and the last row's values there; (0, None) is the beginning."""
    number, *place = values or [0]
    if type(number) is not int or not 0 <= number < len(stages):
        return 0, None
    kinds = [int if column == "id" else str for column in stages[number].columns]
    if [type(value) for value in place] != kinds:
        return 0, None
    try:
        if "active_at" in stages[number].columns:
            datetime.fromisoformat(place[0])
    except ValueError:
        return 0, None
    return number, place
