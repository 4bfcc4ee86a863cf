"""A new campaign that began on a segment's page: the segment is its audience from the first moment."""

from __future__ import annotations

from kesher.accounts.access import WorkspaceRequest
from kesher.campaigns import actions
from kesher.campaigns.errors import BadValue
from kesher.campaigns.models import Campaign
from kesher.segments.audience import Audience, Part

_SESSION = "campaign-for-segment"


def remember(request: WorkspaceRequest) -> None:
    """Keep ?segment=5 through the steps of making a campaign; beginning anew without it forgets it."""
    number = request.GET.get("segment", "")
    if number.isascii() and number.isdecimal() and len(number) < 16:
        request.session[_SESSION] = [request.access.workspace.pk, int(number)]
    elif not request.GET.get("channel"):
        request.session.pop(_SESSION, None)


def apply(request: WorkspaceRequest, campaign: Campaign) -> None:
    """Once. A segment that is no longer there is left out."""
    workspace_id, segment_id = request.session.pop(_SESSION, None) or (0, 0)
    if workspace_id != request.access.workspace.pk:
        return
    try:
        actions.set_audience(
            request.access, campaign, audience=Audience((Part("segment", segment_id),))
        )
    except BadValue:
        return
