"""Merge tags, `[[key or label:format|fallback]]`: finding them in text and knowing what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kesher.contacts.vocabulary import FieldInfo, folded, resolve
from kesher.content.formats import formats_for, nearest_format, read_format
from kesher.content.plan import Address, Part, System, Value, ValueSpec, merged
from kesher.content.problems import Problem
from kesher.rules.problems import closest

_TAG = re.compile(r"\[\[((?:(?!\[\[|\]\])[^\n]){1,300})\]\]")


@dataclass(frozen=True)
class Tag:
    """`name` is what stands before the bar: a field's key or label, and the format after a colon."""

    name: str
    fallback: str = ""


@dataclass(frozen=True)
class SystemTag:
    """A tag that is no contact field. `is_address` ones name the message in an address.

    `type` is that of the fields whose formats it takes. A format stands in the key of the plan, "today:long".
    """

    key: str
    label: str | Promise
    names: tuple[str, ...] = ()
    is_address: bool = False
    type: str = ""


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
        SystemTag(
            "today", gettext_lazy("Today's date"), ("היום", "תאריך היום", "today"), type="date"
        ),
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
    bare = name.rpartition(":")[0].strip()
    found = resolve(name, fields) or system_tag(name)
    if not found and bare:
        found = resolve(bare, fields) or system_tag(bare)
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
    _bad_formats: dict[str, tuple[FieldInfo | SystemTag, str]] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def part(self, tag: Tag, context: str, *, path: str, block: str = "") -> Part:
        """The part of a tag; an unknown one stands as its fallback and is a problem."""
        found = self._find(tag.name)
        if found is None:
            self._tell_unknown(tag, path, block)
            return tag.fallback
        if tag.name in self._bad_formats:
            self._tell_format(tag, path, block)
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
        if info := resolve(name, self.fields):
            return self._place(info, "")
        if found := system_tag(name):
            return found
        bare, colon, format = name.rpartition(":")  # after the whole name: a label may hold a colon
        if not colon:
            return None
        if info := resolve(bare.strip(), self.fields):
            return self._place(info, self._format(info, format.strip(), name))
        if (found := system_tag(bare)) and not found.is_address:
            chosen = self._format(found, format.strip(), name)
            return replace(found, key=f"{found.key}:{chosen}") if chosen else found
        return None

    def _place(self, info: FieldInfo, format: str) -> int:
        for place, spec in enumerate(self.specs):
            if (spec.key, spec.format) == (info.key, format):
                return place
        spec = ValueSpec(info.key, info.type, info.column, dict(info.options), format)
        self.specs.append(spec)
        return len(self.specs) - 1

    def _format(self, info: FieldInfo | SystemTag, text: str, name: str) -> str:
        """The stored format; what is none is noted, to be told where the tag stands."""
        found = read_format(text, info.type)
        if found is None:
            self._bad_formats[name] = (info, text)
        return found or ""

    def _tell_format(self, tag: Tag, path: str, block: str) -> None:
        info, text = self._bad_formats[tag.name]
        message = _("“%(field)s” cannot be written as “%(format)s”") % {
            "field": info.label,
            "format": text,
        }
        near = nearest_format(text, info.type)
        if near is None and (known := [str(one.label) for one in formats_for(info.type)]):
            message = _("%(problem)s; it can be: %(formats)s") % {
                "problem": message,
                "formats": ", ".join(known),
            }
        self._tell(tag, path, block, "unknown_format", message, near)

    def _tell_unknown(self, tag: Tag, path: str, block: str) -> None:
        message = _("There is no field called “%(name)s”") % {"name": tag.name}
        labels = {info.key: str(info.label) for info in self.fields}
        known = [(info.key, (str(info.label), *info.names)) for info in self.fields]
        for system in SYSTEM_TAGS.values():
            labels[system.key] = str(system.label)
            known.append((system.key, (str(system.label), *system.names)))
        near = closest(tag.name, known)
        self._tell(tag, path, block, "unknown_tag", message, near, labels.get(near or ""))

    def _tell(
        self,
        tag: Tag,
        path: str,
        block: str,
        code: str,
        message: str,
        suggestion: str | None,
        said: str | None = None,
    ) -> None:
        """`said`: the suggestion as people know it."""
        if (
            not path or (tag.name, path) in self._told
        ):  # without a path: another face of the same text
            return
        self._told.add((tag.name, path))
        data = {"tag": tag.name}
        if suggestion is not None:
            data["suggestion"] = suggestion
            message = _("%(problem)s. Did you mean “%(suggestion)s”?") % {
                "problem": message,
                "suggestion": said or suggestion,
            }
        self.problems.append(Problem(path, message, "error", block, code, data))


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
