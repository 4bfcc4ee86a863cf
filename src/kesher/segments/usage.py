"""What uses a segment. Domains above segments register how to find their own: campaigns, journeys, documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from kesher.accounts.models import Workspace
from kesher.lib.registry import Registry
from kesher.rules.parse import segments_in
from kesher.segments.models import Segment


@dataclass(frozen=True)
class Use:
    """`url_name` and `number` lead to its screen; `kind` is a key of SEGMENT_USERS."""

    kind: str
    icon: str
    name: str
    url_name: str
    number: int


@dataclass(frozen=True)
class SegmentUser:
    """`uses` answers by segment id; those without a use may be missing."""

    key: str
    uses: Callable[[Workspace, Collection[Segment]], Mapping[int, Sequence[Use]]]


SEGMENT_USERS: Registry[SegmentUser] = Registry("user of segments")


def uses_of(workspace: Workspace, segments: Collection[Segment]) -> dict[int, list[Use]]:
    """By segment id, every segment in it."""
    found: dict[int, list[Use]] = {segment.pk: [] for segment in segments}
    for user in SEGMENT_USERS:
        for number, uses in user.uses(workspace, segments).items():
            found[number].extend(uses)
    return found


def _segments(workspace: Workspace, segments: Collection[Segment]) -> dict[int, list[Use]]:
    """Those whose own rule names it."""
    by_key = {segment.key: segment.pk for segment in segments}
    found: dict[int, list[Use]] = {}
    for row in Segment.objects.filter(workspace=workspace, archived_at=None).order_by("name"):
        for key in sorted(set(segments_in(row.rule)) & by_key.keys()):
            use = Use("segments", "chart-pie", row.name, "segment", row.pk)
            found.setdefault(by_key[key], []).append(use)
    return found


SEGMENT_USERS.register(SegmentUser("segments", _segments))
