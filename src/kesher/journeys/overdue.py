"""Who "fell due" while a journey was paused: whom going on would move at once, and since when. What becomes of them is in
`resuming`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from kesher.journeys.asking import read
from kesher.journeys.foreseeing import Foreseen, foresee
from kesher.journeys.kinds import Go, Node
from kesher.journeys.knowing import fields_of
from kesher.journeys.models import Journey
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Ready
from kesher.journeys.waking import waits_for
from kesher.lib import sql
from kesher.rules.problems import BadRule

# Whose time came by the clock, and who is new at a step; the others of a living contact's are asked.
_OVERDUE = """
SELECT r.id, r.woken = 'event' OR (r.woken <> '' OR r.state IN ('sleeping', 'listening')) AND (r.until > %(now)s) IS NOT FALSE,
       CASE WHEN r.until <= %(now)s THEN r.until ELSE coalesce(r.due_at, greatest(r.arrived_at, %(paused)s)) END
FROM journey_run r
JOIN contact c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id AND c.deleted_at IS NULL
WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.ended_at IS NULL
  AND (r.state = 'held' OR r.due_at <= %(now)s) ORDER BY r.id
"""


def overdue(journey: Journey, now: datetime) -> list[tuple[int, datetime]]:
    """The runs that going on would move at once, each with since when. Who was woken by something that does not let them
    go is not among them, nor whom the journey's own rule ends."""
    paused = journey.paused_at or now
    parameters = {
        "workspace": journey.workspace_id, "journey": journey.pk, "now": now, "paused": paused,
    }  # fmt: skip
    found = sql.rows(_OVERDUE, parameters)
    asked = [run_id for run_id, is_asked, _since in found if is_asked]
    moved = dict(_let_go(journey, asked, paused, now)) if asked else {}
    return [
        (run_id, moved.get(run_id) or since)
        for run_id, is_asked, since in found
        if not is_asked or run_id in moved
    ]


def _let_go(
    journey: Journey, run_ids: Sequence[int], paused: datetime, now: datetime
) -> Iterator[tuple[int, datetime | None]]:
    """Those of them that would go on, each with since when as far as events tell it."""
    sitting = Sitting(journey.workspace, now)
    groups: dict[tuple[int, str], list[Foreseen]] = {}
    for one in foresee(sitting, run_ids):
        if one.goes_on:
            groups.setdefault((one.version.id, one.node.key), []).append(one)
    for together in groups.values():
        yield from _since_when(sitting, together, paused)


# Of what changes somebody, the last tells since when they are as they are; of what they do, the first, if any will do.
_CAME = """
SELECT e.contact_id, greatest(max(e.at) FILTER (WHERE e.kind = ANY(%(last)s)), min(e.at) FILTER (WHERE e.kind <> ALL(%(last)s)))
FROM event e WHERE e.workspace_id = %(workspace)s AND e.contact_id = ANY(%(contacts)s) AND e.at >= %(paused)s
  AND e.kind = ANY(%(kinds)s)
  AND (e.kind <> 'contact.updated' OR %(fields)s::text[] = '{}' OR jsonb_exists_any(e.data -> 'changed', %(fields)s))
GROUP BY e.contact_id
"""
_STATES = ["contact.updated", "list.joined", "list.left", "consent.granted", "consent.withdrawn"]


def _since_when(
    sitting: Sitting, together: Sequence[Foreseen], paused: datetime
) -> Iterator[tuple[int, datetime | None]]:
    """Of runs at one node: when what lets them go happened. None where it is the clock that does, or nothing is known."""
    version, node = together[0].version, together[0].node
    kinds = sorted(waits_for(sitting, version.graph, version.journey_id, node))
    any_will_do = not (node.given.get("event") and node.given.get("rule"))
    by_event = {one.walker.contact_id for one in together if not _by_clock(one, sitting.now)}
    parameters = {
        "workspace": sitting.workspace.pk, "paused": paused,
        "last": _STATES if any_will_do else kinds,
        "contacts": list(by_event),
        "kinds": kinds, "fields": _fields(sitting, version, node),
    }  # fmt: skip
    came = dict(sql.rows(_CAME, parameters)) if by_event else {}
    for one in together:
        yield one.walker.run_id, came.get(one.walker.contact_id)


def _by_clock(one: Foreseen, now: datetime) -> bool:
    is_over = one.walker.until is not None and one.walker.until <= now
    return is_over and one.outcome != Go("yes")


def _fields(sitting: Sitting, version: Ready, node: Node) -> list[str]:
    """Those of the contact by which the node decides."""
    if field := node.given.get("until_field"):
        return [str(field)]
    if node.given.get("event"):
        return []
    with contextlib.suppress(BadRule):
        return sorted(fields_of(read(sitting, version, node.given.get("rule"))))
    return []
