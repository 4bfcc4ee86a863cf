"""The setting `smart` of a block: what a person's click on its links does besides leading somewhere.

    {"add_to_lists": ["vip"], "remove_from_lists": [], "changes": [{"field": "clicks", "do": "add", "value": 1}],
     "repeat": "once_per_message" | "every_click", "identify": true, "identify_days": 30}

Here is its shape alone, which every document is checked for; `smart_checks` looks up its lists and fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kesher.content.problems import unknown

ONCE, EVERY = "once_per_message", "every_click"
REPEATS = (ONCE, EVERY)
KEYS = ("add_to_lists", "remove_from_lists", "changes", "repeat", "identify", "identify_days")
LISTS = KEYS[:3]
LONGEST_DAYS = 365
# The blocks that have links; in a text it holds for each of them.
SMART_BLOCKS = ("button", "image", "social", "text", "sms_text")


def refusals(kind: str, smart: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    """What of a block's `smart` cannot be taken, as (path below it, sentence)."""
    if kind not in SMART_BLOCKS:
        yield "", _("a block of this kind has no links of its own")
        return
    for key in smart:
        if key not in KEYS:
            yield f".{key}", unknown(str(key), KEYS)
    for key in LISTS:
        if not isinstance(smart.get(key, []), list):
            yield f".{key}", _("must be a list")
    if smart.get("repeat", ONCE) not in REPEATS:
        yield ".repeat", unknown(str(smart["repeat"]), REPEATS)
    if not isinstance(smart.get("identify", False), bool):
        yield ".identify", _("must be true or false")
    days = smart.get("identify_days", 1)
    if type(days) is not int or not 1 <= days <= LONGEST_DAYS:
        yield (
            ".identify_days",
            _("must lie between %(low)s and %(high)s") % {"low": 1, "high": LONGEST_DAYS},
        )


def is_nothing(smart: Mapping[str, Any] | None) -> bool:
    """Whether it does nothing at all: such a block is an ordinary one."""
    return not smart or not (any(smart.get(key) for key in LISTS) or smart.get("identify"))


def smart_blocks(blocks: Any) -> dict[str, dict[str, Any]]:
    """The `smart` of a stored document's blocks that do something, by block id."""
    return {
        block["id"]: block["smart"]
        for block in walked(blocks)
        if not is_nothing(block.get("smart"))
    }


def walked(blocks: Any) -> Iterator[dict[str, Any]]:
    """A stored document's blocks, with those in columns."""
    for block in blocks if isinstance(blocks, list) else []:
        yield block
        for column in block.get("columns", []):
            yield from walked(column.get("blocks", []))
