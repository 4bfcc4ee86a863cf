"""Who sees which blocks: the rules of a document, what must hold for a block to show, what is wrong with them.

Pure: it knows neither the people nor the database. `content.coverage` counts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from kesher.content.blocks import BLOCKS, Node
from kesher.content.document import Tree
from kesher.content.problems import ERROR, WARNING, Problem
from kesher.rules import problems as rule_problems
from kesher.rules.checks import check, otherwise
from kesher.rules.moment import Moment
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.samples import holds_in, worlds
from kesher.rules.tree import AllOf, Rule, to_json
from kesher.rules.vocabulary import Vocabulary

LONGEST_NAME = 40
# Samples hold no relative days, so that any moment does.
ANY_MOMENT = Moment(datetime(2026, 1, 1, tzinfo=UTC), "UTC")


@dataclass(frozen=True)
class Target:
    """A block with a rule of its own."""

    node: Node
    rule: Rule

    @property
    def path(self) -> str:
        return f"blocks.{self.node.id}.show_if"


@dataclass(frozen=True)
class Placed:
    """A block and the targeted blocks on the way to it, itself last: all their rules must hold."""

    node: Node
    way: tuple[Node, ...]


def placed(tree: Tree) -> Iterator[Placed]:
    """Every block of the document, those in columns after their columns."""
    for node in tree.blocks:
        above = (node,) if node.show_if is not None else ()
        yield Placed(node, above)
        for column in node.columns:
            for inner in column:
                yield Placed(inner, (*above, *((inner,) if inner.show_if is not None else ())))


def content_of(tree: Tree) -> list[Placed]:
    """The blocks for whose sake the message is sent. Where all are headings, those."""
    kinds = [one for one in placed(tree) if BLOCKS.get(one.node.kind).is_content]
    return kinds or [one for one in placed(tree) if one.node.kind == "heading"]


def needs_of(tree: Tree, truth: Callable[[Node], int]) -> tuple[tuple[int, ...], ...]:
    """Plan.needs: sets of rules, one of which must hold for anything to be left. Empty: something always is."""
    sets = {frozenset(truth(node) for node in one.way) for one in content_of(tree)}
    smallest = [one for one in sets if not any(other < one for other in sets)]
    return () if frozenset() in sets else tuple(sorted(tuple(sorted(one)) for one in smallest))


def read_targets(tree: Tree, words: Vocabulary) -> tuple[list[Target], list[Problem]]:
    """The blocks whose rules can be read, and what is wrong with the others, each with its place."""
    found: list[Target] = []
    problems: list[Problem] = []
    for node in tree.walk():
        if node.show_if is None:
            continue
        try:
            rule = parse(node.show_if, words, path=f"blocks.{node.id}.show_if")
        except BadRule as error:
            problems += [_as_problem(one, node, "bad_rule", ERROR) for one in error.problems]
        else:
            found.append(Target(node, rule))
    return found, problems


def _as_problem(one: rule_problems.Problem, node: Node, code: str, severity: str) -> Problem:
    return Problem(one.path, _capital(one.words), severity, node.id, code, {"rule": node.show_if})


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def check_targets(tree: Tree, targets: Sequence[Target], words: Vocabulary) -> list[Problem]:
    """Rules that name what is gone, or decide nothing, and content that is for some people only."""
    found = [
        _as_problem(replace(one, path=one.path or target.path), target.node, one.code, WARNING)
        for target in targets
        for one in check(target.rule, words, path=target.path)
    ]
    found += _hidden_ways_out(tree)
    if (lacking := rule_of_nothing(tree, targets, words)) is not None:
        found.append(_all_targeted(tree, lacking))
    return found


def _hidden_ways_out(tree: Tree) -> list[Problem]:
    """The law wants a way out in every mail: a footer is for everybody."""
    footers = [node for node in tree.blocks if node.kind == "footer"]
    if not footers or any(node.show_if is None for node in footers):
        return []
    message = _("The footer must be for everybody: without it people cannot leave the list")
    return [
        Problem(f"blocks.{node.id}.show_if", message, ERROR, node.id, "hidden_footer")
        for node in footers
    ]


def rule_of_nothing(tree: Tree, targets: Sequence[Target], words: Vocabulary) -> Rule | None:
    """Who would get no content at all; None when everybody gets some, or a rule cannot be read."""
    rules = {target.node.id: target.rule for target in targets}
    shown: list[Rule] = []
    for one in content_of(tree):
        if not one.way or any(node.id not in rules for node in one.way):
            return None
        parts = tuple(rules[node.id] for node in one.way)
        shown.append(parts[0] if len(parts) == 1 else AllOf(parts))
    rule = otherwise(tuple(dict.fromkeys(shown)))
    return rule if shown and may_hold(rule, words) else None


def may_hold(rule: Rule, words: Vocabulary) -> bool:
    """Whether some contact could pass, as far as trying tells."""
    tried = worlds([rule], words)
    return tried is None or any(holds_in(rule, world, words, ANY_MOMENT) for world in tried)


def _all_targeted(tree: Tree, lacking: Rule) -> Problem:
    data = {"otherwise": to_json(lacking), "after": last_content(tree)}
    message = _(
        "Every part of the content is for some people only: who matches none of them gets no message."
        " Add a block for everybody else"
    )
    return Problem("blocks", message, WARNING, "", "all_targeted", data)


def last_content(tree: Tree) -> str:
    """The id of the last block of the page before its footer: new blocks are put after it."""
    ids = [node.id for node in tree.blocks if node.kind != "footer"]
    return ids[-1] if ids else ""


def name_of(node: Node) -> str:
    """A block in a sentence: its kind, and the first words of what it says."""
    label = str(BLOCKS.get(node.kind).label)
    said = node.settings.get("text") or node.settings.get("html") or node.settings.get("alt") or ""
    words = " ".join(strip_tags(str(said).replace("<", " <")).split())
    if not words:
        return label
    short = words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME].rstrip()}…"
    return _("%(kind)s “%(words)s”") % {"kind": label, "words": short}


def shown_to(
    tree: Tree, rules: Sequence[dict[str, Any]], truths: Sequence[Any]
) -> list[tuple[Node, bool]]:
    """Each targeted block and whether it is seen: by its own rule and that of the columns that hold it."""
    holds = {repr(rule): bool(truth) for rule, truth in zip(rules, truths, strict=True)}
    return [
        (one.node, all(holds[repr(node.show_if)] for node in one.way))
        for one in placed(tree)
        if one.node.show_if is not None
    ]
