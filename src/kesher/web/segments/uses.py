"""Campaigns that are sent to a segment or leave it out, and journeys that start, wait or choose by it."""

from __future__ import annotations

from collections.abc import Collection

from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.journeys.following import segments_named
from kesher.journeys.queries import journeys_of
from kesher.segments.audience import Audience
from kesher.segments.models import Segment
from kesher.segments.usage import SEGMENT_USERS, SegmentUser, Use


def _campaigns(workspace: Workspace, segments: Collection[Segment]) -> dict[int, list[Use]]:
    wanted = {segment.pk for segment in segments}
    found: dict[int, list[Use]] = {}
    rows = Campaign.objects.filter(workspace=workspace, archived_at=None)
    for number, name, audience in rows.order_by("-id").values_list("id", "name", "audience"):
        for segment_id in Audience.of(audience).ids("segment") & wanted:
            use = Use("campaigns", "send", name, "campaign", number)
            found.setdefault(segment_id, []).append(use)
    return found


def _journeys(workspace: Workspace, segments: Collection[Segment]) -> dict[int, list[Use]]:
    """By what is live, else by the draft."""
    numbers = {segment.key: segment.pk for segment in segments}
    found: dict[int, list[Use]] = {}
    for row in journeys_of(workspace).select_related("live_version"):
        graph = row.live_version.graph if row.live_version else row.draft
        for key in sorted(segments_named(graph) & numbers.keys()):
            use = Use("journeys", "route", row.name, "journey", row.pk)
            found.setdefault(numbers[key], []).append(use)
    return found


SEGMENT_USERS.register(SegmentUser("campaigns", _campaigns))
SEGMENT_USERS.register(SegmentUser("journeys", _journeys))
