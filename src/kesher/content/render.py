"""Filling a plan for one contact after another: one join over prepared bytes. No template engine, no user code.

A renderer belongs to one batch of one version. Escaped values are kept while it lives, because names,
cities and choices repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from kesher.content.constants import Constants
from kesher.content.escape import ENCODERS
from kesher.content.plan import Address, LinkTo, Part, Parts, Plan, Span, System, Value

__all__ = ["Constants", "Rendered", "Renderer"]

_HERE = "\x00"  # stands for the message's token in prepared text; no value can hold it
_MOST_KEPT = 4_000


class Rendered(NamedTuple):
    subject: str
    html: bytes
    text: bytes


class _Kept(dict[str, bytes]):
    """Values of one slot as the bytes that stand there, made once per different value."""

    def __init__(self, part: Value | System, direction: str) -> None:
        super().__init__()
        self.encode, self.direction = ENCODERS[part.context], direction
        self.before, self.after = part.before, part.after
        self.fallback = part.fallback

    def __missing__(self, value: str) -> bytes:
        if len(self) > _MOST_KEPT:
            self.clear()
        shown = value or self.fallback
        text = f"{self.before}{self.encode(shown, self.direction)}{self.after}" if shown else ""
        made = self[value] = text.replace(_HERE, "").encode()
        return made


class _Face:
    """Prepared bytes with gaps. `slots` are (gap, place of the value, kept); `spans` (gap, place, face)."""

    __slots__ = ("fixed", "gaps", "slots", "spans")

    def __init__(self, parts: Sequence[bytes | tuple[int, _Kept] | tuple[int, _Face]]) -> None:
        self.gaps: list[bytes] = []
        self.slots: list[tuple[int, int, _Kept]] = []
        self.spans: list[tuple[int, int, _Face]] = []
        for part in parts:
            if isinstance(part, bytes):
                if len(self.gaps) and self._is_text(len(self.gaps) - 1):
                    self.gaps[-1] += part
                else:
                    self.gaps.append(part)
                continue
            place, inner = part
            if isinstance(inner, _Face):
                self.spans.append((len(self.gaps), place, inner))
            else:
                self.slots.append((len(self.gaps), place, inner))
            self.gaps.append(b"")
        self.fixed = b"".join(self.gaps) if not self.slots and not self.spans else None

    def _is_text(self, gap: int) -> bool:
        return not (self.slots and self.slots[-1][0] == gap) and not (
            self.spans and self.spans[-1][0] == gap
        )

    def fill(self, values: Sequence[str]) -> bytes:
        if self.fixed is not None:
            return self.fixed
        gaps = self.gaps.copy()
        for gap, place, kept in self.slots:
            gaps[gap] = kept[values[place]]
        for gap, place, inner in self.spans:
            if values[place]:
                gaps[gap] = inner.fill(values)
        return b"".join(gaps)


class Renderer:
    """A plan made ready with a batch's constants.

    Values are those of `content.batch.values_of`: one text per field of the plan, in order, then the truth
    of each of its rules.
    """

    def __init__(self, plan: Plan, constants: Constants) -> None:
        self.plan, self.constants = plan, constants
        self._kept: dict[tuple[int, str, str, str, str], _Kept] = {}
        self._faces = {
            tracked: tuple(
                self._face(parts, tracked=tracked) for parts in (plan.subject, plan.html, plan.text)
            )
            for tracked in (True, False)
        }

    def render(self, token: str, values: Sequence[str]) -> Rendered:
        """One message. With an empty token it is a preview: links are plain and nothing is counted."""
        subject, html, text = self._faces[bool(token)]
        proof = token.encode()
        return Rendered(
            subject.fill(values).decode(),
            html.fill(values).replace(b"\x00", proof),
            text.fill(values).replace(b"\x00", proof),
        )

    def render_many(self, batch: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Rendered]:
        """The messages of (token, values), in order."""
        render = self.render
        for token, values in batch:
            yield render(token, values)

    def _face(self, parts: Parts, *, tracked: bool) -> _Face:
        return _Face([piece for part in parts for piece in self._prepared(part, tracked)])

    def _prepared(
        self, part: Part, tracked: bool
    ) -> list[bytes | tuple[int, _Kept] | tuple[int, _Face]]:
        match part:
            case str():
                return [part.encode()]
            case Value():
                return [(part.index, self._slot(part))]
            case Span():
                place = len(self.plan.values) + part.truth
                return [(place, self._face(part.parts, tracked=tracked))]
            case System():
                kept = _Kept(part, self.plan.direction)
                return [kept[self._constant(part.key)]]
            case LinkTo():
                return self._link(part, tracked)
            case Address():
                return [self._address(part, tracked).encode()]

    def _slot(self, part: Value) -> _Kept:
        key = (part.index, part.context, part.fallback, part.before, part.after)
        if key not in self._kept:
            self._kept[key] = _Kept(part, self.plan.direction)
        return self._kept[key]

    def _constant(self, key: str) -> str:
        return self.constants.said(key, self.plan.language)

    def _link(
        self, part: LinkTo, tracked: bool
    ) -> list[bytes | tuple[int, _Kept] | tuple[int, _Face]]:
        base = self.constants.base_url
        if tracked:
            return [(base + _path(part)).encode()]
        inner = self.plan.links[part.number].parts
        return [piece for entry in inner for piece in self._prepared(entry, tracked)]

    def _address(self, part: Address, tracked: bool) -> str:
        base = escape(self.constants.base_url)
        if part.key == "static":
            return f"{base}/static/{part.path}"
        if part.key == "pixel":
            return _PIXEL.format(base=base, token=_HERE) if tracked else ""
        if not tracked:
            return "#"
        return base + _PATHS[part.key].format(token=_HERE)


def _path(part: LinkTo) -> str:
    """Of a tracked link; in texts, where each letter costs, the first has no number."""
    if part.context != "sms":
        return f"/c/{_HERE}/{part.number}"
    return f"/s/{_HERE}/{part.number}" if part.number else f"/s/{_HERE}"


_PATHS = {
    "unsubscribe": "/u/{token}",
    "preferences": "/u/{token}?all=0",
    "view": "/v/{token}",
    "stop": "/s/{token}/u",  # the way out of a text
}
# And a link that nobody sees, hears or reaches by keyboard: who follows it is a scanner (messages.receipts.classify).
# It holds no words, so that there is no hidden text for a filter to suspect, and the plain part has none of it.
_PIXEL = (
    '<img src="{base}/o/{token}.gif" width="1" height="1" alt="" role="presentation"'
    ' style="display:block;width:1px;height:1px;border:0;">'
    '<div aria-hidden="true" style="display:none;mso-hide:all;"><a href="{base}/c/{token}/-1" tabindex="-1"'
    ' rel="nofollow"></a></div>'
)
