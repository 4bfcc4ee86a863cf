"""Who must know that a segment's rule is another: domains above segments register what they do then."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from kesher.accounts.models import Workspace
from kesher.lib.registry import Registry
from kesher.rules.parse import segments_in
from kesher.segments.models import Segment


@dataclass(frozen=True)
class SegmentFollower:
    """`follow` is called in the transaction that changes the rule, with the keys of all segments in which others may be now."""

    key: str
    follow: Callable[[Workspace, Collection[str], datetime], None]


SEGMENT_FOLLOWERS: Registry[SegmentFollower] = Registry("follower of segments")


def tell_followers(workspace: Workspace, key: str, *, now: datetime) -> None:
    """The rule of the segment of this key is another."""
    keys = concerned_by(workspace, key)
    for one in SEGMENT_FOLLOWERS:
        one.follow(workspace, keys, now)


def concerned_by(workspace: Workspace, key: str) -> set[str]:
    """The segment, and those whose rules name it, directly or through others."""
    named = {
        other: set(segments_in(rule))
        for other, rule in Segment.objects.filter(workspace=workspace).values_list("key", "rule")
    }
    found, more = set[str](), {key}
    while more:
        found |= more
        more = {other for other, inner in named.items() if inner & found} - found
    return found
