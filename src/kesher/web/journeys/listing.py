"""The table of journeys; beginning a new one, from an example or from a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.errors import Refused
from kesher.contacts.vocabulary import folded as _folded
from kesher.journeys import actions, alarms, queries
from kesher.journeys.alarms import alarms_of
from kesher.journeys.checks import check
from kesher.journeys.models import Journey
from kesher.journeys.problems import BadJourney
from kesher.journeys.settings import World
from kesher.journeys.summaries import Summary, summaries_of
from kesher.journeys.world import world_of
from kesher.lib import clock
from kesher.web.desk import showing
from kesher.web.journeys.examples import EXAMPLES, example
from kesher.web.toasts import toast


@dataclass(frozen=True)
class Line:
    """A journey as the table draws it. `problems` counts what stops publishing."""

    journey: Journey
    summary: Summary
    problems: int


ROWS = 50
SORTS = {
    "": gettext_lazy("Last changed first"),
    "name": gettext_lazy("By name"),
    "started": gettext_lazy("Most entered first"),
    "active": gettext_lazy("Most inside first"),
    "goal": gettext_lazy("Most at the goal first"),
}


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    workspace, text = request.access.workspace, request.GET.get("q", "").strip()
    status, sort, skip = request.GET.get("status", ""), request.GET.get("sort", ""), _skip(request)
    archived = status == Journey.Status.ARCHIVED
    rows = queries.journeys_of(workspace, archived=archived)
    if status:
        rows = rows.filter(status=status)
    names = dict(rows.values_list("pk", "name"))
    found = [pk for pk, name in names.items() if _folded(text) in _folded(name)]
    numbers = summaries_of(workspace.pk, found)
    if key := _orders(names, numbers).get(sort):
        found.sort(key=key)
    shown = found[skip : skip + ROWS]
    context = {
        "nav": "journeys", "text": text, "status": status, "statuses": Journey.Status.choices,
        "sort": sort, "sorts": SORTS.items(), "total": len(found),
        "lines": _lines(request, shown, numbers), "alarms": alarms_of(workspace.pk), "examples": EXAMPLES,
        "next": skip + ROWS if len(found) > skip + ROWS else None,
        "previous": max(0, skip - ROWS) if skip else None,
        "none_at_all": not found and not status and not text,
    }  # fmt: skip
    template = "journeys/_rows.html" if request.htmx else "journeys/index.html"
    return render(request, template, context)


def _skip(request: WorkspaceRequest) -> int:
    text = request.GET.get("skip", "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _orders(
    names: Mapping[int, str], numbers: Mapping[int, Summary]
) -> dict[str, Callable[[int], Any]]:
    """By what each order goes; the newest change first needs none, it is read so."""
    return {
        "name": lambda pk: _folded(names[pk]),
        "started": lambda pk: -numbers[pk].started,
        "active": lambda pk: -numbers[pk].active,
        "goal": lambda pk: -numbers[pk].goal,
    }


def _lines(
    request: WorkspaceRequest, shown: Sequence[int], numbers: Mapping[int, Summary]
) -> list[Line]:
    """The journeys of one page: only these are read whole and checked."""
    workspace = request.access.workspace
    rows = Journey.objects.filter(workspace=workspace).select_related("live_version")
    known = rows.in_bulk(shown)
    world = world_of(workspace)
    return [Line(known[pk], numbers[pk], _errors(known[pk], world)) for pk in shown if pk in known]


def _errors(journey: Journey, world: World) -> int:
    found = check(journey.draft, world, journey_id=journey.pk)
    return sum(problem.level == "error" for problem in found)


@require_POST
@workspace_view(Role.EDITOR)
def read_alarm(request: WorkspaceRequest, pk: int) -> HttpResponse:
    if not alarms.read_alarm(request.access, number=pk, now=clock.now()):
        raise Http404
    if request.POST.get("back"):
        return showing.back(request)
    return redirect("journeys_index", request.access.workspace.key)


@workspace_view(Role.EDITOR)
def new(request: WorkspaceRequest) -> HttpResponse:
    """A name, and what to begin from: nothing (the default), an example (?example=birthday), or a file."""
    chosen = example(request.POST.get("example") or request.GET.get("example", ""))
    name = request.POST.get("name", "") or (str(chosen.name) if chosen else "")
    if request.method != "POST":
        return _form(request, name=name, chosen=chosen)
    graph = chosen.graph_for(request.access.workspace) if chosen else None
    try:
        made = actions.create_journey(request.access, name=name, graph=graph, now=clock.now())
    except Refused as refused:
        return _form(request, name=name, chosen=chosen, problem=refused.reason, status=422)
    return redirect("journey_canvas", request.access.workspace.key, made.pk)


def _form(request: WorkspaceRequest, *, status: int = 200, **values: Any) -> HttpResponse:
    context = {"nav": "journeys", "examples": EXAMPLES, **values}
    return render(request, "journeys/new.html", context, status=status)


@require_POST
@workspace_view(Role.EDITOR)
def import_file(request: WorkspaceRequest) -> HttpResponse:
    """A draft from a file as `export` writes it."""
    graph = _read(request)
    if graph is None:
        words = _("This is not a file of a journey: choose a .json file that was saved here.")
        return _form(request, file_problems=[words], status=422)
    try:
        made = actions.create_journey(request.access, name="", graph=graph, now=clock.now())
    except Refused as refused:
        return _form(request, file_problems=[refused.reason], status=422)
    except BadJourney as bad:
        lines = [f"{one.path}: {one.words}" if one.path else one.words for one in bad.problems]
        return _form(request, file_problems=lines[:10], status=422)
    toast(request, _("“%(name)s” was read from the file, as a draft.") % {"name": made.name})
    return redirect("journey", request.access.workspace.key, made.pk)


def _read(request: WorkspaceRequest) -> dict[str, Any] | None:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > actions.MOST_BYTES:
        return None
    try:
        found = json.loads(file.read())
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
