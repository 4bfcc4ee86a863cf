"""Paragraphs and lists with emphasis and links, in the subset that FORMATS names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import BACKGROUND, Node, align, space, warning
from kesher.content.problems import Problem
from kesher.content.settings import Choice, Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext

_SIZES = {"small": "14px", "normal": "16px", "large": "18px"}


class RichText:
    key = "text"
    label = gettext_lazy("Text")
    icon = "align-left"
    group = "text"
    nests = True
    is_content = True
    schema = (
        Setting(
            "html", gettext_lazy("Text"), "rich", "", starter=gettext_lazy("<p>Write here.</p>")
        ),
        Setting(
            "size",
            gettext_lazy("Size"),
            "choice",
            "normal",
            group="look",
            choices=(
                Choice("small", gettext_lazy("Small")),
                Choice("normal", gettext_lazy("Normal")),
                Choice("large", gettext_lazy("Large")),
            ),
        ),
        align(),
        Setting("color", gettext_lazy("Text colour"), "color", "", group="look"),
        BACKGROUND,
        space(8),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        return context.element(
            "mj-text",
            context.raw(*context.rich(node["html"], block_id=node.id)),
            align=context.side(node["align"]),
            font_size=_SIZES[node["size"]],
            line_height="1.65",
            color=node["color"] or context.theme["text"],
            **context.box(node, context.ink(node)),
        )

    def text(self, node: Node, context: MailContext) -> str:
        return context.plain_rich(node["html"], block_id=node.id)

    def problems(self, node: Node) -> list[Problem]:
        if re.sub(r"<[^>]*>|\s", "", node["html"]):
            return []
        return [warning(node, "html", _("The text is empty"))]
