"""Who stands at a step now, and taking them further or out: some, or all of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.models import Contact
from kesher.journeys import actions, queries
from kesher.journeys.crowds.acting import Done, act_on_everybody, take_out_some
from kesher.journeys.graph import Graph, parse
from kesher.journeys.models import Journey, JourneyRun, JourneyVersion
from kesher.journeys.versions import version_of
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
    title: str


@workspace_view()
def at_step(request: WorkspaceRequest, pk: int, node: str = "") -> HttpResponse:
    """Those at one step; without a step all who are on the way. ?version=2 those in one version."""
    journey = request.access.get(Journey, pk)
    version = _version(journey, request.GET.get("version", ""))
    graph = _graph(journey, node, version)
    teller = Teller(request.access.workspace, graph, journey.pk)
    known = graph.nodes.get(node)
    after = request.GET.get("after", "")
    after_id = int(after) if after.isdecimal() and len(after) < 19 else 0
    rows = queries.runs_of(journey, node=node, active=True)
    if version is not None:
        rows = rows.filter(version_id=version.pk)
    runs = list(rows.filter(pk__gt=after_id)[: ROWS + 1])
    titles = {key: teller.title(one) for key, one in graph.nodes.items()}
    context = {
        "nav": "journeys", "journey": journey, "node": node, "version": version,
        "lines": _lines(request, runs[:ROWS], titles), "title": titles.get(node, node),
        "sentence": teller.sentence(known) if known else "", "ways": _ways(graph, teller, node),
        "next": runs[ROWS - 1].pk if len(runs) > ROWS else None, "total": rows.count(), "after": after_id,
    }  # fmt: skip
    return render(request, "journeys/people.html", context)


def _version(journey: Journey, number: str) -> JourneyVersion | None:
    if not number.isdecimal() or len(number) > 9:
        return None
    return JourneyVersion.objects.filter(journey=journey, number=int(number)).first()


def _graph(journey: Journey, node: str, version: JourneyVersion | None) -> Graph:
    """The graph that knows the step: the one that is live, else the newest that had it."""
    graph = parse(version.graph if version else queries.graph_of(journey))
    if not node or node in graph.nodes:
        return graph
    for one in queries.versions_of(journey):
        if node in one.graph["nodes"]:
            return version_of(one.pk).graph
    return graph


def _ways(graph: Graph, teller: Teller, node: str) -> list[tuple[str, str]]:
    known = graph.nodes.get(node)
    if known is None:
        return []
    return [(port, teller.way(known, port)) for port, to in known.ports.items() if to]


def _lines(request: WorkspaceRequest, runs: list[JourneyRun], titles: dict[str, str]) -> list[Line]:
    ids = {run.contact_id for run in runs}
    people = Contact.objects.filter(workspace=request.access.workspace).in_bulk(list(ids))
    states = dict(JourneyRun.State.choices)
    return [
        Line(
            run, person, full_name(person), str(states.get(run.state, run.state)),
            titles.get(run.node, run.node),
        )
        for run in runs
        if (person := people.get(run.contact_id))
    ]  # fmt: skip


@require_POST
@workspace_view(Role.EDITOR)
def act(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`do` is "out", or "on:<way>", for the chosen `ids` or for `all` who stand there."""
    journey = request.access.get(Journey, pk)
    node, do = request.POST.get("node", ""), request.POST.get("do", "")
    ids = [int(one) for one in request.POST.getlist("ids") if one.isdecimal() and len(one) < 19]
    port = do.removeprefix("on:") if do.startswith("on:") else ""
    graph = _graph(journey, node, None)
    if port and (node not in graph.nodes or port not in graph.nodes[node].ports):
        toast(request, _("The journey has changed; load the page again."), bad=True)
    elif request.POST.get("all") and (port or do == "out"):
        what = "on" if port else "out"
        url = reverse("journey", args=[request.access.workspace.key, journey.pk])
        _tell(request, what, act_on_everybody(
            request.access, journey, do=what, node=node, port=port, url=url, now=clock.now()
        ))  # fmt: skip
    elif not ids:
        toast(request, _("Choose people first."), bad=True)
    elif do == "out":
        _tell(request, do, take_out_some(request.access, journey, run_ids=ids, now=clock.now()))
    elif port:
        here = queries.runs_of(journey, node=node).filter(pk__in=ids).values_list("pk", flat=True)
        count = actions.move_runs_on(
            request.access, journey, run_ids=list(here), port=port, now=clock.now()
        )
        _tell(request, "on", Done(count))
    if not node:
        return redirect("journey_people", request.access.workspace.key, journey.pk)
    return redirect("journey_step", request.access.workspace.key, journey.pk, node)


def _tell(request: WorkspaceRequest, what: str, done: Done) -> None:
    if done.work is not None:
        words = ngettext(
            "%(n)s person is being seen to; the top bar shows how far it is.",
            "%(n)s people are being seen to; the top bar shows how far it is.",
            done.count,
        )
    elif what == "out":
        words = ngettext("%(n)s person was taken out.", "%(n)s people were taken out.", done.count)
    else:
        words = ngettext("%(n)s person goes on.", "%(n)s people go on.", done.count)
    toast(request, words % {"n": done.count}, undo=done.undo)
