"""The kinds of blocks, in the order of the palette. A new kind is one file here."""

from __future__ import annotations

from typing import Any

from kesher.content.blocks.base import Block, Node
from kesher.content.blocks.button import Button
from kesher.content.blocks.columns import Columns
from kesher.content.blocks.divider import Divider
from kesher.content.blocks.footer import Footer
from kesher.content.blocks.heading import Heading
from kesher.content.blocks.image import Image
from kesher.content.blocks.rich_text import RichText
from kesher.content.blocks.sms_text import SmsText
from kesher.content.blocks.social import Social
from kesher.content.blocks.spacer import Spacer
from kesher.lib.registry import Registry

__all__ = ["BLOCKS", "TEXT_KINDS", "Block", "Node", "palette"]

BLOCKS: Registry[Block] = Registry("kind of block")
for _kind in (
    Heading(),
    RichText(),
    Image(),
    Button(),
    Columns(),
    Divider(),
    Spacer(),
    Social(),
    Footer(),
    SmsText(),
):
    BLOCKS.register(_kind)


TEXT_KINDS = frozenset({SmsText.key})  # all that SMS and WhatsApp texts hold, and mails do not


def palette(*, of_texts: bool = False) -> list[dict[str, Any]]:
    """What the editor needs to offer and edit the blocks of mails or of texts, words in the active language."""
    return [
        {
            "key": block.key,
            "label": str(block.label),
            "icon": block.icon,
            "group": block.group,
            "nests": block.nests,
            "schema": [setting.to_json() for setting in block.schema],
            "defaults": _beginning(block),
        }
        for block in BLOCKS
        if (block.key in TEXT_KINDS) == of_texts
    ]


def _beginning(block: Block) -> dict[str, Any]:
    """The settings of a newly added block."""
    values = {
        setting.key: str(setting.starter) if setting.starter else setting.default
        for setting in block.schema
    }
    if block.key == "columns":
        values["columns"] = [{"blocks": []}, {"blocks": []}]
    return values
