"""Publishing: what is wrong in words, who is on the way, and the button that says what it does."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.journeys import actions, queries
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.summaries import summaries_of
from kesher.lib import clock
from kesher.web.journeys.page import back, is_published, of_level, told_rules
from kesher.web.journeys.sentences import Teller
from kesher.web.toasts import toast


@workspace_view(Role.EDITOR)
def publish(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Asked first (GET), then done (POST)."""
    journey = request.access.get(Journey, pk, archived_at=None)
    if request.method != "POST":
        return _ask(request, journey, actions.problems_of(request.access, journey))
    try:
        made = actions.publish_journey(request.access, journey, now=clock.now())
    except BadJourney as bad:
        return _ask(request, journey, list(bad.problems), status=422)
    except actions.WrongState:
        toast(request, _("The journey was archived meanwhile."), bad=True)
        return back(request, journey)
    words = _("“%(name)s” is live, version %(number)s.")
    toast(request, words % {"name": journey.name, "number": made.number})
    return back(request, journey)


def _ask(
    request: WorkspaceRequest, journey: Journey, problems: list[Problem], *, status: int = 200
) -> HttpResponse:
    graph = parse(journey.draft)
    versions = queries.versions_of(journey)
    context = {
        "nav": "journeys", "journey": journey, "number": (versions[0].number if versions else 0) + 1,
        "steps": len(graph.nodes), "is_published": is_published(journey),
        "errors": of_level(problems, "error"), "warnings": of_level(problems, "warning"),
        "tips": of_level(problems, "tip"),
        "active": summaries_of(journey.workspace_id, [journey])[journey.pk].active,
        **told_rules(graph, Teller(request.access.workspace, graph, journey.pk)),
    }  # fmt: skip
    return render(request, "journeys/publish.html", context, status=status)
