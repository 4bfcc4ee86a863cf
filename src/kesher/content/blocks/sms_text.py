"""A piece of an SMS or WhatsApp text. It has no face in a mail but the words themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import Node, warning
from kesher.content.problems import Problem
from kesher.content.settings import Choice, Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext

# What stands between a piece and what is shown before it.
JOINS = {"line": "\n", "space": " ", "paragraph": "\n\n"}


class SmsText:
    key = "sms_text"
    label = gettext_lazy("Text")
    icon = "message"
    group = "text"
    nests = False
    is_content = True
    schema = (
        Setting("text", gettext_lazy("Text"), "text"),
        Setting(
            "join",
            gettext_lazy("Begins"),
            "choice",
            "line",
            choices=(
                Choice("line", gettext_lazy("on a new line")),
                Choice("space", gettext_lazy("on the same line")),
                Choice("paragraph", gettext_lazy("after an empty line")),
            ),
        ),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        return context.element("mj-text", context.raw(*context.inline(node["text"])))

    def text(self, node: Node, context: MailContext) -> str:
        return context.plain(node["text"])

    def problems(self, node: Node) -> list[Problem]:
        return [] if node["text"].strip() else [warning(node, "text", _("The text is empty"))]
