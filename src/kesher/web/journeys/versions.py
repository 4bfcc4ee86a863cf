"""The versions of a journey: when each was published, by whom, what it changed, who is in it; and back to one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.journeys import queries
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey, JourneyVersion
from kesher.web.journeys.differing import Difference, told_differences
from kesher.web.journeys.sentences import Teller

MOST = 30


@dataclass(frozen=True)
class Line:
    version: JourneyVersion
    by: str
    inside: int
    differences: list[Difference] | None


@workspace_view()
def versions(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The newest first, each compared with the one before it."""
    journey = request.access.get(Journey, pk)
    found = list(journey.versions.select_related("created_by").order_by("-number")[: MOST + 1])
    inside: Counter[int] = Counter()
    for _node, version_id, count in queries.standing(journey):
        inside[version_id] += count
    workspace = request.access.workspace
    graphs = {one.pk: parse(one.graph) for one in found}
    tellers = {key: Teller(workspace, graph, journey.pk) for key, graph in graphs.items()}
    lines = []
    for one, earlier in zip(found, [*found[1:], None], strict=False):
        told = None
        if earlier is not None:
            told = told_differences(
                graphs[earlier.pk], graphs[one.pk], tellers[earlier.pk], tellers[one.pk]
            )
        by = (one.created_by.name or one.created_by.email) if one.created_by else ""
        lines.append(Line(one, by, inside[one.pk], told))
    context = {"nav": "journeys", "journey": journey, "lines": lines[:MOST]}
    return render(request, "journeys/versions.html", context)


@workspace_view()
def numbers(request: WorkspaceRequest, pk: int, number: int) -> JsonResponse:
    """{nodes: {key: {entered, waiting, ports, messages}}} of those who walked in this version."""
    journey = request.access.get(Journey, pk)
    version = JourneyVersion.objects.filter(journey=journey, number=min(number, 2**31 - 1)).first()
    if version is None:
        raise Http404
    found = queries.numbers_of(journey, version_id=version.pk)
    keys = ("entered", "waiting", "ports", "messages")
    nodes = {key: {name: getattr(one, name) for name in keys} for key, one in found.nodes.items()}
    return JsonResponse({"version": number, "nodes": nodes})
