"""Sanitised rich text as parts of a mail: inline styles for clients that know no style sheet, and plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

TOKEN = re.compile(r'(<[^>"]*(?:"[^"]*"[^>"]*)*>)')
_NAME = re.compile(r"</?([a-z0-9]+)")
_HREF = re.compile(r'\bhref="([^"]*)"')
_DIR = re.compile(r'\bdir="([a-z]+)"')


def styled(html: str, *, direction: str, side: str) -> Iterator[str | tuple[str, str]]:
    """Markup with its styles, and (address, words) where a link opens: the caller writes its href."""
    tokens = [token for token in TOKEN.split(html) if token]
    last_paragraph = max(
        (n for n, token in enumerate(tokens) if token.startswith("<p")), default=-1
    )
    for place, token in enumerate(tokens):
        if not token.startswith("<"):
            yield token
            continue
        name = _NAME.match(token)
        own = _DIR.search(token)
        turn = f' dir="{own[1]}"' if own else ""
        match name[1] if name and not token.startswith("</") else "":
            case "p":
                is_last = (
                    place == last_paragraph
                    and "</p>" in tokens[place:]
                    and not _more(tokens, place)
                )
                yield f'<p{turn} style="margin:0{"" if is_last else " 0 14px"};">'
            case "ul" | "ol" as kind:
                inset = "0 24px 0 0" if direction == "rtl" else "0 0 0 24px"
                yield f'<{kind} dir="{direction}" style="margin:0 0 14px;padding:{inset};text-align:{side};">'
            case "li":
                yield f'<li{turn} style="margin:0 0 6px;">'
            case "a":
                href = _HREF.search(token)
                words = unescape(re.sub(r"<[^>]*>", "", "".join(_until_close(tokens, place))))
                yield (unescape(href[1]) if href else "", words.strip())
            case _:
                yield token


def _more(tokens: list[str], place: int) -> bool:
    """Whether a list follows the paragraph that opens at `place`."""
    return any(token.startswith(("<ul", "<ol")) for token in tokens[place:])


def _until_close(tokens: list[str], place: int) -> Iterator[str]:
    for piece in tokens[place + 1 :]:
        if piece == "</a>":
            return
        yield piece


def as_text(html: str, link: Callable[[str, str], str]) -> str:
    """Plain text of rich text: blank lines between paragraphs, bullets, addresses after their words.

    `link(address, words)` writes a link as text.
    """
    return _TextWriter(link).write(html)


class _TextWriter:
    def __init__(self, link: Callable[[str, str], str]) -> None:
        self.link = link
        self.out: list[str] = []
        self.lists: list[int | None] = []  # the number reached in each open list, None for bullets
        self.anchor: tuple[str, int] | None = None

    def write(self, html: str) -> str:
        for token in TOKEN.split(html):
            if not token:
                continue
            if not token.startswith("<"):
                self.out.append(unescape(re.sub(r"[ \t\r\n]+", " ", token)).replace("\xa0", " "))
                continue
            self.tag(token)
        text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self.out))
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def tag(self, token: str) -> None:
        closing = token.startswith("</")
        name = _NAME.match(token)
        match name[1] if name else "":
            case "p":
                self.out.append("\n\n")
            case "br":
                self.out.append("\n")
            case "ul" | "ol" as kind:
                self.out.append("\n")
                if closing:
                    if self.lists:
                        self.lists.pop()
                    self.out.append("\n")
                else:
                    self.lists.append(0 if kind == "ol" else None)
            case "li" if not closing:
                self.out.append("\n" + self.mark())
            case "a":
                self.anchor_tag(token, closing)

    def mark(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "• "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def anchor_tag(self, token: str, closing: bool) -> None:
        if not closing:
            href = _HREF.search(token)
            self.anchor = (unescape(href[1]) if href else "", len(self.out))
        elif self.anchor:
            address, place = self.anchor
            words = "".join(self.out[place:])
            del self.out[place:]
            self.out.append(self.link(address, words))
            self.anchor = None
