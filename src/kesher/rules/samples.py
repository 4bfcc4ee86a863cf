"""Values worth trying: for each field of some rules, one from every stretch that their operators tell apart.

What cannot be told apart by trying values (parts of texts, relative days, lists, events) is a free atom, true
or false by itself. So the answers err to one side only: what holds for all samples holds for all contacts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from kesher.rules.moment import Moment
from kesher.rules.operators import TYPES, operator_of
from kesher.rules.operators.days import read_day
from kesher.rules.tree import AllOf, AnyOf, FieldLeaf, Leaf, Not, Rule, leaves
from kesher.rules.vocabulary import Field, Vocabulary

MOST_TRIALS = 4_096
MISSING = None
_EXACT_TEXT = ("equals", "one_of", "is_set")
_EXACT_DAYS = ("on", "before", "after", "between", "is_set")
_OTHER = "\ufffd"  # a text that no rule names


@dataclass(frozen=True)
class Set:
    """A value that is there, whatever it is."""


@dataclass(frozen=True)
class World:
    """One way a contact can be, as far as the rules can tell: values by field, truths of free leaves."""

    values: Mapping[str, Any]
    free: Mapping[Leaf, bool]


def holds_in(rule: Rule, world: World, vocabulary: Vocabulary, moment: Moment) -> bool:
    match rule:
        case AllOf(parts):
            return all(holds_in(part, world, vocabulary, moment) for part in parts)
        case AnyOf(parts):
            return any(holds_in(part, world, vocabulary, moment) for part in parts)
        case Not(part):
            return not holds_in(part, world, vocabulary, moment)
        case FieldLeaf(key) if rule not in world.free:
            found = vocabulary.field(key)
            value = world.values.get(key)
            return found is not None and _compared(rule, found, value, moment)
        case FieldLeaf(key):
            return world.free[rule] and world.values.get(key) is not MISSING
        case _:
            return world.free[rule]


def _compared(leaf: FieldLeaf, found: Field, value: Any, moment: Moment) -> bool:
    operator = operator_of(found.type, leaf.op)
    if operator is None or value is MISSING:
        return False
    if leaf.op == "is_set":
        return True
    typed = TYPES[found.type].read(value, moment)
    return typed is not None and operator.test(typed, operator.prepare(leaf.value, found, moment))


def worlds(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    possible: Mapping[str, Sequence[Decimal]] | None = None,
) -> Iterator[World] | None:
    """Every world the rules can tell apart; None when they are too many to try."""
    told = list(dict.fromkeys(leaf for rule in rules for leaf in leaves(rule)))
    by_field: dict[str, list[FieldLeaf]] = {}
    for leaf in told:
        if isinstance(leaf, FieldLeaf):
            by_field.setdefault(leaf.field, []).append(leaf)
    free: list[Leaf] = [leaf for leaf in told if not isinstance(leaf, FieldLeaf)]
    tried: dict[str, list[Any]] = {}
    for key, asked in by_field.items():
        found = vocabulary.field(key)
        values = field_samples(found, asked, (possible or {}).get(key)) if found else [MISSING]
        if values is None:
            free.extend(leaf for leaf in asked if leaf.op != "is_set")
            values = [MISSING, Set()]
        tried[key] = values
    count = 2 ** len(free)
    for values in tried.values():
        count *= len(values)
    return None if count > MOST_TRIALS else _all(tried, free)


def _all(tried: Mapping[str, Sequence[Any]], free: Sequence[Leaf]) -> Iterator[World]:
    for values in product(*tried.values()):
        for truths in product((False, True), repeat=len(free)):
            yield World(dict(zip(tried, values, strict=True)), dict(zip(free, truths, strict=True)))


def field_samples(
    found: Field, asked: Sequence[FieldLeaf], possible: Sequence[Decimal] | None = None
) -> list[Any] | None:
    """Values of the field that tell all the leaves apart, missing first; None when trying values cannot."""
    match TYPES[found.type].key:
        case "number":
            return [MISSING, *number_samples(found, asked, possible)]
        case "yes_no":
            return [MISSING, False, True]
        case "choice":
            return [MISSING, *_keys(found, asked), _OTHER]
        case "choices":
            keys = _keys(found, asked, only_asked=True)
            if len(keys) > 6:
                return None
            return [MISSING, *([*some, _OTHER] for some in _subsets(keys)), *_whole(keys)]
        case "text" if all(leaf.op in _EXACT_TEXT for leaf in asked):
            return [MISSING, *_texts(asked), _OTHER]
        case "date" if all(_is_fixed(leaf) for leaf in asked):
            return [MISSING, *_days(asked)]
    return None


def _constants(asked: Iterable[FieldLeaf]) -> list[Any]:
    found: list[Any] = []
    for leaf in asked:
        if leaf.op != "is_set":
            found.extend(leaf.value if isinstance(leaf.value, tuple) else (leaf.value,))
    return found


def number_samples(
    found: Field, asked: Sequence[FieldLeaf], possible: Sequence[Decimal] | None = None
) -> list[Decimal]:
    """Ascending. All that are possible when that is known; else the ends, the middles and beyond."""
    if possible is not None:
        return sorted(set(possible))
    if found.type == "rating":
        return [Decimal(number) for number in range(1, (found.most or 5) + 1)]
    ends = sorted({Decimal(str(value)) for value in _constants(asked)}) or [Decimal(0)]
    if found.decimals == 0:
        return sorted({end + step for end in ends for step in (-1, 0, 1)})
    middles = [(low + high) / 2 for low, high in pairwise(ends)]
    return sorted({*ends, *middles, ends[0] - 1, ends[-1] + 1})


def _keys(found: Field, asked: Sequence[FieldLeaf], *, only_asked: bool = False) -> list[str]:
    known = [] if only_asked else [choice.key for choice in found.choices]
    return list(dict.fromkeys([*known, *map(str, _constants(asked))]))


def _subsets(keys: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for key in keys:
        found += [[*some, key] for some in found]
    return found


def _whole(keys: Sequence[str]) -> list[list[str]]:
    return [some for some in _subsets(keys) if some]


def _texts(asked: Sequence[FieldLeaf]) -> list[str]:
    return list(dict.fromkeys(map(str, _constants(asked))))


def _is_fixed(leaf: FieldLeaf) -> bool:
    return leaf.op in _EXACT_DAYS and all(read_day(day) for day in _constants([leaf]))


def _days(asked: Sequence[FieldLeaf]) -> list[date]:
    near = [day for text in _constants(asked) if (day := read_day(text))]
    steps = (timedelta(days=step) for step in (-1, 0, 1))
    return sorted({day + step for step in steps for day in near}) or [date(2000, 1, 1)]
