"""Who stands at a step now, and taking them further or out."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.models import Contact
from kesher.journeys import actions, queries
from kesher.journeys.graph import Graph, parse
from kesher.journeys.models import Journey, JourneyRun
from kesher.lib import clock
from kesher.web.contacts.card import full_name
from kesher.web.journeys.sentences import Teller
from kesher.web.toasts import toast

ROWS = 50


@dataclass(frozen=True)
class Line:
    run: JourneyRun
    contact: Contact
    name: str
    state: str


@workspace_view()
def at_step(request: WorkspaceRequest, pk: int, node: str = "") -> HttpResponse:
    """Those at one step; without a step all who are on the way."""
    journey = request.access.get(Journey, pk)
    graph = parse(queries.graph_of(journey))
    teller = Teller(request.access.workspace, graph, journey.pk)
    known = graph.nodes.get(node)
    after = request.GET.get("after", "")
    after_id = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows = queries.runs_of(journey, node=node, active=True, after_id=after_id)
    runs = list(rows[: ROWS + 1])
    titles = {key: teller.title(one) for key, one in graph.nodes.items()}
    context = {
        "nav": "journeys", "journey": journey, "node": node, "lines": _lines(request, runs[:ROWS]),
        "title": titles.get(node, node), "sentence": teller.sentence(known) if known else "",
        "ways": _ways(graph, teller, node), "next": runs[ROWS - 1].pk if len(runs) > ROWS else None,
        "total": rows.count(), "titles": titles, "after": after_id,
    }  # fmt: skip
    return render(request, "journeys/people.html", context)


def _ways(graph: Graph, teller: Teller, node: str) -> list[tuple[str, str]]:
    known = graph.nodes.get(node)
    if known is None:
        return []
    return [(port, teller.way(known, port)) for port, to in known.ports.items() if to]


def _lines(request: WorkspaceRequest, runs: list[JourneyRun]) -> list[Line]:
    ids = {run.contact_id for run in runs}
    people = Contact.objects.filter(workspace=request.access.workspace).in_bulk(list(ids))
    states = dict(JourneyRun.State.choices)
    return [
        Line(run, person, full_name(person), str(states.get(run.state, run.state)))
        for run in runs
        if (person := people.get(run.contact_id))
    ]


@require_POST
@workspace_view(Role.EDITOR)
def act(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`do` is "out", or "on:<way>" for the chosen runs."""
    journey = request.access.get(Journey, pk)
    node, do = request.POST.get("node", ""), request.POST.get("do", "")
    ids = [int(one) for one in request.POST.getlist("ids") if one.isdecimal() and len(one) < 19]
    if not ids:
        toast(request, _("Choose people first."), bad=True)
    elif do == "out":
        count = actions.take_out(request.access, journey, run_ids=ids, now=clock.now())
        words = ngettext("%(n)s person was taken out.", "%(n)s people were taken out.", count)
        toast(request, words % {"n": count})
    elif do.startswith("on:"):
        _move_on(request, journey, node, do.removeprefix("on:"), ids)
    if not node:
        return redirect("journey_people", request.access.workspace.key, journey.pk)
    return redirect("journey_step", request.access.workspace.key, journey.pk, node)


def _move_on(
    request: WorkspaceRequest, journey: Journey, node: str, port: str, ids: list[int]
) -> None:
    """Only those who still stand at the step that was shown."""
    graph = parse(queries.graph_of(journey))
    here = queries.runs_of(journey, node=node).filter(pk__in=ids).values_list("pk", flat=True)
    if node not in graph.nodes or port not in graph.nodes[node].ports:
        toast(request, _("The journey has changed; load the page again."), bad=True)
        return
    count = actions.move_runs_on(
        request.access, journey, run_ids=list(here), port=port, now=clock.now()
    )
    words = ngettext("%(n)s person goes on.", "%(n)s people go on.", count)
    toast(request, words % {"n": count})
