"""Whom a rehearsal is about, and what of their past its rules ask for. Read before the copies stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.events.kinds import EVENT_KINDS
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.problems import BadJourney, of_rule
from kesher.journeys.rehearsal.wishes import MOST_PEOPLE, People
from kesher.lib import sql
from kesher.rules.parse import parse
from kesher.rules.problems import BadRule
from kesher.rules.sql import audience
from kesher.segments.models import Segment

# Drawn evenly, and the same ones whenever it is asked again.
_CHOOSE = """
SELECT id FROM (
    SELECT c.id FROM contact c {joins}
    WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL AND ({rule})
    ORDER BY hashint8(c.id), c.id LIMIT %(limit)s
) chosen ORDER BY id
"""
_NAMED = "SELECT id FROM contact WHERE workspace_id = %s AND deleted_at IS NULL AND id = ANY(%s) ORDER BY id"


def choose(
    workspace: Workspace, people: People, *, sample: int, show: tuple[int, ...], now: datetime
) -> list[int]:
    """The ids of the people, those asked to be shown among them. Raises BadJourney for a rule that cannot be read."""
    if people.contacts:
        return _named(workspace, [*people.contacts, *show])[:MOST_PEOPLE]
    try:
        rule = parse(_rule(people), vocabulary_of(workspace), path="people")
    except BadRule as bad:
        raise BadJourney(of_rule(bad.problems)) from bad
    made = audience(
        rule, vocabulary_of(workspace), moment_of(workspace, now), workspace_id=workspace.pk
    )
    statement = _CHOOSE.format(joins=made.joins, rule=made.text)
    found = sql.rows(statement, {**made.parameters, "workspace": workspace.pk, "limit": sample})
    return sorted({row[0] for row in found} | set(_named(workspace, list(show))))


def _named(workspace: Workspace, ids: list[int]) -> list[int]:
    return [row[0] for row in sql.rows(_NAMED, (workspace.pk, ids))] if ids else []


def _rule(people: People) -> dict[str, Any]:
    if people.rule is not None:
        return people.rule
    return {"list": people.list} if people.list is not None else {"segment": people.segment}


def kinds_asked(workspace: Workspace, journey: Journey) -> set[str]:
    """Kinds of past events that any rule may ask for: whatever is named in a journey, its messages or a segment."""
    graphs: list[Any] = list(
        JourneyVersion.objects.filter(workspace=workspace)
        .order_by("-pk")
        .values_list("graph", flat=True)[:500]
    )
    rules = list(Segment.objects.filter(workspace=workspace).values_list("rule", flat=True))
    texts = {text for one in (journey.draft, *graphs, *rules) for text in _texts(one)}
    return texts & {kind.key for kind in EVENT_KINDS}


def _texts(json_value: Any) -> Iterator[str]:
    if isinstance(json_value, dict):
        for value in json_value.values():
            yield from _texts(value)
    elif isinstance(json_value, list):
        for value in json_value:
            yield from _texts(value)
    elif isinstance(json_value, str):
        yield json_value


def before(workspace: Workspace, journey: Journey, contacts: list[int]) -> dict[int, int]:
    """How many of them are on their way in other journeys now, by journey."""
    statement = (
        "SELECT journey_id, count(DISTINCT contact_id) FROM journey_run WHERE workspace_id = %s"
        " AND journey_id <> %s AND contact_id = ANY(%s) AND ended_at IS NULL GROUP BY journey_id"
    )
    return dict(sql.rows(statement, (workspace.pk, journey.pk, contacts)))
