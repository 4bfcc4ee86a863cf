"""What a block may use while a mail is compiled. User text never enters MJML: it waits behind a marker.

The markers are replaced after MJML became HTML, so nothing that a user wrote is ever parsed as markup.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from django.utils.translation import gettext

from kesher.contacts.vocabulary import FieldInfo
from kesher.content.blocks import BLOCKS, Node
from kesher.content.colours import luminance
from kesher.content.document import Tree
from kesher.content.escape import RLM, first_strong
from kesher.content.plan import Address, Link, LinkTo, Part, Parts, Span, System, Value, merged
from kesher.content.problems import Problem
from kesher.content.richparts import as_text, styled
from kesher.content.spans import any_of, edges
from kesher.content.tags import Tag, Vocabulary, split, tidy
from kesher.content.theme import full_theme

WIDTH = 600
_MARK = re.compile(r"@@(\d+)@@")
_TEXT_MARK = re.compile("\x00(\\d+)\x00")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_OWN_FILES = (
    "/static/"  # pictures that come with Kesher; the installation's address is put before them
)
_LEFT_ALONE = {"mailto", "tel", "sms", "whatsapp"}
_NEEDS_CALM = re.compile(r"[\w.-]+\.[a-z]{2,}(?::\d+)?(?:[/?#]|\Z)", re.IGNORECASE)


class MailContext:
    """One compilation. Faces call `raw`, `inline`, `link`…; the compiler collects what they left."""

    def __init__(self, tree: Tree, fields: Sequence[FieldInfo]) -> None:
        self.tree = tree
        self.direction = tree.direction
        self.theme: dict[str, Any] = full_theme(tree.theme)
        self.vocabulary = Vocabulary(fields)
        self.links: list[Link] = []
        self.rules: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        self.width, self.gutter = WIDTH, 32
        self.dark_colours: dict[str, str] = {}  # the class of each colour that dark mode lightens
        self._marked: list[Parts] = []
        self._text_marked: list[Part] = []
        self._link_numbers: dict[tuple[str, str, str], int] = {}
        self._rule_numbers: dict[str, int] = {}

    # MJML

    def element(self, name: str, inner: str, **attributes: str | None) -> str:
        """An MJML element; `font_size="16px"` becomes font-size, None is left out."""
        written = "".join(
            f' {key.replace("_", "-")}="{escape(value)}"'
            for key, value in attributes.items()
            if value is not None
        )
        return f"<{name}{written}>{inner}</{name}>"

    def raw(self, *parts: Part) -> str:
        """A marker that stands for these parts."""
        self._marked.append(merged(parts))
        return f"@@{len(self._marked) - 1}@@"

    def unmark(self, html: str) -> list[Part]:
        """HTML with markers as parts."""
        found: list[Part] = []
        for place, piece in enumerate(_MARK.split(html)):
            if place % 2:
                found.extend(self._marked[int(piece)])
            else:
                found.append(piece)
        return found

    def side(self, align: str) -> str:
        if align == "center":
            return "center"
        return "right" if (align == "start") == (self.direction == "rtl") else "left"

    def box(self, node: Node, *classes: str) -> dict[str, str | None]:
        """Room around a block, its background, and the classes by which phones and dark mode find it."""
        background = node.settings.get("background")
        names = ["k-b" if self.width == WIDTH else "k-c", *classes]
        if background and luminance(background) > 0.55 and not node.settings.get("color"):
            names.append("k-g")
        return {
            "padding": f"{node.settings.get('space', 8)}px {self.gutter}px",
            "container_background_color": background or None,
            "css_class": " ".join(names),
        }

    def ink(self, node: Node) -> str:
        """The class that dark mode recolours. Words in a colour of their own get a lighter one."""
        colour, background = node.settings.get("color"), node.settings.get("background")
        if background and (colour or luminance(background) <= 0.55):
            return "k-own"
        if not colour:
            return "k-ink"
        return self.dark_colours.setdefault(colour, f"k-x{len(self.dark_colours)}")

    # HTML

    def inline(self, text: str, context: str = "html", path: str = "", block: str = "") -> Parts:
        """Plain text with tags, as HTML."""
        return self._parts(text, context, path, block)

    def attribute(self, text: str, path: str = "", block: str = "") -> Parts:
        return self._parts(text.replace("\n", " "), "attr", path, block)

    def _parts(self, text: str, context: str, path: str, block: str) -> Parts:
        parts: list[Part] = []
        for piece in split(text):
            if isinstance(piece, str):
                escaped = escape(piece)
                parts.append(escaped.replace("\n", "<br>") if context == "html" else escaped)
            else:
                parts.append(self._tag(piece, context, path, block))
        return tidy(parts)

    def _tag(self, tag: Tag, context: str, path: str, block: str) -> Part:
        part = self.vocabulary.part(tag, context, path=path, block=block)
        return escape(part) if isinstance(part, str) and context in ("html", "attr") else part

    def rich(self, html: str, *, block_id: str) -> Parts:
        """Sanitised rich text with styles, links and tags."""
        parts: list[Part] = []
        side = self.side("start")
        for piece in styled(html, direction=self.direction, side=side):
            if isinstance(piece, tuple):
                address, words = piece
                parts += [
                    '<a href="',
                    *(self.link(address, block_id=block_id, label=words) or ("#",)),
                ]
                parts.append(f'" target="_blank" class="k-l" style="color:{self.theme["link"]};">')
            elif piece.startswith("<"):
                parts.append(piece)
            else:
                for inner in split(piece, is_html=True):
                    parts.append(
                        inner
                        if isinstance(inner, str)
                        else self._tag(inner, "html", f"blocks.{block_id}.html", block_id)
                    )
        return tidy(parts)

    def address(self, url: str, context: str = "url", path: str = "", block: str = "") -> Parts:
        """An address with tags, for an attribute; values are percent-encoded."""
        if url.startswith(_OWN_FILES):
            return (Address("static", escape(url.removeprefix(_OWN_FILES))),)
        pieces = list(split(url))
        whole = len(pieces) == 1 and isinstance(pieces[0], Tag)
        if not whole and self._names_the_host(pieces):
            message = gettext(
                "The site of a link cannot come from a merge tag: whoever fills in the field would choose it"
            )
            self.problems.append(Problem(path, message, "error", block, "tag_in_host"))
        parts: list[Part] = []
        for piece in pieces:
            if isinstance(piece, str):
                parts.append(escape(piece.replace(" ", "%20")))
            else:
                parts.append(self._tag(piece, "whole_url" if whole else context, path, block))
        return merged(parts)

    def _names_the_host(self, pieces: Sequence[str | Tag]) -> bool:
        """Whether a contact's value stands where an address names its site."""
        first = pieces[0] if pieces else ""
        if isinstance(first, Tag):
            return not isinstance(self.vocabulary.part(first, "url", path=""), Address)
        return (
            len(pieces) > 1
            and re.fullmatch(r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", first, re.I) is not None
        )

    def static(self, path: str) -> Parts:
        return (Address("static", path),)

    def link(self, url: str, *, block_id: str, label: str, context: str = "attr") -> Parts:
        """Where a link leads: tracked if it is a web address. Empty: it leads nowhere."""
        url = url.strip()
        path = f"blocks.{block_id}.url"
        if not url:
            return ()
        parts = self.address(url, path=path, block=block_id)
        if isinstance(parts[0], Address) or url.startswith("#"):
            return parts
        scheme = _SCHEME.match(url)
        if scheme and scheme[1].lower() in _LEFT_ALONE:
            return parts
        if not url.startswith("[[") and not (scheme and scheme[1].lower() in ("http", "https")):
            url, parts = self._with_scheme(url, parts, path, block_id)
        return (LinkTo(self._number(url, parts, block_id, label), context),)

    def _with_scheme(self, url: str, parts: Parts, path: str, block_id: str) -> tuple[str, Parts]:
        if _NEEDS_CALM.match(url):
            message = gettext("The link “%(url)s” has no https:// before it; it was added") % {
                "url": url
            }
            self.problems.append(Problem(path, message, "warning", block_id))
        else:
            message = gettext("“%(url)s” is not the address of a page") % {"url": url}
            self.problems.append(Problem(path, message, "error", block_id))
        return f"https://{url}", merged(["https://", *parts])

    def _number(self, url: str, parts: Parts, block_id: str, label: str) -> int:
        key = (url, block_id, label)
        if key not in self._link_numbers:
            self._link_numbers[key] = len(self.links)
            self.links.append(Link(len(self.links), url, block_id, label[:300], parts))
        return self._link_numbers[key]

    # Plain text

    def text_mark(self, parts: Iterable[Part]) -> str:
        """Parts inside a text that is still being laid out in lines."""
        written = []
        for part in parts:
            if isinstance(part, str):
                written.append(part)
            else:
                self._text_marked.append(part)
                written.append(f"\x00{len(self._text_marked) - 1}\x00")
        return "".join(written)

    def text_unmark(self, text: str) -> list[Part]:
        found: list[Part] = []
        for place, piece in enumerate(_TEXT_MARK.split(text)):
            found.append(self._text_marked[int(piece)] if place % 2 else piece)
        return found

    def plain(self, text: str) -> str:
        parts = [
            piece if isinstance(piece, str) else self._tag(piece, "text", "", "")
            for piece in split(text)
        ]
        return self.text_mark(tidy(parts))

    def underlined(self, line: str, stroke: str) -> str:
        """A heading in plain text. A merge value counts as six letters."""
        length = len(_TEXT_MARK.sub("x" * 6, line).strip())
        return f"{line}\n{stroke * min(length, 60)}" if length else ""

    def plain_link(self, words: str, url: str, *, block_id: str, label: str) -> str:
        """A link on its own: its words, its address below."""
        target = self._text_address(url, block_id, label)
        shown = self.plain(words.strip())
        return "\n".join(line for line in (shown, target) if line)

    def _text_address(self, url: str, block_id: str, label: str) -> str:
        return self.text_mark(self.link(url, block_id=block_id, label=label, context="text"))

    def plain_rich(self, html: str, *, block_id: str) -> str:
        def link(address: str, words: str) -> str:
            if (
                address.startswith(("mailto:", "tel:"))
                and address.partition(":")[2] == words.strip()
            ):
                return words
            target = self._text_address(address, block_id, words.strip())
            if not target or words.strip() == address:
                return target or words
            return f"{words} ( {target} )"

        text = as_text(html, link)
        return "\n".join(self.plain(line) for line in text.split("\n"))

    def in_direction(self, text: str) -> str:
        """Lines of a right-to-left mail that would be taken for left-to-right begin with a mark."""
        if self.direction != "rtl":
            return text
        return "\n".join(
            RLM + line if self._reads_left_to_right(line) else line for line in text.split("\n")
        )

    def _reads_left_to_right(self, line: str) -> bool:
        """Whether a mail program would take this line of a Hebrew mail for a left-to-right one."""
        words = _TEXT_MARK.sub("", line)
        if not words.strip(" *-=."):
            first = _TEXT_MARK.match(line)
            return first is not None and isinstance(
                self._text_marked[int(first[1])], Value | System
            )
        return line[:1] == "\x00" or first_strong(words) != "rtl" or not line[:1].isalpha()

    # Blocks that hold others, and the footer

    def spanned(self, node: Node, inner: str) -> str:
        """MJML of a block shown to some only."""
        return self.spanned_by(node.show_if, inner)

    def spanned_by(self, rule: dict[str, Any] | None, inner: str) -> str:
        """MJML that shows where a rule holds; the span is cut out after MJML became HTML."""
        if rule is None or not inner:
            return inner
        opens, closes = map(self.raw, edges(self.truth_of(rule)))
        return f"<mj-raw>{opens}</mj-raw>{inner}<mj-raw>{closes}</mj-raw>"

    def truth(self, node: Node) -> int:
        """The number of a targeted block's rule in the plan."""
        return self.truth_of(node.show_if or {})

    def truth_of(self, rule: dict[str, Any]) -> int:
        """The number of a rule in the plan; what shows by one rule shares it."""
        name = repr(rule)
        if name not in self._rule_numbers:
            self._rule_numbers[name] = len(self.rules)
            self.rules.append(rule)
        return self._rule_numbers[name]

    def spanned_text(self, node: Node, text: str) -> str:
        if node.show_if is None or not text:
            return text
        return self.text_mark((Span(self.truth(node), tuple(self.text_unmark(text))),))

    def columns(self, node: Node) -> str:
        """The section of a columns block. A column of which nothing is left goes, and so does the section."""
        shares = _shares(node["ratio"], len(node.columns))
        outer, whole = self.gutter, self.width
        written = []
        self.gutter = 12
        for share, column in zip(shares, node.columns, strict=True):
            self.width = int((whole - 40) * share / 100)
            written.append(self.spanned_by(any_of(column), self._column(node, column, share)))
        self.gutter, self.width = outer, whole
        section = self.element(
            "mj-section",
            "".join(written),
            direction=self.direction,
            padding=f"{node['space']}px 20px",
            background_color=node["background"] or None,
            text_align=self.side(
                "start"
            ),  # where a column has gone, the others stay at the beginning
            css_class="k-s",
        )
        return self.spanned_by(any_of([one for column in node.columns for one in column]), section)

    def _column(self, node: Node, column: Sequence[Node], share: float) -> str:
        inner = "".join(
            self.spanned(child, BLOCKS.get(child.kind).mjml(child, self)) for child in column
        )
        return self.element(
            "mj-column",
            inner,
            width=f"{share}%",
            direction=self.direction,
            vertical_align=node["valign"],
            css_class="k-col",
        )

    def columns_text(self, node: Node) -> str:
        texts = (
            self.spanned_text(child, BLOCKS.get(child.kind).text(child, self))
            for column in node.columns
            for child in column
        )
        return "\n\n".join(text for text in texts if text)

    def footer_links(self, node: Node) -> list[Part]:
        """The way out, and the other links that the footer offers."""
        parts: list[Part] = []
        for key, words in self._ways(node):
            if parts:
                parts.append(' <span style="opacity:.5;">&nbsp;·&nbsp;</span> ')
            parts += ['<a href="', Address(key)]
            parts.append(
                f'" target="_blank" style="color:{self.theme["muted"]};">{escape(words)}</a>'
            )
        return parts

    def footer_text(self, node: Node) -> str:
        return "\n".join(
            f"{words}: {self.text_mark((Address(key),))}" for key, words in self._ways(node)
        )

    def _ways(self, node: Node) -> list[tuple[str, str]]:
        ways = [("unsubscribe", gettext("Unsubscribe"))]
        if node["preferences"]:
            ways.append(("preferences", gettext("Choose what to receive")))
        if node["view"]:
            ways.append(("view", gettext("View in a browser")))
        return ways


def _shares(ratio: str, count: int) -> list[float]:
    if count == 2 and ratio == "narrow_wide":
        return [36, 64]
    if count == 2 and ratio == "wide_narrow":
        return [64, 36]
    return [math.floor(10_000 / count) / 100] * count
