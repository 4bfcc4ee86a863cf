"""A rule over plain values in memory: the answers of a form, one contact, one event. SQL is the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kesher.rules.moment import Moment
from kesher.rules.operators import TYPES, operator_of
from kesher.rules.parse import event_field, parse
from kesher.rules.periods import bounds
from kesher.rules.sql import MACHINE
from kesher.rules.tree import (
    PREVIOUS,
    AllOf,
    AnyOf,
    ConsentLeaf,
    DidLeaf,
    FieldLeaf,
    IdentifiedLeaf,
    ListLeaf,
    Not,
    Rule,
    SegmentLeaf,
)
from kesher.rules.vocabulary import Field, Kind, Vocabulary


@dataclass(frozen=True)
class Happened:
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What is known: values by field key, when each list (by its key) was joined, channels agreed to, events."""

    values: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, datetime] = field(default_factory=dict)
    consents: frozenset[str] = frozenset()
    events: Sequence[Happened] = ()


def holds(rule: Rule, facts: Facts, vocabulary: Vocabulary, moment: Moment) -> bool:
    """Whether the rule is true of the facts."""
    match rule:
        case AllOf(parts):
            return all(holds(part, facts, vocabulary, moment) for part in parts)
        case AnyOf(parts):
            return any(holds(part, facts, vocabulary, moment) for part in parts)
        case Not(part):
            return not holds(part, facts, vocabulary, moment)
        case FieldLeaf(key):
            found = vocabulary.field(key)
            return found is not None and _compared(rule, found, facts.values.get(key), moment)
        case ListLeaf():
            return _in_list(rule, facts, vocabulary, moment)
        case SegmentLeaf(key):
            segment = vocabulary.segment(key)
            inner = parse(segment.rule if segment else None, vocabulary, owner=key)
            return holds(inner, facts, vocabulary, moment)
        case ConsentLeaf(channel):
            return vocabulary.channel(channel) is not None and channel in facts.consents
        case IdentifiedLeaf(value):
            return moment.identified is value
        case DidLeaf():
            return _did(rule, facts, vocabulary, moment)


def _compared(leaf: FieldLeaf, found: Field, value: Any, moment: Moment) -> bool:
    operator = operator_of(found.type, leaf.op)
    typed = None if value is None else TYPES[found.type].read(value, moment)
    if operator is None or typed is None:
        return False
    return operator.test(typed, operator.prepare(leaf.value, found, moment))


def _in_list(leaf: ListLeaf, facts: Facts, vocabulary: Vocabulary, moment: Moment) -> bool:
    found = vocabulary.list(leaf.list)
    if found is None:
        return False
    if found.is_all:
        return True
    joined = facts.lists.get(found.key)
    return joined is not None and _between(joined, *bounds(leaf.joined, moment))


def _between(at: datetime, first: datetime | None, end: datetime | None) -> bool:
    return (first is None or at >= first) and (end is None or at < end)


def _did(leaf: DidLeaf, facts: Facts, vocabulary: Vocabulary, moment: Moment) -> bool:
    kind = vocabulary.kind(leaf.kind)
    if kind is None:
        return False
    first, end = bounds(leaf.period, moment)
    count = sum(
        happened.kind == leaf.kind
        and _between(happened.at, first, end)
        and not (leaf.by == "human" and MACHINE in happened.data)
        and _of_message(leaf.message, happened.data, vocabulary, moment)
        and all(_passes(part, kind, happened.data, moment) for part in leaf.where)
        for happened in facts.events
    )
    most = leaf.times.at_most
    return count >= leaf.times.at_least and (most is None or count <= most)


def _passes(leaf: FieldLeaf, kind: Kind, data: Mapping[str, Any], moment: Moment) -> bool:
    found = event_field(kind, leaf.field, leaf.value)
    return found is not None and _compared(leaf, found, entry_of(data, leaf.field), moment)


def entry_of(data: Mapping[str, Any], key: str) -> Any:
    """An entry of an event's data, by the key itself or by the way its dots spell."""
    if key in data:
        return data[key]
    value: Any = data
    for step in key.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _of_message(
    key: str | None, data: Mapping[str, Any], vocabulary: Vocabulary, moment: Moment
) -> bool:
    if key is None:
        return True
    if key == PREVIOUS:
        return str(data.get("message_id")) in map(str, moment.previous or ())
    found = vocabulary.message(key)
    return found is not None and found.match.items() <= data.items()
