"""The report of a campaign: funnel, A/B test, over time, by link, by domain. The people behind it are in `people`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.campaigns import log, rollup
from kesher.campaigns.abtest import ab_test_of
from kesher.campaigns.audience import named
from kesher.campaigns.facets import FACETS
from kesher.campaigns.models import AbTest, Campaign
from kesher.campaigns.resend import can_resend, resend_of
from kesher.messages.reasons import in_words
from kesher.messages.receipts.deeds import troubles_of
from kesher.segments.audience import Audience
from kesher.web import formats
from kesher.web.campaigns.common import Status, find
from kesher.web.campaigns.hours import waiting_context
from kesher.web.campaigns.testing import result_context, waits_for_test
from kesher.web.campaigns.texts import text_context


def show(request: WorkspaceRequest, campaign: Campaign) -> HttpResponse:
    if campaign.planned <= rollup.SMALL:
        rollup.refresh(campaign)
    test = ab_test_of(campaign)
    again = can_resend(campaign)
    context = {
        "nav": "campaigns",
        **_head(campaign, test),
        "links": campaign.rollup.get("links", []),
        "domains": campaign.rollup.get("domains", []),
        "devices": campaign.rollup.get("devices", []),
        "reasons": [
            {**row, "words": in_words(row["reason"])} for row in campaign.rollup.get("reasons", [])
        ],
        "chart": _chart(campaign),
        "chosen_names": named(campaign.workspace, Audience.of(campaign.audience)),
        "log": [
            {"at": entry.at, "words": log.in_words(entry), "user": entry.user}
            for entry in campaign.log.select_related("user")
        ],
        "click_troubles": troubles_of(campaign.workspace_id, "campaign", str(campaign.pk)),
        "resend": resend_of(campaign) if again else None,
        "can_resend": again,
        **result_context(campaign, test),
        **text_context(campaign),
    }
    return render(request, "campaigns/report.html", context)


def _head(campaign: Campaign, test: AbTest | None) -> dict[str, Any]:
    numbers = rollup.counts(campaign)
    return {
        "campaign": campaign,
        "is_mail": campaign.channel == "email",
        "numbers": numbers,
        "funnel": funnel(campaign, numbers),
        "going": campaign.status in (Status.SENDING, Status.PAUSED),
        "ab_waits": waits_for_test(test),
        **waiting_context(campaign),
    }


def funnel(campaign: Campaign, numbers: dict[str, int]) -> list[dict[str, Any]]:
    """The steps as [{"key", "label", "value", "share" (0…1 of the step before), "url"}]; a text tells of no opens.

    Whether a text arrived only a receipt tells: its shares are of those sent, and before the first receipt, or from a
    gateway that sends none, nothing is said of it.
    """
    is_mail = campaign.channel == "email"
    delivered = max(0, numbers["delivered"] - numbers["bounced"])
    reached = delivered if is_mail else numbers["sent"]
    steps = [
        ("sent", numbers["sent"], numbers["planned"]),
        ("delivered", delivered, numbers["sent"]),
        ("opened", numbers["opened"], reached),
        ("clicked", numbers["clicked"], reached),
        ("unsubscribed", numbers["unsubscribed"], reached),
        ("bounced", numbers["bounced"], numbers["sent"]),
    ]
    if not is_mail:
        untold = ("opened", "bounced") if delivered else ("opened", "bounced", "delivered")
        steps = [step for step in steps if step[0] not in untold]
        steps.append(("failed", numbers["failed"] + numbers["unknown"], numbers["planned"]))
    url = reverse("campaign_people", args=[campaign.workspace.key, campaign.pk])
    return [
        {
            "key": key,
            "label": FACETS[key].label,
            "value": value,
            "share": value / whole if whole else None,
            "url": f"{url}?what={key}",
        }
        for key, value, whole in steps
    ]


def _chart(campaign: Campaign) -> dict[str, Any]:
    """Opens and clicks as frontend/src/charts/lines.ts draws them: by hour for three days, else by day."""
    hours = {datetime.fromisoformat(hour["at"]): hour for hour in campaign.rollup.get("hours", [])}
    if not hours:
        return {}
    first, last = min(hours), max(hours)
    words = formats.short_hour if last - first <= timedelta(days=3) else _day
    sums: dict[str, dict[str, int]] = {}
    for number in range(int((last - first) / timedelta(hours=1)) + 1):
        at = first + timedelta(hours=number)
        total = sums.setdefault(words(at), {"opens": 0, "clicks": 0})
        for name in total:
            total[name] += hours[at][name] if at in hours else 0
    opened, clicked = ([row[name] for row in sums.values()] for name in ("opens", "clicks"))
    series: list[dict[str, Any]] = [{"name": _("Clicked"), "tone": "plum", "values": clicked}]
    if campaign.channel == "email":
        series.insert(0, {"name": _("Opened"), "tone": "amber", "filled": True, "values": opened})
    return {"labels": list(sums), "series": series}


def _day(at: datetime) -> str:
    return formats.short_day(timezone.localtime(at).date())


@workspace_view()
def progress(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The head of the report, asked for again while it is going out."""
    campaign = find(request, pk)
    context = _head(campaign, ab_test_of(campaign))
    answer = render(request, "campaigns/_progress.html", context)
    if not context["going"]:
        answer["HX-Refresh"] = "true"  # it is over: links, domains and the state belong to the rest
    return answer
