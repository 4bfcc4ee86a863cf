"""Empty room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kesher.content.blocks.base import BACKGROUND, Node
from kesher.content.problems import Problem
from kesher.content.settings import Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext


class Spacer:
    key = "spacer"
    label = _("Spacer")
    icon = "arrows-vertical"
    group = "layout"
    nests = True
    is_content = False
    schema = (
        Setting("height", _("Height"), "range", 24, group="look", min=4, max=160),
        BACKGROUND,
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        return context.element(
            "mj-spacer",
            "",
            height=f"{node['height']}px",
            css_class=context.box(node)["css_class"],
            container_background_color=node["background"] or None,
        )

    def text(self, node: Node, context: MailContext) -> str:
        return ""

    def problems(self, node: Node) -> list[Problem]:
        return []
