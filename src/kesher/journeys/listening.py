"""Which kinds of events can change the truth of a rule: what a wait, an exit rule and a goal listen to. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kesher.rules.parse import parse
from kesher.rules.tree import (
    AllOf,
    AnyOf,
    ConsentLeaf,
    DidLeaf,
    FieldLeaf,
    ListLeaf,
    Not,
    Rule,
    SegmentLeaf,
)
from kesher.rules.vocabulary import Vocabulary


def kinds_that_change(rule: Rule, vocabulary: Vocabulary) -> frozenset[str]:
    """The kinds of events after which the rule may be true or false otherwise than before."""
    return frozenset(_kinds(rule, vocabulary))


def _kinds(rule: Rule, vocabulary: Vocabulary) -> Iterator[str]:
    match rule:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _kinds(part, vocabulary)
        case Not(part):
            yield from _kinds(part, vocabulary)
        case FieldLeaf(key):
            if not key.startswith("event."):
                yield "contact.updated"
        case ListLeaf():
            yield from ("list.joined", "list.left")
        case ConsentLeaf():
            yield from ("consent.granted", "consent.withdrawn")
        case DidLeaf(kind):
            yield kind
        case SegmentLeaf(key):
            found = vocabulary.segment(key)
            if found is not None:
                yield from _kinds(parse(found.rule, vocabulary, owner=key), vocabulary)


def changes_with_time(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether the mere passing of days can change it: dates, and what happened "within"."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            return any(changes_with_time(part, vocabulary) for part in parts)
        case Not(part):
            return changes_with_time(part, vocabulary)
        case FieldLeaf(key):
            found = vocabulary.field(key)
            return found is not None and found.type in ("date", "date_time")
        case ListLeaf(_, joined):
            return bool(joined.within)
        case DidLeaf():
            return bool(rule.period.within)
        case SegmentLeaf(key):
            inner = vocabulary.segment(key)
            return inner is not None and changes_with_time(
                parse(inner.rule, vocabulary, owner=key), vocabulary
            )
        case _:
            return False
