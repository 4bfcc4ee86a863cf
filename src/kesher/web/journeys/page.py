"""One journey for reading: what starts it, its steps in sentences, its numbers; and what can be done to it as a whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role, UndoEntry
from kesher.journeys import actions, queries
from kesher.journeys.alarms import alarms_of
from kesher.journeys.checks import check
from kesher.journeys.graph import Graph, parse
from kesher.journeys.models import Journey
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.reasons import in_words
from kesher.journeys.resuming import AGES, count_asked, meanwhile_of
from kesher.journeys.world import world_of
from kesher.lib import clock
from kesher.web.journeys.outline import outline
from kesher.web.journeys.sentences import Teller
from kesher.web.toasts import toast


@workspace_view()
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The draft, or (?version=2) what was published."""
    journey = request.access.get(Journey, pk)
    versions = queries.versions_of(journey)
    journey.live_version = next(
        (one for one in versions if one.pk == journey.live_version_id), None
    )
    number = request.GET.get("version", "")
    version = next((one for one in versions if str(one.number) == number), None)
    graph = parse(version.graph if version else journey.draft)
    world = world_of(request.access.workspace)
    problems = [] if version else check(journey.draft, world, journey_id=journey.pk)
    numbers = queries.numbers_of(journey, version_id=version.pk if version else None)
    teller = Teller(request.access.workspace, graph, journey.pk, world.vocabulary)
    meanwhile = meanwhile_of(journey, clock.now()) if journey.status == "paused" else None
    count = sum(one.waiting for one in numbers.nodes.values()) if version else numbers.active
    context = {
        "nav": "journeys", "journey": journey, "graph": graph, "versions": versions, "version": version,
        "numbers": numbers, "lines": outline(graph, teller, numbers.nodes, problems),
        "errors": of_level(problems, "error"), "warnings": of_level(problems, "warning"),
        "ended": [(in_words(reason), count) for reason, count in numbers.ended.items()],
        "meanwhile": meanwhile, "asked": count_asked(journey), "alarms": alarms_of(journey.workspace_id, journey_id=journey.pk), "inside": count,
        "came": numbers.nodes[graph.start].entered if version else numbers.started,
        "is_published": is_published(journey), "notes": told_notes(graph, teller),
        **told_rules(graph, teller),
    }  # fmt: skip
    return render(request, "journeys/journey.html", context)


def told_notes(graph: Graph, teller: Teller) -> list[dict[str, Any]]:
    """The notes of the drawing, each with the step it stands beside; those that say nothing are left out."""
    return [
        {"text": one.text, "color": one.color, "by": one.by, "step": teller.title(graph.nodes[one.by]) if one.by else ""}
        for one in graph.notes
        if one.text.strip()
    ]  # fmt: skip


def told_rules(graph: Graph, teller: Teller) -> dict[str, Any]:
    """What starts, ends and is aimed at, in words."""
    return {
        "triggers": [teller.trigger(one) for one in graph.triggers],
        "reentry": teller.reentry(graph.reentry),
        "exit_if": teller.rule(graph.exit_if),
        "goal": teller.rule(graph.goal.rule) if graph.goal else "",
    }


def of_level(problems: list[Problem], level: str) -> list[dict[str, Any]]:
    return [
        {"node": one.node, "words": one.words[:1].upper() + one.words[1:]}
        for one in problems
        if one.level == level
    ]


def is_published(journey: Journey) -> bool:
    """Whether what is live is what is drawn. Notes do nothing to anybody: they do not ask to be published."""
    live = journey.live_version
    return live is not None and _drawn(live.graph) == _drawn(journey.draft)


def _drawn(graph: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in graph.items() if key != "notes"}


@require_POST
@workspace_view(Role.EDITOR)
def pause(request: WorkspaceRequest, pk: int) -> HttpResponse:
    journey = request.access.get(Journey, pk)
    try:
        actions.pause_journey(request.access, journey, now=clock.now())
    except actions.WrongState:
        return _changed_meanwhile(request, journey)
    toast(request, _("“%(name)s” is paused: nobody moves and nothing is sent.") % _named(journey))
    return back(request, journey)


@require_POST
@workspace_view(Role.EDITOR)
def resume(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`meanwhile` is what becomes of what fell due while it was paused and is `older_than` (seconds): go, skip, ask or exit."""
    journey = request.access.get(Journey, pk)
    meanwhile = request.POST.get("meanwhile", "go")
    age = request.POST.get("older_than", "")
    ages = {str(int(one.total_seconds())): one for one in AGES}
    try:
        actions.resume_journey(
            request.access, journey, now=clock.now(), older_than=ages.get(age, AGES[0]),
            meanwhile=meanwhile if meanwhile in ("go", "skip", "ask", "exit") else "go",
        )  # fmt: skip
    except actions.WrongState:
        return _changed_meanwhile(request, journey)
    toast(request, _("“%(name)s” goes on.") % _named(journey))
    if meanwhile == "ask" and count_asked(journey):
        return redirect("journey_asked", request.access.workspace.key, journey.pk)
    return back(request, journey)


@require_POST
@workspace_view(Role.EDITOR)
def archive(request: WorkspaceRequest, pk: int) -> HttpResponse:
    journey = request.access.get(Journey, pk)
    try:
        undo_id = actions.archive_journey(request.access, journey, now=clock.now())
    except actions.WrongState:
        return _changed_meanwhile(request, journey)
    undo = UndoEntry.objects.get(pk=undo_id)
    toast(request, _("“%(name)s” was archived.") % _named(journey), undo=undo)
    return redirect("journeys_index", request.access.workspace.key)


@require_POST
@workspace_view(Role.EDITOR)
def restore(request: WorkspaceRequest, pk: int) -> HttpResponse:
    journey = request.access.get(Journey, pk)
    try:
        actions.unarchive_journey(request.access, journey, now=clock.now())
    except actions.WrongState:
        return _changed_meanwhile(request, journey)
    toast(request, _("“%(name)s” is back, as a draft.") % _named(journey))
    return back(request, journey)


@require_POST
@workspace_view(Role.EDITOR)
def duplicate(request: WorkspaceRequest, pk: int) -> HttpResponse:
    journey = request.access.get(Journey, pk)
    try:
        made = actions.duplicate_journey(request.access, journey, now=clock.now())
    except BadJourney as bad:
        toast(request, bad.problems[0].words, bad=True)
        return back(request, journey)
    toast(request, _("This is the copy: change what should be different."))
    return back(request, made)


@workspace_view()
def export(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The draft as a file that another workspace can read."""
    journey = request.access.get(Journey, pk)
    text = json.dumps(journey.draft, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    name = f"{journey.name}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def back(request: WorkspaceRequest, journey: Journey) -> HttpResponse:
    return redirect("journey", request.access.workspace.key, journey.pk)


def _named(journey: Journey) -> dict[str, str]:
    return {"name": journey.name}


def _changed_meanwhile(request: WorkspaceRequest, journey: Journey) -> HttpResponse:
    words = _("That cannot be done now: somebody has changed the journey meanwhile.")
    toast(request, words, bad=True)
    return back(request, journey)
