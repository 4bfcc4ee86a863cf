"""A rule as a tree of values: all / any / not over leaves. `parse` reads one, `to_json` writes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AllOf:
    """True when each part is; an empty one is true."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class AnyOf:
    """True when some part is; an empty one is false."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    """The only negation there is."""

    part: Rule


@dataclass(frozen=True)
class FieldLeaf:
    """`value` is JSON with arrays as tuples, None where the operator takes nothing."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class Period:
    """Since when and until when. `within` is a duration back from now; the others a day or an RFC 3339 instant."""

    within: str | None = None
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        return any((self.within, self.since, self.until))


@dataclass(frozen=True)
class ListLeaf:
    list: str | int
    joined: Period = Period()


@dataclass(frozen=True)
class SegmentLeaf:
    segment: str


@dataclass(frozen=True)
class ConsentLeaf:
    channel: str


@dataclass(frozen=True)
class IdentifiedLeaf:
    """Whether the visitor is known: of who is looking, not of what a contact's card says."""

    value: bool = True


@dataclass(frozen=True)
class Times:
    """How often; both ends included, `at_most` None for no end."""

    at_least: int = 1
    at_most: int | None = None


PREVIOUS = "previous"


@dataclass(frozen=True)
class DidLeaf:
    """An event of `kind` whose data passes every leaf of `where`, that often in that period.

    `by`: "human" leaves out what machines did, "any" does not. `message`: a message's key or PREVIOUS.
    """

    kind: str
    where: tuple[FieldLeaf, ...] = ()
    times: Times = Times()
    period: Period = Period()
    by: str = "human"
    message: str | None = None


Leaf = FieldLeaf | ListLeaf | SegmentLeaf | ConsentLeaf | IdentifiedLeaf | DidLeaf
Rule = AllOf | AnyOf | Not | Leaf


def to_json(rule: Rule) -> dict[str, Any]:
    """The rule as `parse` reads it: the shortest way to say it."""
    match rule:
        case AllOf(parts):
            return {"all": [to_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case FieldLeaf(key, op, value):
            taken = {} if value is None else {"value": plain(value)}
            return {"field": key, "op": op, **taken}
        case ListLeaf(key, joined):
            return {"list": key, **({"joined": _period(joined)} if joined else {})}
        case SegmentLeaf(key):
            return {"segment": key}
        case ConsentLeaf(channel):
            return {"consent": channel}
        case IdentifiedLeaf(known):
            return {"identified": known}
        case DidLeaf():
            return _did(rule)


def plain(value: Any) -> Any:
    return [plain(part) for part in value] if isinstance(value, tuple) else value


def _period(period: Period) -> dict[str, Any]:
    entries = {"within": period.within, "since": period.since, "until": period.until}
    return {key: entry for key, entry in entries.items() if entry is not None}


def _did(leaf: DidLeaf) -> dict[str, Any]:
    said: dict[str, Any] = {"did": leaf.kind}
    where: dict[str, Any] = {part.field: _entry(part) for part in leaf.where}
    if leaf.message is not None:
        where["message"] = leaf.message
    if where:
        said["where"] = where
    if leaf.times != Times():
        said["times"] = _times(leaf.times)
    said.update(_period(leaf.period))
    return said if leaf.by == "human" else {**said, "by": leaf.by}


def _entry(part: FieldLeaf) -> dict[str, Any]:
    return {"op": part.op} if part.value is None else {"op": part.op, "value": plain(part.value)}


def _times(times: Times) -> dict[str, int]:
    if times.at_least == times.at_most:
        return {"exactly": times.at_least}
    least = {"at_least": times.at_least} if times.at_least else {}
    return least if times.at_most is None else {**least, "at_most": times.at_most}


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf, in the order written. Those of a segment it names are not among them."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield rule
