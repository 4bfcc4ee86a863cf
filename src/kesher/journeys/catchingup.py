"""Runs that wait for a saved segment whose rule was changed: they listen to what its new rule depends on, and who would go
on by it is woken. Batch after batch, in the background; nobody is missed, nobody early."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.journeys.foreseeing import foresee
from kesher.journeys.kinds import Node, Stay
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Ready, ready, version_of
from kesher.journeys.waking import heard_at
from kesher.lib import sql
from kesher.rules.parse import segments_in

BATCH = 5_000


def journeys_waiting_for(workspace: Workspace, keys: Collection[str]) -> Iterator[Journey]:
    """Those at work in which somebody may wait for one of the segments, in any version."""
    states = (Journey.Status.LIVE, Journey.Status.PAUSED)
    for journey in Journey.objects.filter(workspace=workspace, status__in=states).order_by("pk"):
        versions = map(ready, JourneyVersion.objects.filter(journey=journey))
        if any(_is_concerned(one, node, keys) for one in versions for node in one.graph.nodes.values()):  # fmt: skip
            yield journey


def _is_concerned(version: Ready, node: Node, keys: Collection[str]) -> bool:
    """Whether who rests there waits for one of the segments, or would be ended by one."""
    graph = version.graph
    rules: list[Any] = [graph.exit_if, graph.goal.rule if graph.goal else None]
    if node.kind == "wait_until":
        rules.append(node.given.get("rule"))
    return any(key in keys for rule in rules for key in segments_in(rule))


def wake_followers(workspace: Workspace, keys: Collection[str], *, now: datetime) -> int:
    """Those who wait for the segments listen to what their rules depend on now, and who would go on is woken; answers
    how many. May be done again."""
    return sum(
        _wake_of(workspace, journey, keys, now) for journey in journeys_waiting_for(workspace, keys)
    )


def _wake_of(workspace: Workspace, journey: Journey, keys: Collection[str], now: datetime) -> int:
    woken, last = 0, 0
    while True:
        with transaction.atomic():
            found = sql.rows(_LOCK, {"workspace": workspace.pk, "journey": journey.pk, "after": last, "limit": BATCH})  # fmt: skip
            if not found:
                return woken
            woken += _follow_batch(Sitting(workspace, now), found, keys)
            last = found[-1][0]


# As the engine takes them: whoever matches events waits for us, and then sees what they listen to.
_LOCK = """
SELECT id, version_id, node FROM journey_run
WHERE workspace_id = %(workspace)s AND journey_id = %(journey)s AND ended_at IS NULL AND id > %(after)s
ORDER BY id LIMIT %(limit)s FOR UPDATE
"""
_LISTEN = """
UPDATE journey_run SET listening = %(kinds)s::text[]
WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s) AND state IN ('sleeping', 'listening', 'held')
  AND listening <> %(kinds)s::text[]
"""
_RESTING = """
SELECT id FROM journey_run WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s)
  AND state IN ('sleeping', 'listening') AND woken = ''
"""
_WAKE = "UPDATE journey_run SET due_at = %(now)s, woken = 'event' WHERE workspace_id = %(workspace)s AND id = ANY(%(ids)s)"


def _follow_batch(
    sitting: Sitting, found: Sequence[tuple[int, int, str]], keys: Collection[str]
) -> int:
    workspace_id = sitting.workspace.pk
    groups: dict[tuple[int, str], list[int]] = {}
    for run_id, version_id, key in found:
        groups.setdefault((version_id, key), []).append(run_id)
    ids: list[int] = []
    for (version_id, key), together in groups.items():
        version = version_of(version_id)
        node = version.graph.nodes.get(key)
        if node is not None and _is_concerned(version, node, keys):
            ids += together
            kinds = sorted(heard_at(sitting, version, node))
            sql.execute(_LISTEN, {"workspace": workspace_id, "ids": together, "kinds": kinds})
    if not ids:
        return 0
    resting = [row[0] for row in sql.rows(_RESTING, {"workspace": workspace_id, "ids": ids})]
    moving = [
        one.walker.run_id
        for one in foresee(sitting, resting, woken="event")
        if one.ends or not isinstance(one.outcome, Stay)
    ]
    if not moving:
        return 0
    return sql.execute(_WAKE, {"workspace": workspace_id, "ids": moving, "now": sitting.now})
