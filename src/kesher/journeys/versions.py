"""Versions in hand: a graph read once and remembered, for it never changes; and which journeys are live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kesher.journeys.graph import Graph, Trigger, parse
from kesher.journeys.models import Journey, JourneyVersion
from kesher.lib import sql
from kesher.lib.lru import Lru


@dataclass(frozen=True)
class Ready:
    """A version that runs can walk. `messages`: the content version of each node that sends."""

    id: int
    journey_id: int
    number: int
    graph: Graph
    messages: Mapping[str, int]


@dataclass(frozen=True)
class Live:
    """A journey that takes people in."""

    id: int
    key: str
    name: str
    version: Ready


_known: Lru[int, Ready] = Lru(256)


def version_of(version_id: int) -> Ready:
    """Raises JourneyVersion.DoesNotExist."""
    known = _known.get(version_id)
    if known is None:
        known = _known.put(version_id, ready(JourneyVersion.objects.get(pk=version_id)))
    return known


def ready(row: JourneyVersion) -> Ready:
    messages = {node: int(entry["version"]) for node, entry in row.messages.items()}
    return Ready(row.pk, row.journey_id, row.number, parse(row.graph), messages)


def live_journeys(workspace_id: int, ids: Iterable[int] | None = None) -> list[Live]:
    """The journeys that take people in, with their live version."""
    rows = Journey.objects.filter(
        workspace_id=workspace_id, status=Journey.Status.LIVE, live_version__isnull=False
    )
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    found = rows.order_by("pk").values_list("pk", "key", "name", "live_version_id")
    return [
        Live(pk, key, name, version_of(number))
        for pk, key, name, number in found
        if number is not None
    ]


_STOPPED = """
SELECT id, status FROM journey WHERE workspace_id = %s AND id = ANY(%s) AND status IN ('paused', 'archived') ORDER BY id
"""
# Who lets it go on waits for us, and then finds what we set aside. What somebody changes at this moment is passed over.
_LOCKED = f"{_STOPPED} FOR SHARE SKIP LOCKED"


def stopped_journeys(
    workspace_id: int, ids: Iterable[int], *, lock: bool = False
) -> dict[int, str]:
    """Those that are paused or put away, with their status: their runs are not moved. With `lock`: until the caller's
    transaction ends."""
    return dict(sql.rows(_LOCKED if lock else _STOPPED, (workspace_id, list(ids))))


def kinds_of(triggers: Iterable[Trigger]) -> set[str]:
    """The kinds of events that start a journey."""
    return {trigger.kind for trigger in triggers if trigger.is_event}


def as_dict(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
