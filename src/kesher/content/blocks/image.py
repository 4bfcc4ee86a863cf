"""One picture, perhaps with a link. Width is a share of the room there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.content.blocks.base import BACKGROUND, Node, align, error, space, warning
from kesher.content.problems import Problem
from kesher.content.settings import Setting

if TYPE_CHECKING:
    from kesher.content.mail import MailContext


class Image:
    key = "image"
    label = gettext_lazy("Image")
    icon = "photo"
    group = "media"
    nests = True
    is_content = True
    schema = (
        Setting("src", gettext_lazy("Image"), "image", ""),
        Setting(
            "alt",
            gettext_lazy("Description"),
            "text",
            "",
            hint=gettext_lazy("Read aloud to who cannot see it, and shown while images are off"),
        ),
        Setting("decorative", gettext_lazy("Decoration only"), "toggle", False),
        Setting("url", gettext_lazy("Link"), "url", ""),
        Setting("width", gettext_lazy("Width (%)"), "range", 100, group="look", min=10, max=100),
        Setting("full", gettext_lazy("From edge to edge"), "toggle", False, group="look"),
        Setting(
            "corners", gettext_lazy("Rounded corners"), "range", 0, group="look", min=0, max=32
        ),
        align("center"),
        BACKGROUND,
        space(8),
    )

    def mjml(self, node: Node, context: MailContext) -> str:
        if not node["src"]:
            return ""
        box = context.box(node)
        room = context.width if node["full"] else context.width - 2 * context.gutter
        if node["full"]:
            box |= {"padding": "0", "css_class": "k-full"}
        link = context.link(node["url"], block_id=node.id, label=node["alt"] or _("image"))
        return context.element(
            "mj-image",
            "",
            src=context.raw(
                *context.address(node["src"], path=f"blocks.{node.id}.src", block=node.id)
            ),
            alt=""
            if node["decorative"]
            else context.raw(
                *context.attribute(node["alt"], path=f"blocks.{node.id}.alt", block=node.id)
            ),
            href=context.raw(*link) if link else None,
            width=f"{max(16, room * node['width'] // 100)}px",
            border_radius=f"{node['corners']}px" if node["corners"] else None,
            align=context.side(node["align"]),
            **box,
        )

    def text(self, node: Node, context: MailContext) -> str:
        if node["decorative"] or not node["src"]:
            return ""
        return context.plain_link(
            node["alt"], node["url"], block_id=node.id, label=node["alt"] or _("image")
        )

    def problems(self, node: Node) -> list[Problem]:
        found = []
        if not node["src"]:
            found.append(error(node, "src", _("No image was chosen")))
        elif node["src"].lower().startswith("http://"):
            found.append(
                warning(
                    node,
                    "src",
                    _("The image's address is not secure (http); some mail programs hide it"),
                )
            )
        if node["src"] and not node["alt"].strip() and not node["decorative"]:
            found.append(warning(node, "alt", _("The image has no description")))
        return found
