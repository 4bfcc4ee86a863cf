"""The dashboard, and what the command palette finds."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.campaigns.queries import numbers_of
from kesher.journeys.desk.queries import MOST_COUNTED
from kesher.web.home import dashboard, finding
from kesher.web.home.today import today


@workspace_view("viewer")
def home(request: WorkspaceRequest) -> HttpResponse:
    now = timezone.now()
    workspace = request.access.workspace
    campaigns, latest = dashboard.recent_campaigns(workspace, now), dashboard.latest(workspace)
    numbers = numbers_of(list({row.pk: row for row in (*campaigns, *latest)}.values()))
    contacts = dashboard.contacts_of(workspace)
    sent = bool(campaigns) or dashboard.was_sent(workspace, latest)
    steps = [] if sent else dashboard.first_steps(request.access, contacts=contacts)
    given = {
        "nav": "home",
        "today": today(request.access, now),
        "figures": dashboard.figures(request.access, campaigns, numbers, now, contacts=contacts),
        "activity": dashboard.activity(campaigns, numbers, now),
        "latest": dashboard.listed(latest, numbers),
        "steps": steps,
        "steps_done": sum(step.done for step in steps),
        "is_new": bool(steps) and not any(step.done for step in steps),
        "most": MOST_COUNTED - 1,
    }
    return render(request, "home/index.html", given)


@workspace_view("viewer")
def palette(request: WorkspaceRequest) -> JsonResponse:
    """{"found": [{group, text, href, hint}]}: contacts, lists and campaigns of that name."""
    return JsonResponse({"found": finding.find(request.access, request.GET.get("q", "").strip())})
