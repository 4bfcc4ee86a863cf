"""A thin line between parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kesher.content.blocks.base import BACKGROUND, Node, space
from kesher.content.problems import Problem
from kesher.content.settings import Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext


class Divider:
    key = "divider"
    label = _("Divider")
    icon = "separator-horizontal"
    group = "layout"
    nests = True
    is_content = False
    schema = (
        Setting("color", _("Colour"), "color", "", group="look"),
        Setting("thickness", _("Thickness"), "range", 1, group="look", min=1, max=8),
        Setting("width", _("Width (%)"), "range", 100, group="look", min=10, max=100),
        BACKGROUND,
        space(14),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        return context.element(
            "mj-divider",
            "",
            border_color=node["color"] or context.theme["line"],
            border_width=f"{node['thickness']}px",
            width=f"{node['width']}%",
            **context.box(node, *([] if node["color"] else ["k-line"])),
        )

    def text(self, node: Node, context: MailContext) -> str:
        return "* * *"

    def problems(self, node: Node) -> list[Problem]:
        return []
