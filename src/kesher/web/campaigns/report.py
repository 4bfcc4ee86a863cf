"""The report of a campaign: funnel, over time, by link, by domain, and the people behind every number."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.campaigns import queries, rollup
from kesher.campaigns.audience import Audience, lists_of
from kesher.campaigns.models import Campaign
from kesher.messages.models import Message
from kesher.messages.reasons import in_words
from kesher.web import formats

PAGE = 50
Status = Campaign.Status


def show(request: WorkspaceRequest, campaign: Campaign) -> HttpResponse:
    if campaign.planned <= rollup.SMALL:
        rollup.refresh(campaign)
    numbers = rollup.counts(campaign)
    context = {
        "nav": "campaigns",
        "campaign": campaign,
        "numbers": numbers,
        "funnel": funnel(campaign, numbers),
        "links": campaign.rollup.get("links", []),
        "domains": campaign.rollup.get("domains", []),
        "devices": campaign.rollup.get("devices", []),
        "reasons": [
            {**row, "words": in_words(row["reason"])} for row in campaign.rollup.get("reasons", [])
        ],
        "chart": _chart(campaign),
        "chosen_lists": lists_of(campaign.workspace, Audience.of(campaign.audience)),
        "going": campaign.status in (Status.SENDING, Status.PAUSED),
    }
    return render(request, "campaigns/report.html", context)


def funnel(campaign: Campaign, numbers: dict[str, int]) -> list[dict[str, Any]]:
    """The steps as [{"key", "label", "value", "share" (0…1 of the step before), "url"}]."""
    delivered = max(0, numbers["delivered"] - numbers["bounced"])
    steps = [
        ("sent", numbers["sent"], numbers["planned"]),
        ("delivered", delivered, numbers["sent"]),
        ("opened", numbers["opened"], delivered),
        ("clicked", numbers["clicked"], delivered),
        ("unsubscribed", numbers["unsubscribed"], delivered),
        ("bounced", numbers["bounced"], numbers["sent"]),
    ]
    url = reverse("campaign_people", args=[campaign.workspace.key, campaign.pk])
    return [
        {
            "key": key,
            "label": queries.FACETS[key].label,
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
    return {
        "labels": list(sums),
        "series": [
            {"name": _("Opened"), "tone": "amber", "filled": True, "values": opened},
            {"name": _("Clicked"), "tone": "plum", "values": clicked},
        ],
    }


def _day(at: datetime) -> str:
    return formats.short_day(timezone.localtime(at).date())


@workspace_view()
def progress(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The head of the report, asked for again while it is going out."""
    campaign = _campaign(request, pk)
    numbers = rollup.counts(campaign)
    context = {
        "campaign": campaign,
        "numbers": numbers,
        "funnel": funnel(campaign, numbers),
        "going": campaign.status in (Status.SENDING, Status.PAUSED),
    }
    answer = render(request, "campaigns/_progress.html", context)
    if not context["going"]:
        answer["HX-Refresh"] = "true"  # it is over: links, domains and the state belong to the rest
    return answer


@workspace_view()
def people(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Who is behind a number."""
    campaign = _campaign(request, pk)
    conditions = _conditions(request)
    after = request.GET.get("after", "")
    rows = queries.people(
        campaign, **conditions, after=int(after) if after.isdigit() else 0, limit=PAGE + 1
    )
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "nav": "campaigns",
        "campaign": campaign,
        "people": [_shown(row) for row in rows[:PAGE]],
        "next": rows[PAGE - 1].contact_id if len(rows) > PAGE else None,
        "facet": queries.FACETS.get(conditions["facet"], queries.FACETS["planned"]),
        "facets": queries.FACETS.values(),
        "query": query.urlencode(),
        "link": _link_label(campaign, conditions["link"]),
        "domain": conditions["domain"],
        "reason": in_words(conditions["reason"]) if conditions["reason"] else "",
    }
    template = "campaigns/_people_rows.html" if request.htmx and after else "campaigns/people.html"
    return render(request, template, context)


def _shown(person: queries.Person) -> dict[str, Any]:
    return {
        "person": person,
        "reason": in_words(person.reason) if person.reason else "",
        "status": str(Message.Status(person.status).label),
    }


def _conditions(request: WorkspaceRequest) -> dict[str, Any]:
    link = request.GET.get("link", "")
    return {
        "facet": request.GET.get("what", "planned"),
        "link": int(link) if link.isdigit() else None,
        "domain": request.GET.get("domain", "")[:253],
        "reason": request.GET.get("reason", "")[:60],
    }


def _link_label(campaign: Campaign, number: int | None) -> str:
    for row in campaign.rollup.get("links", []):
        if row["number"] == number:
            return str(row["label"] or row["url"])
    return ""


@workspace_view("editor")
def export(request: WorkspaceRequest, pk: int) -> StreamingHttpResponse:
    """The people behind a number as CSV for Excel: UTF-8 with BOM, safe from formula injection."""
    campaign = _campaign(request, pk)
    conditions = _conditions(request)
    request.access.audit("campaign.exported", campaign, campaign.name, what=conditions["facet"])
    response = StreamingHttpResponse(
        _csv(campaign, conditions), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="campaign-{campaign.pk}-{conditions["facet"]}.csv"'
    )
    return response


class _Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def _csv(campaign: Campaign, conditions: dict[str, Any]) -> Iterator[str]:
    writer = csv.writer(_Line())
    head = [_("Name"), _("E-mail"), _("When"), _("State"), _("Reason")]
    yield "\ufeff" + str(writer.writerow(head))
    for person in queries.all_people(campaign, **conditions):
        at = timezone.localtime(person.at).strftime("%Y-%m-%d %H:%M") if person.at else ""
        words = in_words(person.reason) if person.reason else ""
        cells = [person.name, person.address, at, person.status, words]
        yield str(writer.writerow([_harmless(str(cell)) for cell in cells]))


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet will not run (OWASP: CSV injection)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _campaign(request: WorkspaceRequest, pk: int) -> Campaign:
    found = request.access.get(Campaign, pk)
    found.workspace = request.access.workspace
    return found
