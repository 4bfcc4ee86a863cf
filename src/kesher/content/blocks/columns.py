"""Two to four columns side by side; on a phone one below the other. The compiler makes their section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import BACKGROUND, Node, space, warning
from kesher.content.problems import Problem
from kesher.content.settings import Choice, Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext

MOST_COLUMNS = 4


class Columns:
    key = "columns"
    label = gettext_lazy("Columns")
    icon = "columns-2"
    group = "layout"
    nests = False
    is_content = False
    schema = (
        Setting(
            "ratio",
            gettext_lazy("Widths"),
            "choice",
            "equal",
            group="look",
            choices=(
                Choice("equal", gettext_lazy("Equal")),
                Choice("narrow_wide", gettext_lazy("Narrow, wide")),
                Choice("wide_narrow", gettext_lazy("Wide, narrow")),
            ),
        ),
        Setting(
            "valign",
            gettext_lazy("Vertical alignment"),
            "choice",
            "top",
            group="look",
            choices=(
                Choice("top", gettext_lazy("Top")),
                Choice("middle", gettext_lazy("Middle")),
                Choice("bottom", gettext_lazy("Bottom")),
            ),
        ),
        BACKGROUND,
        space(8),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        return context.columns(node)

    def text(self, node: Node, context: MailContext) -> str:
        return context.columns_text(node)

    def problems(self, node: Node) -> list[Problem]:
        if any(node.columns):
            return []
        return [warning(node, "columns", _("The columns are empty"))]
