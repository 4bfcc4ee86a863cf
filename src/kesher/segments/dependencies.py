"""What may change a rule's answer: which kinds of events, and whether time alone does. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from kesher.rules.moment import Moment
from kesher.rules.operators import TYPES, operator_of
from kesher.rules.parse import event_field, parse
from kesher.rules.tree import (
    ConsentLeaf,
    DidLeaf,
    FieldLeaf,
    IdentifiedLeaf,
    Leaf,
    ListLeaf,
    Period,
    Rule,
    SegmentLeaf,
    leaves,
)
from kesher.rules.vocabulary import Field, Vocabulary

# Somebody comes, goes or becomes one with another: that concerns every rule.
ALWAYS = frozenset({"contact.created", "contact.deleted", "contact.restored", "contact.merged"})
# What time changes differs between these: other days, months and years.
_ONE = Moment(datetime(2026, 1, 10, 12, tzinfo=UTC), "UTC")
_OTHER = Moment(datetime(2027, 3, 22, 12, tzinfo=UTC), "UTC")


@dataclass(frozen=True)
class Dependencies:
    """`kinds` of events. `by_day`: midnight may change the answer; `by_clock`: any moment may."""

    kinds: frozenset[str]
    by_day: bool
    by_clock: bool


def dependencies(rule: Rule, vocabulary: Vocabulary) -> Dependencies:
    """Of the rule and of the segments it names, all the way down."""
    found = list(_all_leaves(rule, vocabulary))
    kinds = frozenset(kind for leaf in found for kind in _kinds(leaf))
    return Dependencies(
        kinds=kinds | ALWAYS,
        by_day=any(_by_day(leaf, vocabulary) for leaf in found),
        by_clock=any(_period(leaf).within is not None for leaf in found),
    )


def segments_under(rule: Rule, vocabulary: Vocabulary) -> set[str]:
    """The keys of the segments that the rule names, and of those that they name."""
    return {leaf.segment for leaf in _all_leaves(rule, vocabulary) if isinstance(leaf, SegmentLeaf)}


def _all_leaves(
    rule: Rule, vocabulary: Vocabulary, seen: frozenset[str] = frozenset()
) -> Iterator[Leaf]:
    for leaf in leaves(rule):
        yield leaf
        if isinstance(leaf, SegmentLeaf) and leaf.segment not in seen:
            found = vocabulary.segment(leaf.segment)
            if found is not None:
                inner = parse(found.rule, vocabulary, owner=leaf.segment)
                yield from _all_leaves(inner, vocabulary, seen | {leaf.segment})


def _kinds(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case FieldLeaf():
            return ("contact.updated",)
        case ListLeaf():
            return ("list.joined", "list.left")
        case ConsentLeaf():
            return ("consent.granted", "consent.withdrawn")
        case DidLeaf(kind):
            return (kind,)
        case SegmentLeaf() | IdentifiedLeaf():
            return ()


def _period(leaf: Leaf) -> Period:
    match leaf:
        case ListLeaf(_, joined):
            return joined
        case DidLeaf(period=period):
            return period
        case _:
            return Period()


def _by_day(leaf: Leaf, vocabulary: Vocabulary) -> bool:
    """Whether what it compares with is another on another day."""
    if isinstance(leaf, FieldLeaf):
        return _differs(leaf, vocabulary.field(leaf.field))
    kind = vocabulary.kind(leaf.kind) if isinstance(leaf, DidLeaf) else None
    if kind is None or not isinstance(leaf, DidLeaf):
        return False
    return any(_differs(part, event_field(kind, part.field, part.value)) for part in leaf.where)


def _differs(leaf: FieldLeaf, field: Field | None) -> bool:
    operator = operator_of(field.type, leaf.op) if field else None
    if field is None or operator is None or TYPES[field.type].key != "date":
        return False
    one, other = (operator.prepare(leaf.value, field, moment) for moment in (_ONE, _OTHER))
    return bool(one != other)
