"""The canvas and the JSON it exchanges with the server.

PUT save {graph, revision} → {revision, problems, told}; 409 {current: {graph, revision, name}}; 422 {message, problems}
409 tells {current, problems, told}. GET numbers → {started, active, goal, nodes: {key: {entered, waiting, ports, messages}}}
POST look {rule, event} → as the rule builder wants it, with the words that only journeys have
POST look {trigger} → {sentence, count, about}: who would come in by it, were it to happen to everybody
POST bench {kind} → what the editor of messages needs to know, and where it asks
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.acts import act_words
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.content.models import Document
from kesher.content.smart_checks import smart_vocabulary
from kesher.journeys import actions, queries
from kesher.journeys.checks import check
from kesher.journeys.eventwords import EVENT, all_event_fields, with_event
from kesher.journeys.graph import Graph, parse
from kesher.journeys.models import Journey
from kesher.journeys.ownmessages import own_messages
from kesher.journeys.palette import palette
from kesher.journeys.problems import BadJourney
from kesher.journeys.settings import World
from kesher.journeys.world import world_of
from kesher.lib import clock
from kesher.rules.parse import parse as parse_rule
from kesher.rules.problems import BadRule
from kesher.rules.tree import PREVIOUS
from kesher.rules.vocabulary import Message, Vocabulary
from kesher.rules.words import in_words
from kesher.web.journeys.entering import who_comes_in
from kesher.web.journeys.page import is_published
from kesher.web.journeys.sentences import Teller, policy_words, weekday_words
from kesher.web.rules.picking import pickable
from kesher.web.rules.views import look as plain_look

MOST_BYTES = actions.MOST_BYTES
MOST_DESIGNS = 200


@workspace_view(Role.EDITOR)
def page(request: WorkspaceRequest, pk: int) -> HttpResponse:
    journey = request.access.get(Journey, pk, archived_at=None)
    context = {"nav": "journeys", "full": True, "journey": journey, "data": _data(request, journey)}
    return render(request, "journeys/canvas.html", context)


def _data(request: WorkspaceRequest, journey: Journey) -> dict[str, Any]:
    workspace = request.access.workspace
    acts = act_words(workspace)
    world = world_of(workspace, acts)
    texts = Document.objects.filter(workspace=workspace, archived_at=None).order_by("-updated_at")
    designs = texts.values("id", "name", "kind")[:MOST_DESIGNS]
    return {
        "journey": {
            "id": journey.pk, "status": journey.status, "status_label": journey.get_status_display(),
            "is_published": is_published(journey), **_current(journey),
        },
        **_told(request, journey, world),
        "numbers": _numbers(journey),
        "palette": {**palette(), "policies": policy_words(), "weekdays": weekday_words()},
        "words": {
            "acts": smart_vocabulary(workspace, acts),
            "fields": [
                {
                    "key": one.key, "label": str(one.label), "type": one.type,
                    "choices": [{"key": way.key, "label": str(way.label)} for way in one.choices],
                }
                for one in world.vocabulary.fields
            ],
            "segments": [
                {"key": one.key, "label": str(one.name)} for one in world.vocabulary.segments
            ],
            "entries": {
                one.key: [{"key": entry.key, "label": str(entry.label)} for entry in one.data]
                for one in world.vocabulary.kinds
            },
            "journeys": [{"key": key, "label": name} for key, name in world.journeys],
            "staff": list(world.staff),
            "documents": list(designs),
        },
        "language": workspace.language,
        "urls": _urls(workspace.key, journey),
    }  # fmt: skip


def _urls(workspace: str, journey: Journey) -> dict[str, str]:
    names = {
        "save": "journey_save", "numbers": "journey_numbers", "publish": "journey_publish",
        "page": "journey", "look": "journey_look", "vocabulary": "journey_vocabulary",
        "people": "journey_people", "bench": "journey_bench",
    }  # fmt: skip
    found = {key: reverse(name, args=[workspace, journey.pk]) for key, name in names.items()}
    return {
        **found,
        "ask": reverse("rules_ask", args=[workspace]),
        "back": reverse("journeys_index", args=[workspace]),
        "document": reverse("journey_document", args=[workspace, 0]),
    }


def _current(journey: Journey) -> dict[str, Any]:
    return {"name": journey.name, "graph": journey.draft, "revision": journey.revision}


def _told(
    request: WorkspaceRequest, journey: Journey, world: World | None = None
) -> dict[str, Any]:
    """What is wrong, and each step in words."""
    graph, world = parse(journey.draft), world or world_of(request.access.workspace)
    teller = Teller(request.access.workspace, graph, journey.pk, world.vocabulary)
    problems = check(journey.draft, world, journey_id=journey.pk)
    return {
        "problems": [one.to_json() for one in problems],
        "told": {
            "nodes": {key: _told_node(graph, teller, key) for key in graph.nodes},
            "triggers": [teller.trigger(one) for one in graph.triggers],
            "reentry": teller.reentry(graph.reentry),
            "exit_if": teller.rule(graph.exit_if),
            "goal": teller.rule(graph.goal.rule) if graph.goal else "",
        },
    }


def _told_node(graph: Graph, teller: Teller, key: str) -> dict[str, Any]:
    node = graph.nodes[key]
    return {
        "title": teller.title(node),
        "sentence": teller.sentence(node),
        "ways": {port: teller.way(node, port) for port in node.ports},
    }


def _numbers(journey: Journey) -> dict[str, Any]:
    found = queries.numbers_of(journey)
    return {
        "started": found.started,
        "active": found.active,
        "goal": found.goal,
        "nodes": {
            key: {
                "entered": one.entered, "waiting": one.waiting,
                "ports": dict(one.ports), "messages": dict(one.messages),
            }
            for key, one in found.nodes.items()
        },
    }  # fmt: skip


@require_http_methods(["PUT"])
@workspace_view(Role.EDITOR)
def save(request: WorkspaceRequest, pk: int) -> JsonResponse:
    journey = request.access.get(Journey, pk, archived_at=None)
    given = _read(request)
    if not isinstance(given.get("graph"), dict) or not isinstance(given.get("revision"), int):
        return _not_understood()
    try:
        saved = actions.save_draft(
            request.access, journey, graph=given["graph"], revision=given["revision"], now=clock.now()
        )  # fmt: skip
    except BadJourney as bad:
        problems = [one.to_json() for one in bad.problems]
        return JsonResponse({"message": bad.problems[0].words, "problems": problems}, status=422)
    if isinstance(saved, actions.Conflict):
        told = {"current": _current(saved.current), **_told(request, saved.current)}
        return JsonResponse(told, status=409)
    told = {"revision": saved.revision, "is_published": is_published(journey)}
    return JsonResponse(told | _told(request, journey))


@require_GET
@workspace_view()
def numbers(request: WorkspaceRequest, pk: int) -> JsonResponse:
    return JsonResponse(_numbers(request.access.get(Journey, pk)))


@require_GET
@workspace_view()
def vocabulary(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """What a rule of this journey may say: with its own messages, and (?event=…) what the event tells.

    Inside the journey (?inside=1) the contact comes first, then the event that started it.
    """
    workspace = request.access.workspace
    journey = request.access.get(Journey, pk)
    words = _words(vocabulary_of(workspace), journey)
    if event := request.GET.get("event", ""):
        words = all_event_fields(words, event)
        if request.GET.get("inside"):
            last = sorted(words.fields, key=lambda field: field.key.startswith(EVENT))
            words = replace(words, fields=tuple(last))
    today = moment_of(workspace, clock.now()).today
    told = {**pickable(words), "today": today.isoformat()}
    return JsonResponse(told | {"people": reverse("contacts_index", args=[workspace.key])})


def _words(plain: Vocabulary, journey: Journey) -> Vocabulary:
    own = own_messages(parse(journey.draft), journey.pk)
    previous = Message(PREVIOUS, _("the previous message of this journey"), {})
    return replace(plain, messages=(previous, *own, *plain.messages))


@require_POST
@workspace_view()
def look(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """A rule that speaks of the journey or its event is told, but not counted: it is true of runs, not of contacts."""
    journey = request.access.get(Journey, pk)
    given = _read(request)
    if "trigger" in given:
        return JsonResponse(who_comes_in(request, journey, given["trigger"]))
    if "rule" not in given:
        return _not_understood()
    plain = vocabulary_of(request.access.workspace)
    own = own_messages(parse(journey.draft), journey.pk)
    words = with_event(plain, given["rule"], str(given.get("event") or ""), own)
    told: dict[str, Any] = {"problems": [], "count": None, "about": False, "examples": []}
    told["reach"] = _("Asked about each person when they get here")
    try:
        sentence = in_words(parse_rule(given["rule"], words), words)
    except BadRule:
        return _plain(request)
    if PREVIOUS in json.dumps(given["rule"]):
        return JsonResponse(told | {"sentence": sentence})
    try:
        parse_rule(given["rule"], plain)
    except BadRule:
        return JsonResponse(told | {"sentence": sentence})
    return _plain(request)


def _plain(request: WorkspaceRequest) -> HttpResponseBase:
    return plain_look(request, workspace=request.access.workspace.key)


@require_GET
@workspace_view(Role.EDITOR)
def document(request: WorkspaceRequest, pk: int) -> JsonResponse:
    """A message made in the editor, to be copied into a step."""
    found = request.access.get(Document, pk)
    return JsonResponse(
        {"subject": found.subject, "preheader": found.preheader, "document": found.body}
    )


def _read(request: WorkspaceRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        return {}
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _not_understood() -> JsonResponse:
    message = _("The request was not understood; load the page again")
    return JsonResponse({"message": message}, status=400)
