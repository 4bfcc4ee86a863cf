"""A heading of one of three sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import BACKGROUND, Node, align, space, warning
from kesher.content.problems import Problem
from kesher.content.settings import Choice, Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext

_SIZES = {"1": ("30px", "1.25"), "2": ("23px", "1.3"), "3": ("18px", "1.4")}


class Heading:
    key = "heading"
    label = gettext_lazy("Heading")
    icon = "heading"
    group = "text"
    nests = True
    is_content = False
    schema = (
        Setting("text", gettext_lazy("Text"), "text", "", starter=gettext_lazy("A heading")),
        Setting(
            "level",
            gettext_lazy("Size"),
            "choice",
            "1",
            group="look",
            choices=(
                Choice("1", gettext_lazy("Large")),
                Choice("2", gettext_lazy("Medium")),
                Choice("3", gettext_lazy("Small")),
            ),
        ),
        align(),
        Setting("color", gettext_lazy("Text colour"), "color", "", group="look"),
        BACKGROUND,
        space(10),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        size, height = _SIZES[node["level"]]
        level = node["level"]
        inner = context.raw(
            f'<h{level} style="margin:0;font:inherit;line-height:inherit;letter-spacing:-0.2px;">',
            *context.inline(node["text"], path=f"blocks.{node.id}.text", block=node.id),
            f"</h{level}>",
        )
        return context.element(
            "mj-text",
            inner,
            align=context.side(node["align"]),
            font_size=size,
            font_weight="700",
            line_height=height,
            color=node["color"] or context.theme["ink"],
            **context.box(node, context.ink(node)),
        )

    def text(self, node: Node, context: MailContext) -> str:
        line = context.plain(node["text"])
        return context.underlined(line, "=" if node["level"] == "1" else "-")

    def problems(self, node: Node) -> list[Problem]:
        if node["text"].strip():
            return []
        return [warning(node, "text", _("The heading is empty"))]
