"""Links to the business's pages elsewhere, as small round icons served by this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import BACKGROUND, Node, align, error, space, warning
from kesher.content.problems import Problem
from kesher.content.settings import Choice, Setting, Text

if TYPE_CHECKING:
    from kesher.content.mail import MailContext

NETWORKS: dict[str, Text] = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "whatsapp": "WhatsApp",
    "youtube": "YouTube",
    "tiktok": "TikTok",
    "linkedin": "LinkedIn",
    "x": "X",
    "telegram": "Telegram",
    "website": gettext_lazy("Web site"),
    "email": gettext_lazy("E-mail"),
}


class Social:
    key = "social"
    label = gettext_lazy("Social networks")
    icon = "share"
    group = "media"
    nests = True
    is_content = False
    schema = (
        Setting(
            "items",
            gettext_lazy("Networks"),
            "items",
            [],
            max=len(NETWORKS),
            of=(
                Setting(
                    "network",
                    gettext_lazy("Network"),
                    "choice",
                    "facebook",
                    choices=tuple(Choice(key, label) for key, label in NETWORKS.items()),
                ),
                Setting("url", gettext_lazy("Link"), "url", ""),
            ),
        ),
        align("center"),
        BACKGROUND,
        space(12),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        icons = "".join(
            context.element(
                "mj-social-element",
                "",
                src=context.raw(*context.static(f"content/social/{item['network']}.png")),
                alt=context.raw(*context.attribute(str(NETWORKS[item["network"]]))),
                href=context.raw(
                    *context.link(
                        item["url"], block_id=node.id, label=str(NETWORKS[item["network"]])
                    )
                ),
            )
            for item in map(_complete, node["items"])
            if item["url"]
        )
        if not icons:
            return ""
        return context.element(
            "mj-social",
            icons,
            mode="horizontal",
            icon_size="32px",
            icon_padding="0",
            inner_padding="0 5px",
            align=context.side(node["align"]),
            **context.box(node),
        )

    def text(self, node: Node, context: MailContext) -> str:
        return "\n".join(
            context.plain_link(
                str(NETWORKS[item["network"]]),
                item["url"],
                block_id=node.id,
                label=str(NETWORKS[item["network"]]),
            )
            for item in map(_complete, node["items"])
            if item["url"]
        )

    def problems(self, node: Node) -> list[Problem]:
        if not node["items"]:
            return [warning(node, "items", _("No network was added"))]
        return [
            error(
                node,
                f"items[{place}].url",
                _("%(network)s has no link") % {"network": NETWORKS[item["network"]]},
            )
            for place, item in enumerate(map(_complete, node["items"]))
            if not item["url"]
        ]


def _complete(item: dict[str, str]) -> dict[str, str]:
    return {"network": "facebook", "url": "", **item}
