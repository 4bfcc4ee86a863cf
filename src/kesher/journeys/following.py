"""When the rule of a saved segment is changed, the journeys hear what the new rule listens to from the same commit on. Who
waits for it waits by the new rule soon after (`catchingup`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.journeys.catchingup import journeys_waiting_for
from kesher.journeys.jobs import follow_segments
from kesher.journeys.models import Journey
from kesher.journeys.publishing import refresh_listening
from kesher.segments.following import SEGMENT_FOLLOWERS, SegmentFollower

# At once; and again for what an engine had in hand, or somebody had yet to commit, by the words from before.
PASSES_SECONDS = (0, 60, 600)


def follow(workspace: Workspace, keys: Collection[str], now: datetime) -> None:
    """The members of the segments of these keys may be others. Call in the transaction that changes the rule."""
    journeys = list(journeys_waiting_for(workspace, keys))
    for journey in journeys:
        takes_in = journey.status == Journey.Status.LIVE
        refresh_listening(workspace, journey, now=now, takes_in=takes_in)
    for seconds in PASSES_SECONDS if journeys else ():
        job = follow_segments.configure(schedule_in={"seconds": seconds})
        job.defer(workspace_id=workspace.pk, keys=sorted(keys))


SEGMENT_FOLLOWERS.register(SegmentFollower("journeys", follow))


def segments_named(graph: Any) -> set[str]:
    """The keys of the segments that a journey's JSON names anywhere."""
    if isinstance(graph, Mapping):
        own = {graph["segment"]} if isinstance(graph.get("segment"), str) else set()
        return own.union(*map(segments_named, graph.values()))
    if isinstance(graph, list | tuple):
        return set[str]().union(*map(segments_named, graph))
    return set()
