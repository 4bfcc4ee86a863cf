"""Why a contact passes a rule or does not: the truth of each condition, in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import sql
from kesher.rules.parse import parse
from kesher.rules.sql import truths
from kesher.rules.tree import AllOf, AnyOf, Leaf, Not, Rule, SegmentLeaf
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words

MOST_REASONS = 300


@dataclass(frozen=True)
class Reason:
    """One condition. `path` is where it stands; inside a segment it begins with the way to that segment."""

    path: str
    sentence: str
    holds: bool


@dataclass(frozen=True)
class Answer:
    holds: bool
    reasons: tuple[Reason, ...]


def explain(
    workspace: Workspace,
    rule: Rule,
    contact_id: int,
    now: datetime,
    *,
    vocabulary: Vocabulary | None = None,
    identified: bool = False,
) -> Answer:
    """Of a living contact of the workspace; one that is not there passes nothing."""
    words = vocabulary or vocabulary_of(workspace)
    found = list(_conditions(rule, words))[:MOST_REASONS]
    asked = truths(
        [rule, *(leaf for _path, leaf in found)], words,
        moment_of(workspace, now, identified=identified),
        workspace_id=workspace.pk, contact_ids=[contact_id],
    )  # fmt: skip
    rows = sql.rows(asked.text, asked.parameters)
    holds, *each = rows[0][1:] if rows else [False] * (1 + len(found))
    reasons = (
        Reason(path, in_words(leaf, words), truth)
        for (path, leaf), truth in zip(found, each, strict=True)
    )
    return Answer(holds, tuple(reasons))


def _conditions(rule: Rule, words: Vocabulary, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """The leaves with their places; those of a segment after it."""
    prefix = f"{path}." if path else ""
    match rule:
        case AllOf(parts):
            for number, part in enumerate(parts):
                yield from _conditions(part, words, f"{prefix}all[{number}]")
        case AnyOf(parts):
            for number, part in enumerate(parts):
                yield from _conditions(part, words, f"{prefix}any[{number}]")
        case Not(part):
            yield from _conditions(part, words, f"{prefix}not")
        case SegmentLeaf(key):
            yield path, rule
            if (found := words.segment(key)) is not None:
                inner = parse(found.rule, words, owner=key)
                yield from _conditions(inner, words, f"{prefix}segment")
        case _:
            yield path, rule
