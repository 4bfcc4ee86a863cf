"""What the law asks of a mail: who sends it, why the reader gets it, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kesher.content.blocks.base import Node, align, space
from kesher.content.problems import Problem
from kesher.content.settings import Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext


class Footer:
    key = "footer"
    label = _("Footer")
    icon = "layout-bottombar"
    group = "layout"
    nests = False
    is_content = False
    schema = (
        Setting(
            "html",
            _("Text"),
            "rich",
            "",
            starter=_("<p>You receive this mail because you signed up with us.</p>"),
        ),
        Setting("details", _("Business name and address"), "toggle", True),
        Setting("preferences", _("Link to mailing preferences"), "toggle", True),
        Setting("view", _("Link to view in a browser"), "toggle", False),
        align("center"),
        space(16),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        parts = list(context.rich(node["html"], block_id=node.id))
        if node["details"]:
            parts += ['<p style="margin:0 0 6px;">', *context.inline("[[sender_details]]"), "</p>"]
        parts += ['<p style="margin:0;">', *context.footer_links(node), "</p>"]
        return context.element(
            "mj-text",
            context.raw(*parts),
            align=context.side(node["align"]),
            font_size="13px",
            line_height="1.6",
            color=context.theme["muted"],
            **context.box(node, "k-muted"),
        )

    def text(self, node: Node, context: MailContext) -> str:
        lines = ["-- "]
        if words := context.plain_rich(node["html"], block_id=node.id):
            lines.append(words)
        if node["details"]:
            lines.append(context.plain("[[sender_details]]"))
        lines.append(context.footer_text(node))
        return "\n".join(lines)

    def problems(self, node: Node) -> list[Problem]:
        return []
