"""The people behind every number of a report: shown, exported, kept as a segment."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.campaigns import queries
from kesher.campaigns.facets import FACETS, facets_of
from kesher.campaigns.models import Campaign
from kesher.campaigns.queries import Asked
from kesher.lib import clock
from kesher.messages.models import Message
from kesher.messages.reasons import in_words
from kesher.segments.actions import create_segment
from kesher.segments.models import Segment
from kesher.web.campaigns.common import find

PAGE = 50


@workspace_view()
def people(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Who is behind a number."""
    campaign, asked = find(request, pk), _asked(request)
    after = request.GET.get("after", "")
    rows = queries.people(
        campaign, asked, after=int(after) if after.isdigit() else 0, limit=PAGE + 1
    )
    query = request.GET.copy()
    query.pop("after", None)
    facet = FACETS.get(asked.facet, FACETS["planned"])
    context = {
        "nav": "campaigns",
        "campaign": campaign,
        "is_mail": campaign.channel == "email",
        "people": [_shown(row) for row in rows[:PAGE]],
        "next": rows[PAGE - 1].contact_id if len(rows) > PAGE else None,
        "facet": facet,
        "facets": facets_of(campaign.channel),
        "query": query.urlencode(),
        "link": _link_label(campaign, asked.link),
        "domain": asked.domain,
        "reason": in_words(asked.reason) if asked.reason else "",
        "variant": "ABCD"[asked.variant or 0] if asked.variant in range(4) else "",
        # A segment knows what happened to the campaign, not to one link, domain or variant of it.
        "can_keep": facet.event and asked == Asked(asked.facet) and campaign.started_at,
    }
    template = "campaigns/_people_rows.html" if request.htmx and after else "campaigns/people.html"
    return render(request, template, context)


@require_POST
@workspace_view(Role.EDITOR)
def keep(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Make a segment of the people behind a number: always current, as the campaign goes on being opened."""
    campaign = find(request, pk)
    facet = FACETS.get(request.POST.get("what", ""))
    rule = facet.rule(campaign.pk, channel=campaign.channel) if facet else None
    if facet is None or rule is None or campaign.started_at is None:
        messages.error(request, _("No segment can be made of these people."))
        return redirect("campaign_people", request.access.workspace.key, pk)
    name = f"{facet.label}: {campaign.name}"[:120]
    known = _named(request, name)
    if known is None:
        known = create_segment(request.access, name=name, rule=rule, now=clock.now())
    return redirect("segment", request.access.workspace.key, known.pk)


def _named(request: WorkspaceRequest, name: str) -> Segment | None:
    """The segment that a first click made."""
    return Segment.objects.filter(
        workspace=request.access.workspace, name__iexact=" ".join(name.split()), archived_at=None
    ).first()


def _shown(person: queries.Person) -> dict[str, Any]:
    return {
        "person": person,
        "reason": in_words(person.reason) if person.reason else "",
        "status": str(Message.Status(person.status).label),
    }


def _asked(request: WorkspaceRequest) -> Asked:
    link, variant = request.GET.get("link", ""), request.GET.get("variant", "")
    return Asked(
        facet=request.GET.get("what", "planned"),
        link=int(link) if link.isdigit() else None,
        domain=request.GET.get("domain", "")[:253],
        reason=request.GET.get("reason", "")[:60],
        variant=int(variant) if variant.isdigit() else None,
    )


def _link_label(campaign: Campaign, number: int | None) -> str:
    for row in campaign.rollup.get("links", []):
        if row["number"] == number:
            return str(row["label"] or row["url"])
    return ""


@workspace_view("editor")
def export(request: WorkspaceRequest, pk: int) -> StreamingHttpResponse:
    """The people behind a number as CSV for Excel: UTF-8 with BOM, safe from formula injection."""
    campaign, asked = find(request, pk), _asked(request)
    what = asked.facet if asked.facet in FACETS else "planned"
    request.access.audit("campaign.exported", campaign, campaign.name, what=what)
    response = StreamingHttpResponse(_csv(campaign, asked), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="campaign-{campaign.pk}-{what}.csv"'
    return response


class _Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def _csv(campaign: Campaign, asked: Asked) -> Iterator[str]:
    writer = csv.writer(_Line())
    address = _("E-mail") if campaign.channel == "email" else _("Mobile")
    head = [_("Name"), address, _("When"), _("State"), _("Reason")]
    yield "\ufeff" + str(writer.writerow(head))
    for person in queries.all_people(campaign, asked):
        at = timezone.localtime(person.at).strftime("%Y-%m-%d %H:%M") if person.at else ""
        words = in_words(person.reason) if person.reason else ""
        cells = [person.name, person.address, at, person.status, words]
        yield str(writer.writerow([_harmless(str(cell)) for cell in cells]))


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet will not run (OWASP: CSV injection)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
