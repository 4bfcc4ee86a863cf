"""A render plan: what a version of a document compiles to. Static text, slots, conditional spans.

It is stored as JSON with the version and filled by `content.render`. A face is a list of parts; in JSON
static text is a string and everything else a list that begins with a letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, assert_never

from kesher.content.problems import Problem

FORMAT = 1


@dataclass(frozen=True)
class Value:
    """A contact's value, the `index`th of the plan. `context` is a key of content.escape.ENCODERS.

    `before` and `after` are spaces and commas that go away together with a missing value.
    """

    index: int
    context: str
    fallback: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class System:
    """A value of the business or the day, the same for a whole batch: a key of content.tags.SYSTEM_TAGS."""

    key: str
    context: str
    fallback: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class LinkTo:
    """The address of the plan's `number`th link: tracked in a message, plain in a preview."""

    number: int
    context: str


@dataclass(frozen=True)
class Address:
    """An address of this installation that names the message: unsubscribe, preferences, view, pixel;
    or `static` with the path of a file.
    """

    key: str
    path: str = ""


@dataclass(frozen=True)
class Span:
    """Parts shown only where the `truth`th rule of the plan holds for the contact."""

    truth: int
    parts: tuple[Part, ...]


Part: TypeAlias = str | Value | System | LinkTo | Address | Span
Parts: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True)
class ValueSpec:
    """A contact field that the plan needs, with all that formatting it takes.

    `format` is a key of content.formats.TAG_FORMATS with what it takes after a space ("money USD"), "" for the
    field's own way.
    """

    key: str
    type: str
    column: str | None
    options: dict[str, Any] = field(default_factory=dict, hash=False)
    format: str = ""

    def to_json(self) -> list[Any]:
        entry = [self.key, self.type, self.column, self.options]
        return [*entry, self.format] if self.format else entry


@dataclass(frozen=True)
class Link:
    """`url` may hold merge tags; `parts` is the same, split for plain rendering."""

    number: int
    url: str
    block_id: str
    label: str
    parts: Parts = ()


@dataclass(frozen=True)
class Plan:
    """`needs`: something for the reader is left when all rules of one of its entries hold. Empty: always."""

    language: str
    direction: str
    values: tuple[ValueSpec, ...]
    rules: tuple[dict[str, Any], ...]
    subject: Parts
    html: Parts
    text: Parts
    links: tuple[Link, ...]
    problems: tuple[Problem, ...] = ()
    needs: tuple[tuple[int, ...], ...] = ()

    def leaves_something(self, values: Sequence[str]) -> bool:
        """Whether targeting leaves this reader any content. `values` as content.batch.values_of gives them."""
        if not self.needs:
            return True
        truths = values[len(self.values) :]
        return any(all(truths[number] for number in need) for need in self.needs)

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the fields that a contact's values are asked for, in the order of the values."""
        return tuple(value.key for value in self.values)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "language": self.language,
            "direction": self.direction,
            "values": [spec.to_json() for spec in self.values],
            "rules": list(self.rules),
            "needs": [list(need) for need in self.needs],
            "subject": parts_to_json(self.subject),
            "html": parts_to_json(self.html),
            "text": parts_to_json(self.text),
            "links": [
                [link.url, link.block_id, link.label, parts_to_json(link.parts)]
                for link in self.links
            ],
            "problems": [problem.to_json() for problem in self.problems],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        return cls(
            language=data["language"],
            direction=data["direction"],
            values=tuple(ValueSpec(*entry) for entry in data["values"]),
            rules=tuple(data["rules"]),
            subject=parts_from_json(data["subject"]),
            html=parts_from_json(data["html"]),
            text=parts_from_json(data["text"]),
            links=tuple(
                Link(number, url, block, label, parts_from_json(parts))
                for number, (url, block, label, parts) in enumerate(data["links"])
            ),
            problems=tuple(Problem.from_json(entry) for entry in data["problems"]),
            needs=tuple(tuple(need) for need in data.get("needs", ())),
        )


def parts_to_json(parts: Sequence[Part]) -> list[Any]:
    return [_to_json(part) for part in parts]


def _to_json(part: Part) -> Any:
    match part:
        case str():
            return part
        case Value():
            return ["v", part.index, part.context, part.fallback, part.before, part.after]
        case System():
            return ["k", part.key, part.context, part.fallback, part.before, part.after]
        case LinkTo():
            return ["l", part.number, part.context]
        case Address():
            return ["a", part.key, part.path]
        case Span():
            return ["s", part.truth, parts_to_json(part.parts)]
        case _:
            assert_never(part)


def parts_from_json(entries: Sequence[Any]) -> Parts:
    return tuple(_from_json(entry) for entry in entries)


def _from_json(entry: Any) -> Part:
    if isinstance(entry, str):
        return entry
    match entry:
        case ["v", *rest]:
            return Value(*rest)
        case ["k", *rest]:
            return System(*rest)
        case ["l", *rest]:
            return LinkTo(*rest)
        case ["a", *rest]:
            return Address(*rest)
        case ["s", truth, parts]:
            return Span(truth, parts_from_json(parts))
    raise ValueError(f"not a part of a plan: {entry!r}")


def merged(parts: Iterator[Part] | Sequence[Part]) -> Parts:
    """The same parts with neighbouring static texts joined and empty ones dropped."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str):
            if not part:
                continue
            if found and isinstance(found[-1], str):
                found[-1] += part
                continue
        found.append(part)
    return tuple(found)
