"""What the sending hours make of a campaign: when it would really begin, and until when it waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.campaigns.models import Campaign
from kesher.lib import clock
from kesher.messages.windows.deciding import next_open
from kesher.messages.windows.queries import waits_until, windows_of
from kesher.messages.windows.words import opens_words
from kesher.web.campaigns.common import Status, find
from kesher.web.campaigns.forms import SendForm


def hours_context(campaign: Campaign, at: datetime | None = None) -> dict[str, Any]:
    """`hours_hold`: windows hold for it at all; `begins_at`: in words, when that is later than what was asked for."""
    windows = windows_of(campaign.workspace)
    wanted = at or campaign.scheduled_at or clock.now()
    opens = next_open(windows, campaign.channel, campaign.message_class, wanted)
    return {
        "hours_hold": windows.is_on and campaign.message_class in windows.classes,
        "begins_at": opens_words(opens, windows.zone) if opens > wanted else "",
        "begins_later": at is not None or campaign.scheduled_at is not None,
    }


@workspace_view()
def hours(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Asked for again whenever another time is chosen."""
    campaign = find(request, pk)
    form = SendForm(request.GET, zone=campaign.workspace.time_zone)
    at = form.timing().at if form.is_valid() else None
    context = {"campaign": campaign, **hours_context(campaign, at)}
    return render(request, "campaigns/_hours.html", context)


def waiting_context(campaign: Campaign) -> dict[str, Any]:
    """Of a campaign on its way: until when it waits for the hours, in words; and when the next pulse really goes."""
    if campaign.status not in (Status.SENDING, Status.PAUSED):
        return {}
    windows = windows_of(campaign.workspace)
    now = clock.now()
    until = waits_until(campaign.workspace_id, source="campaign", source_id=str(campaign.pk))
    next_pulse = campaign.next_pulse_at
    if next_pulse and windows.is_on:
        wanted = max(next_pulse, now)
        next_pulse = next_open(windows, campaign.channel, campaign.message_class, wanted)
        if until is None and next_pulse > wanted:
            until = next_pulse
    return {
        "waits_until": opens_words(until, windows.zone) if until and until > now else "",
        "next_pulse_at": next_pulse,
    }
