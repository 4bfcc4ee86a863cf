"""Blocks that share a number between them, "50–60", "61–70": the values that none or several of them match.

Pure. What lies in a gap today (`held`) is read by `content.coverage`; without it every gap is told, with it the
values that people really have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kesher.content.document import Tree
from kesher.content.problems import HINT, WARNING, Problem
from kesher.content.targeting import ANY_MOMENT, Target, name_of
from kesher.rules import problems as rule_problems
from kesher.rules.checks import check_bands, otherwise
from kesher.rules.operators import TYPES
from kesher.rules.samples import holds_in, worlds
from kesher.rules.tree import FieldLeaf, Rule, leaves, to_json
from kesher.rules.vocabulary import Vocabulary

Values = Mapping[str, Sequence[Decimal]]


def banded_fields(targets: Sequence[Target], words: Vocabulary) -> list[str]:
    """The numeric fields by which two or more blocks are told apart, and nothing else in those blocks' rules."""
    keys = dict.fromkeys(key for target in targets for key in _keys(target.rule))
    return [
        key
        for key in keys
        if (found := words.field(key))
        and TYPES[found.type].key == "number"
        and len({target.rule for target in targets if _keys(target.rule) == {key}}) > 1
    ]


def check_bands_of(
    tree: Tree, targets: Sequence[Target], words: Vocabulary, *, held: Values | None = None
) -> list[Problem]:
    """Gaps and overlaps of each banded field, in words. `held`: the values that people have, by field.

    Where each band lies within another ("more than 0", "more than 4") they overlap on purpose: nothing is said.
    """
    return [
        problem
        for key in banded_fields(targets, words)
        for problem in _of_field(key, tree, targets, words, held or {})
    ]


def _of_field(
    key: str, tree: Tree, targets: Sequence[Target], words: Vocabulary, held: Values
) -> list[Problem]:
    # Blocks of one rule are one band. A rule that speaks of the field and of more keeps the gaps unsaid.
    bands: dict[Rule, list[Target]] = {}
    for target in targets:
        if key in _keys(target.rule):
            bands.setdefault(target.rule, []).append(target)
    pairs = [(blocks[0].path, rule) for rule, blocks in bands.items()]
    told = check_bands(pairs, words)
    if values := held.get(key):
        told = _sharpened(told, check_bands(pairs, words, possible={key: values}))
    by_path = {blocks[0].path: blocks for blocks in bands.values()}
    alone = [rule for rule in bands if _keys(rule) == {key}]
    is_nested = all(_nests(one, other, words) for one in alone for other in alone)
    last = max((b for blocks in bands.values() for b in blocks), key=lambda b: _place(tree, b))
    gap = {"otherwise": to_json(otherwise(alone)), "after": last.node.id}
    if is_nested:
        told = [one for one in told if one.code != "overlap"]
    return [
        _overlap(one, by_path) if one.code == "overlap" else _gap(one, gap, is_nested=is_nested)
        for one in told
    ]


def _sharpened(
    told: Sequence[rule_problems.Problem], real: Sequence[rule_problems.Problem]
) -> list[rule_problems.Problem]:
    """Each gap replaced by the stretches of values in it that people have, where there are any."""
    gaps = [one for one in real if one.code == "uncovered"]
    found: list[rule_problems.Problem] = []
    for one in told:
        inner = [gap for gap in gaps if _lies_in(gap, one)] if one.code == "uncovered" else []
        found += [replace(gap, data={**gap.data, "is_real": True}) for gap in inner] or [one]
    return found


def _lies_in(inner: rule_problems.Problem, outer: rule_problems.Problem) -> bool:
    low, high = outer.data["low"], outer.data["high"]
    return (low is None or inner.data["low"] >= low) and (
        high is None or inner.data["high"] <= high
    )


def _gap(one: rule_problems.Problem, more: dict[str, Any], *, is_nested: bool) -> Problem:
    """A hole between two bands, or one with people in it, is a slip; below the first and above the last may be meant."""
    is_between = one.data.get("low") is not None and one.data.get("high") is not None
    is_slip = (is_between or one.data.get("is_real")) and not is_nested
    severity = WARNING if is_slip and one.code == "uncovered" else HINT
    return Problem("blocks", _said(one), severity, "", one.code, {**_plain(one.data), **more})


def _overlap(one: rule_problems.Problem, by_path: Mapping[str, Sequence[Target]]) -> Problem:
    targets = [target for path in one.data["paths"] for target in by_path[path]]
    names = ", ".join(name_of(by_path[path][0].node) for path in one.data["paths"])
    words = _said(replace(one, data={**one.data, "places": names}))
    blocks = [target.node.id for target in targets]
    data = {**_plain(one.data), "blocks": blocks}
    return Problem(one.path, words, WARNING, by_path[one.path][0].node.id, "overlap", data)


def _said(one: rule_problems.Problem) -> str:
    return one.words[:1].upper() + one.words[1:]


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a problem's data goes out as JSON."""
    kept = {name: data[name] for name in ("key", "rule", "low", "high") if name in data}
    return {
        name: float(value) if isinstance(value, Decimal) else value for name, value in kept.items()
    }


def _nests(one: Rule, other: Rule, words: Vocabulary) -> bool:
    """Whether one of the two holds wherever the other does."""
    tried = list(worlds([one, other], words) or ())
    pairs = {
        (holds_in(one, world, words, ANY_MOMENT), holds_in(other, world, words, ANY_MOMENT))
        for world in tried
    }
    return not {(True, False), (False, True)} <= pairs


def _place(tree: Tree, target: Target) -> int:
    return [node.id for node in tree.walk()].index(target.node.id)


def _keys(rule: Rule) -> set[str]:
    return {leaf.field if isinstance(leaf, FieldLeaf) else "" for leaf in leaves(rule)}
