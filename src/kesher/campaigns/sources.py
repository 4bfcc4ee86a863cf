"""What messages asks of campaigns at the moment of sending: who they are from, and whether they are stopped."""

from __future__ import annotations

from collections.abc import Collection

from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.campaigns.resend import refusals
from kesher.messages.sources import SOURCES, Source, SourceEnvelope

_STOPS = {Campaign.Status.PAUSED: "paused", Campaign.Status.CANCELLED: "cancelled"}


def _envelopes(workspace: Workspace, source_ids: Collection[str]) -> dict[str, SourceEnvelope]:
    numbers = [int(source_id) for source_id in source_ids if source_id.isdigit()]
    return {
        str(campaign.pk): SourceEnvelope(
            sender_name=campaign.sender_name,
            sender_email=campaign.sender_email,
            reply_to=campaign.reply_to,
            stop=_STOPS.get(Campaign.Status(campaign.status), ""),
        )
        for campaign in Campaign.objects.filter(workspace=workspace, pk__in=numbers)
    }


CAMPAIGNS = SOURCES.register(Source("campaign", _envelopes, refusals=refusals))
