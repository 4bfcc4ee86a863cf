"""A button that leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import BACKGROUND, Node, align, error, space
from kesher.content.colours import readable_on
from kesher.content.problems import Problem
from kesher.content.settings import Choice, Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext


class Button:
    key = "button"
    label = gettext_lazy("Button")
    icon = "hand-click"
    group = "text"
    nests = True
    is_content = True
    schema = (
        Setting("text", gettext_lazy("Text"), "text", "", starter=gettext_lazy("Read more")),
        Setting("url", gettext_lazy("Link"), "url", ""),
        Setting(
            "style",
            gettext_lazy("Style"),
            "choice",
            "filled",
            group="look",
            choices=(
                Choice("filled", gettext_lazy("Filled")),
                Choice("outline", gettext_lazy("Outline")),
            ),
        ),
        Setting("color", gettext_lazy("Colour"), "color", "", group="look"),
        Setting("wide", gettext_lazy("Full width"), "toggle", False, group="look"),
        align(),
        BACKGROUND,
        space(12),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        colour = node["color"] or context.theme["color"]
        outline = node["style"] == "outline"
        link = context.link(node["url"], block_id=node.id, label=node["text"])
        return context.element(
            "mj-button",
            context.raw(
                *context.inline(node["text"], path=f"blocks.{node.id}.text", block=node.id)
            ),
            href=context.raw(*link) if link else None,
            align=context.side(node["align"]),
            background_color=(node["background"] or context.theme["surface"])
            if outline
            else colour,
            color=colour if outline else readable_on(colour),
            border=f"2px solid {colour}",
            border_radius=f"{context.theme['corners']}px",
            inner_padding="12px 28px",
            font_size="16px",
            font_weight="700",
            line_height="1.4",
            width="100%" if node["wide"] else None,
            **context.box(node, *(["k-outline"] if outline and not node["background"] else [])),
        )

    def text(self, node: Node, context: MailContext) -> str:
        return context.plain_link(node["text"], node["url"], block_id=node.id, label=node["text"])

    def problems(self, node: Node) -> list[Problem]:
        found = []
        if not node["text"].strip():
            found.append(error(node, "text", _("The button has no text")))
        if not node["url"].strip():
            found.append(error(node, "url", _("The button leads nowhere: give it a link")))
        return found
