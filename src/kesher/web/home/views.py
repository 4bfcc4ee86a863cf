"""The dashboard, and what the command palette finds."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.campaigns.queries import numbers_of
from kesher.web.home import dashboard, finding


@workspace_view("viewer")
def home(request: WorkspaceRequest) -> HttpResponse:
    now = timezone.now()
    workspace = request.access.workspace
    campaigns = dashboard.recent_campaigns(workspace, now)
    numbers = numbers_of(campaigns)
    steps = dashboard.first_steps(request.access)
    given = {
        "nav": "home",
        "figures": dashboard.figures(request.access, campaigns, numbers, now),
        "activity": dashboard.activity(campaigns, numbers, now),
        "latest": dashboard.latest(workspace),
        "steps": [] if steps[-1].done else steps,
        "steps_done": sum(step.done for step in steps),
        "is_new": not any(step.done for step in steps),
    }
    return render(request, "home/index.html", given)


@workspace_view("viewer")
def palette(request: WorkspaceRequest) -> JsonResponse:
    """{"found": [{group, text, href, hint}]}: contacts, lists and campaigns of that name."""
    return JsonResponse({"found": finding.find(request.access, request.GET.get("q", "").strip())})
