"""Campaigns that are sent to a segment or leave it out."""

from __future__ import annotations

from collections.abc import Collection

from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
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


SEGMENT_USERS.register(SegmentUser("campaigns", _campaigns))
