"""The contacts table narrowed by a saved segment or by conditions made up on the spot: ?segment=5, ?rule={…}."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict

from kesher.accounts.models import Workspace
from kesher.contacts.filtering import Where
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import audience
from kesher.rules.tree import AllOf, Rule, to_json
from kesher.rules.vocabulary import Vocabulary
from kesher.rules.words import in_words
from kesher.segments.models import Segment
from kesher.web.contacts.filters import Query

LONGEST_RULE = 6_000  # characters: what fits into an address


@dataclass(frozen=True)
class Narrowing:
    """What the chip above the table says. `problems` in words: then nobody matches."""

    segment: Segment | None = None
    rule: Any = None  # made up on the spot, as JSON
    sentence: str = ""
    problems: list[str] = field(default_factory=list)


def narrowed(
    workspace: Workspace, given: QueryDict, query: Query, now: datetime
) -> tuple[Query, Narrowing | None]:
    """The query with the segment and the rule in it; None when neither is asked for."""
    segment, rule = _segment(workspace, given), _rule(given)
    if segment is None and rule is None:
        return query, None
    words = vocabulary_of(workspace)
    try:
        rules = [parse(one, words, owner=owner) for one, owner in _given(segment, rule)]
    except BadRule as bad:
        problems = [problem.words for problem in bad.problems]
        nobody = replace(query, filters=replace(query.filters, where=Where("FALSE")))
        return nobody, Narrowing(segment, rule, problems=problems)
    where = where_of(workspace, AllOf(tuple(rules)), words, now)
    narrow = replace(query, filters=replace(query.filters, where=where))
    sentence = in_words(rules[-1], words)
    shown = to_json(rules[-1]) if rule is not None else None
    return narrow, Narrowing(segment, shown, sentence)


def _given(segment: Segment | None, rule: Any) -> list[tuple[Any, str | None]]:
    found: list[tuple[Any, str | None]] = []
    if segment is not None:
        found.append((segment.rule, segment.key))
    if rule is not None:
        found.append((rule, None))
    return found


def where_of(workspace: Workspace, rule: Rule, words: Vocabulary, now: datetime) -> Where:
    """A rule as a condition of the table's statements; many or large parts are read once and joined."""
    made = audience(
        rule, words, moment_of(workspace, now), workspace_id=workspace.pk, prefix="where"
    )
    if not made.joins:
        return Where(made.text, made.parameters)
    inside = (
        f"c.id IN (SELECT c.id FROM contact c {made.joins} WHERE c.workspace_id = %(workspace)s"
        f" AND c.deleted_at IS NULL AND ({made.text}))"
    )
    return Where(inside, made.parameters)


def _segment(workspace: Workspace, given: QueryDict) -> Segment | None:
    number = str(given.get("segment", ""))
    if not number.isascii() or not number.isdecimal() or len(number) > 15:
        return None
    return Segment.objects.filter(workspace=workspace, pk=int(number)).first()


def _rule(given: QueryDict) -> Any:
    """The JSON of `rule`; None when there is none or it is no JSON."""
    text = given.get("rule", "")
    if not text or len(text) > LONGEST_RULE:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if found == {"all": []} else found
