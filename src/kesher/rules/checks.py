"""What is wrong with rules that can be read: nobody or everybody passes, bands leave gaps or overlap.

Nothing here asks the database; each gap carries a rule by which a sample contact can be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.rules.moment import Moment
from kesher.rules.operators import TYPES
from kesher.rules.problems import Problem, closest
from kesher.rules.samples import World, holds_in, number_samples, worlds
from kesher.rules.tree import (
    AllOf,
    AnyOf,
    FieldLeaf,
    Leaf,
    ListLeaf,
    Not,
    Rule,
    SegmentLeaf,
    leaves,
    to_json,
)
from kesher.rules.vocabulary import Field, Vocabulary

# Samples hold no relative days, so that any moment does.
_ANY_MOMENT = Moment(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
_ALWAYS: Rule = AllOf(())


def check(rule: Rule, vocabulary: Vocabulary, *, path: str = "") -> list[Problem]:
    """The problems of one rule: values that are gone, conditions that nobody or everybody passes."""
    found = [
        problem for place, leaf in _placed(rule, path) for problem in _gone(leaf, vocabulary, place)
    ]
    return found + _idle(rule, vocabulary, path)


def otherwise(rules: Sequence[Rule]) -> Rule:
    """The rule of the block that is left for everybody else."""
    return Not(AnyOf(tuple(rules)))


def possible_sums(questions: Iterable[Iterable[int | float | Decimal]]) -> tuple[Decimal, ...]:
    """All sums of one answer's points from each question: five times 10, 20, 30 gives 50, 60, … 150."""
    sums = {Decimal(0)}
    for points in questions:
        each = [Decimal(str(one)) for one in points]
        sums = {known + one for known in sums for one in each}
    return tuple(sorted(sums))


# One rule.


def _children(rule: Rule, path: str) -> Iterator[tuple[str, Rule]]:
    prefix = f"{path}." if path else ""
    match rule:
        case AllOf(parts):
            yield from ((f"{prefix}all[{number}]", part) for number, part in enumerate(parts))
        case AnyOf(parts):
            yield from ((f"{prefix}any[{number}]", part) for number, part in enumerate(parts))
        case Not(part):
            yield f"{prefix}not", part


def _placed(rule: Rule, path: str) -> Iterator[tuple[str, Leaf]]:
    if not isinstance(rule, AllOf | AnyOf | Not):
        yield path, rule
    for place, part in _children(rule, path):
        yield from _placed(part, place)


def _gone(leaf: Leaf, vocabulary: Vocabulary, path: str) -> Iterator[Problem]:
    """Archived fields, lists and segments, and choices that the field no longer has."""
    yield from _archived(leaf, vocabulary, path)
    found = vocabulary.field(leaf.field) if isinstance(leaf, FieldLeaf) else None
    if found is None or not isinstance(leaf, FieldLeaf):
        return
    if found.archived:
        text = _("the field “%(field)s” was archived: its values no longer change")
        yield Problem("archived_field", path, text, {"field": str(found.label)})
    if TYPES[found.type].key in ("choice", "choices") and found.choices and leaf.op != "is_set":
        keys = [choice.key for choice in found.choices]
        for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
            if value not in keys:
                known = ((choice.key, (str(choice.label),)) for choice in found.choices)
                yield Problem(
                    "unknown_choice", path, _("“%(value)s” is not a choice of “%(field)s”"),
                    {"value": value, "field": str(found.label)}, closest(value, known),
                )  # fmt: skip


def _archived(leaf: Leaf, vocabulary: Vocabulary, path: str) -> Iterator[Problem]:
    if isinstance(leaf, ListLeaf):
        named = vocabulary.list(leaf.list)
        if named is not None and named.archived:
            text = _("the list “%(list)s” was archived: nobody joins it any more")
            yield Problem("archived_list", path, text, {"list": str(named.name)})
    elif isinstance(leaf, SegmentLeaf):
        saved = vocabulary.segment(leaf.segment)
        if saved is not None and saved.archived:
            text = _("the segment “%(segment)s” was archived; its rule still holds here")
            yield Problem("archived_segment", path, text, {"segment": str(saved.name)})


def _idle(rule: Rule, vocabulary: Vocabulary, path: str) -> list[Problem]:
    """The smallest parts that are never or always true; what holds them says nothing more."""
    inner = [
        problem
        for place, part in _children(rule, path)
        for problem in _idle(part, vocabulary, place)
    ]
    if inner or rule in (_ALWAYS, AnyOf(())):
        return inner
    tried = worlds([rule], vocabulary)
    answers = (
        {holds_in(rule, world, vocabulary, _ANY_MOMENT) for world in tried} if tried else set()
    )
    if answers == {False}:
        return [Problem("never_true", path, _("nobody can ever match this"))]
    if answers == {True}:
        return [Problem("always_true", path, _("everybody matches this: it decides nothing"))]
    return []


# Several rules beside each other.


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring samples with one answer. An end is None where it goes on for ever."""

    low: Decimal | None
    high: Decimal | None
    low_is_in: bool
    high_is_in: bool
    rules: frozenset[int]


def check_bands(
    rules: Sequence[tuple[str, Rule]],
    vocabulary: Vocabulary,
    *,
    possible: Mapping[str, Sequence[Decimal]] | None = None,
) -> list[Problem]:
    """Gaps and overlaps among rules that share one numeric field, each with its path, in their order.

    `possible`: the values a field can have at all, by its key (see possible_sums). Rules about anything
    besides that field are left alone; an "otherwise" among the rules leaves no gap.
    """
    numeric = list(dict.fromkeys(key for _path, rule in rules for key in _fields(rule)))
    found: list[Problem] = []
    for key in numeric:
        field = vocabulary.field(key)
        alone = [(path, rule) for path, rule in rules if _fields(rule) == {key}]
        if field and TYPES[field.type].key == "number" and len(alone) > 1:
            values = (possible or {}).get(key)
            has_more = len(alone) < len(rules)
            found += _check_field(field, alone, vocabulary, values, has_more=has_more)
    return found


def _fields(rule: Rule) -> set[str]:
    """The fields of a rule; an empty name stands for anything that is no field."""
    return {leaf.field if isinstance(leaf, FieldLeaf) else "" for leaf in leaves(rule)}


def _check_field(
    field: Field,
    rules: Sequence[tuple[str, Rule]],
    vocabulary: Vocabulary,
    possible: Sequence[Decimal] | None,
    *,
    has_more: bool,
) -> list[Problem]:
    asked = [leaf for _path, rule in rules for leaf in leaves(rule) if isinstance(leaf, FieldLeaf)]
    samples = number_samples(field, asked, possible)
    answers = {value: _true_of(value, field, rules, vocabulary) for value in samples}
    is_closed = possible is not None or field.type == "rating"
    is_whole = not is_closed and field.decimals == 0
    stretches = [
        _open(one, samples) if is_whole else one
        for one in _stretches(answers, is_closed=is_closed or is_whole)
    ]
    if not is_closed and field.decimals is None and all(value % 1 == 0 for value in _ends(asked)):
        stretches = [one for one in stretches if not _is_between_neighbours(one)]
    found = [_overlap(field, one, rules) for one in stretches if len(one.rules) > 1]
    if not has_more:
        found += [_gap(field, one) for one in stretches if not one.rules]
        if not _true_of(None, field, rules, vocabulary):
            text = _("contacts without “%(field)s” match nothing")
            data = {"field": str(field.label), "key": field.key, "rule": _missing(field)}
            found.append(Problem("uncovered_missing", "", text, data))
    return found


def _ends(asked: Iterable[FieldLeaf]) -> Iterator[Decimal]:
    for leaf in asked:
        if leaf.value is not None:
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            yield from (Decimal(str(value)) for value in values)


def _true_of(
    value: Decimal | None, field: Field, rules: Sequence[tuple[str, Rule]], vocabulary: Vocabulary
) -> frozenset[int]:
    world = World({field.key: value}, {})
    return frozenset(
        number
        for number, (_path, rule) in enumerate(rules)
        if holds_in(rule, world, vocabulary, _ANY_MOMENT)
    )


def _stretches(answers: Mapping[Decimal, frozenset[int]], *, is_closed: bool) -> list[_Stretch]:
    """`is_closed`: the samples are all there is. Else they are ends, middles and beyond, in turns."""
    values = list(answers)
    runs: list[list[int]] = []
    for number, value in enumerate(values):
        if runs and answers[values[runs[-1][-1]]] == answers[value]:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [_stretch(run, values, answers[values[run[0]]], is_closed) for run in runs]


def _stretch(
    run: Sequence[int], values: Sequence[Decimal], rules: frozenset[int], is_closed: bool
) -> _Stretch:
    first, last = run[0], run[-1]
    if is_closed:
        return _Stretch(values[first], values[last], True, True, rules)
    # Ends lie at odd places: between two of them is a middle, which stands for all that lies between.
    low_is_in, high_is_in = first % 2 == 1, last % 2 == 1
    low = first if low_is_in else first - 1
    high = last if high_is_in else last + 1
    return _Stretch(
        values[low] if low >= 0 else None,
        values[high] if high < len(values) else None,
        low_is_in,
        high_is_in,
        rules,
    )


def _open(one: _Stretch, samples: Sequence[Decimal]) -> _Stretch:
    """Of whole numbers the first and the last sample stand for all beyond."""
    low = None if one.low == samples[0] else one.low
    high = None if one.high == samples[-1] else one.high
    return _Stretch(low, high, True, True, one.rules)


def _is_between_neighbours(one: _Stretch) -> bool:
    """Only fractions lie in it: nothing to say where all ends are whole numbers."""
    if one.low is None or one.high is None or one.low_is_in or one.high_is_in:
        return False
    return one.high - one.low <= 1


def _overlap(field: Field, one: _Stretch, rules: Sequence[tuple[str, Rule]]) -> Problem:
    paths = [rules[number][0] for number in sorted(one.rules)]
    text = _("%(range)s matches more than one: %(places)s")
    data = {**_data(field, one), "paths": paths, "places": ", ".join(paths)}
    return Problem("overlap", paths[1], text, {**data, "range": _Range(field, one)})


def _gap(field: Field, one: _Stretch) -> Problem:
    text = _("%(range)s matches nothing")
    return Problem("uncovered", "", text, {**_data(field, one), "range": _Range(field, one)})


def _data(field: Field, one: _Stretch) -> dict[str, Any]:
    return {
        "key": field.key,
        "low": one.low,
        "high": one.high,
        "rule": to_json(_within(field, one)),
    }


def _within(field: Field, one: _Stretch) -> Rule:
    """The rule of those whose value lies in the stretch."""
    parts: list[Rule] = []
    if one.low is not None:
        parts.append(FieldLeaf(field.key, "gte" if one.low_is_in else "gt", _plain(one.low)))
    if one.high is not None:
        parts.append(FieldLeaf(field.key, "lte" if one.high_is_in else "lt", _plain(one.high)))
    return AllOf(tuple(parts)) if parts else FieldLeaf(field.key, "is_set")


def _missing(field: Field) -> dict[str, Any]:
    return to_json(Not(FieldLeaf(field.key, "is_set")))


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


@dataclass(frozen=True)
class _Range:
    """A stretch of a field in words, in whatever language it is read."""

    field: Field
    one: _Stretch

    def __str__(self) -> str:
        low, high = self.one.low, self.one.high
        data = {
            "field": self.field.label,
            "low": "" if low is None else f"{_plain(low):,}",
            "high": "" if high is None else f"{_plain(high):,}",
        }
        return str(self._text()) % data

    def _text(self) -> Any:
        one = self.one
        if one.low is None and one.high is None:
            return _("any value of “%(field)s”")
        if one.low is None:
            up_to, below = _("“%(field)s” up to %(high)s"), _("“%(field)s” below %(high)s")
            return up_to if one.high_is_in else below
        if one.high is None:
            from_, above = _("“%(field)s” from %(low)s up"), _("“%(field)s” above %(low)s")
            return from_ if one.low_is_in else above
        if one.low == one.high:
            return _("“%(field)s” of exactly %(low)s")
        if one.low_is_in and one.high_is_in:
            return _("“%(field)s” from %(low)s to %(high)s")
        if one.low_is_in:
            return _("“%(field)s” from %(low)s to less than %(high)s")
        if one.high_is_in:
            return _("“%(field)s” above %(low)s up to %(high)s")
        return _("“%(field)s” between %(low)s and %(high)s, both left out")
