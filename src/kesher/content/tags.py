"""Merge tags, `[[key or label|fallback]]`: finding them in text and knowing what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.contacts.vocabulary import FieldInfo, folded, resolve
from kesher.content.plan import Address, Part, System, Value, ValueSpec, merged
from kesher.content.problems import Problem

_TAG = re.compile(r"\[\[((?:(?!\[\[|\]\])[^\n]){1,300})\]\]")


@dataclass(frozen=True)
class Tag:
    name: str
    fallback: str = ""


@dataclass(frozen=True)
class SystemTag:
    """A tag that is no contact field. `is_address` ones name the message in an address."""

    key: str
    label: str | Promise
    names: tuple[str, ...] = ()
    is_address: bool = False


SYSTEM_TAGS = {
    tag.key: tag
    for tag in (
        SystemTag("business_name", gettext_lazy("Business name"), ("שם העסק", "business name")),
        SystemTag("legal_name", gettext_lazy("Legal name"), ("שם משפטי",)),
        SystemTag("business_address", gettext_lazy("Business address"), ("כתובת העסק",)),
        SystemTag("business_phone", gettext_lazy("Business phone"), ("טלפון העסק",)),
        SystemTag("business_website", gettext_lazy("Business web site"), ("אתר העסק",)),
        SystemTag("sender_name", gettext_lazy("Sender name"), ("שם השולח",)),
        SystemTag("sender_email", gettext_lazy("Sender address"), ("כתובת השולח",)),
        SystemTag("sender_details", gettext_lazy("All the business's details"), ("פרטי השולח",)),
        SystemTag("today", gettext_lazy("Today's date"), ("היום", "תאריך היום", "today")),
        SystemTag(
            "unsubscribe_url", gettext_lazy("Unsubscribe link"), ("קישור הסרה", "הסרה"), True
        ),
        SystemTag("preferences_url", gettext_lazy("Preferences link"), ("קישור העדפות",), True),
        SystemTag("view_url", gettext_lazy("View in browser link"), ("צפייה בדפדפן",), True),
    )
}
_BY_NAME = {folded(name): tag for tag in SYSTEM_TAGS.values() for name in (tag.key, *tag.names)}


def split(text: str, *, is_html: bool = False) -> Iterator[str | Tag]:
    """Text and tags in turn. In HTML the tag's own words are unescaped."""
    end = 0
    for match in _TAG.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        inner = unescape(re.sub(r"<[^>]*>", "", match[1])) if is_html else match[1]
        name, _bar, fallback = inner.partition("|")
        yield Tag(name.strip(), fallback.strip())
        end = match.end()
    if end < len(text):
        yield text[end:]


def in_words(text: str, fields: Sequence[FieldInfo]) -> str:
    """Text for people's eyes: each tag as its fallback, else as the label of what it names in brackets."""
    return "".join(
        piece if isinstance(piece, str) else piece.fallback or f"({_label(piece.name, fields)})"
        for piece in split(text)
    )


def _label(name: str, fields: Sequence[FieldInfo]) -> str:
    found = resolve(name, fields) or system_tag(name)
    return str(found.label) if found else name


def system_tag(name: str) -> SystemTag | None:
    return _BY_NAME.get(folded(name))


@dataclass
class Vocabulary:
    """Turns tags into parts of a plan, numbering the values they need and keeping what is unknown."""

    fields: Sequence[FieldInfo]
    specs: list[ValueSpec] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _known: dict[str, int | SystemTag | None] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def part(self, tag: Tag, context: str, *, path: str, block: str = "") -> Part:
        """The part of a tag; an unknown one stands as its fallback and is a problem."""
        found = self._find(tag.name)
        if found is None:
            self._unknown(tag, path, block)
            return tag.fallback
        if isinstance(found, int):
            return Value(found, context, tag.fallback)
        if found.is_address:
            return Address(found.key.removesuffix("_url"))
        return System(found.key, context, tag.fallback)

    def _find(self, name: str) -> int | SystemTag | None:
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> int | SystemTag | None:
        info = resolve(name, self.fields)
        if info is None:
            return system_tag(name)
        for place, spec in enumerate(self.specs):
            if spec.key == info.key:
                return place
        self.specs.append(ValueSpec(info.key, info.type, info.column, dict(info.options)))
        return len(self.specs) - 1

    def _unknown(self, tag: Tag, path: str, block: str) -> None:
        if (tag.name, path) in self._told:
            return
        self._told.add((tag.name, path))
        message = _("There is no field called “%(name)s”") % {"name": tag.name}
        self.problems.append(Problem(path, message, "error", block))


def tidy(parts: list[Part]) -> tuple[Part, ...]:
    """Let a missing value take one neighbouring space, or the comma after it at the start, with it."""
    found = list(merged(parts))
    for place, part in enumerate(found):
        if not isinstance(part, Value | System) or part.fallback:
            continue
        before = found[place - 1] if place else ""
        after = found[place + 1] if place + 1 < len(found) else ""
        if isinstance(before, str) and before.endswith(" "):
            found[place - 1] = before[:-1]
            found[place] = _with(part, " ", "")
        elif _opens(before) and isinstance(after, str) and (match := re.match(r"[,،:;]? +", after)):
            found[place + 1] = after[match.end() :]
            found[place] = _with(part, "", match[0])
    return merged(found)


def _opens(before: Part) -> bool:
    """Whether a line or an element begins here."""
    return isinstance(before, str) and (not before or before.endswith((">", "\n")))


def _with(part: Value | System, before: str, after: str) -> Part:
    if isinstance(part, Value):
        return Value(part.index, part.context, part.fallback, before, after)
    return System(part.key, part.context, part.fallback, before, after)
