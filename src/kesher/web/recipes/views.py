"""The gallery of recipes; a look at one before it is installed, and installing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.errors import Refused
from kesher.contacts.fields import FIELD_TYPES
from kesher.journeys.models import Journey
from kesher.journeys.recipes.base import RECIPES, Recipe, here
from kesher.journeys.recipes.finding import Plan, plan_of, shelf_of
from kesher.journeys.recipes.installing import install_recipe
from kesher.journeys.recipes.outline import Line, outline
from kesher.lib import clock
from kesher.web.toasts import toast


@dataclass(frozen=True)
class Card:
    """A recipe as the gallery draws it."""

    recipe: Recipe
    title: str
    summary: str
    channels: Sequence[tuple[str, str]]
    is_installed: bool


@dataclass(frozen=True)
class Thing:
    """A field or a list that the recipe needs."""

    name: str
    kind: str
    is_there: bool


@dataclass(frozen=True)
class Flow:
    """One journey of the recipe; `journey` once it is there."""

    name: str
    starts: str
    lines: list[Line]
    journey: Journey | None


_CHANNELS = {
    "send_email": ("mail", "email"),
    "send_sms": ("message", "sms"),
    "task": ("checkbox", "task"),
}


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    shelf = shelf_of(request.access.workspace)
    plans = [plan_of(request.access.workspace, recipe, shelf) for recipe in RECIPES]
    cards = [_card(plan) for plan in plans]
    return render(request, "recipes/index.html", {"nav": "journeys", "cards": cards})


def _card(plan: Plan) -> Card:
    recipe = plan.recipe
    kinds = {node["kind"] for drawn in plan.drawn for node in drawn.graph["nodes"].values()}
    channels = [channel for kind, channel in _CHANNELS.items() if kind in kinds]
    return Card(recipe, here(recipe.title), here(recipe.summary), channels, plan.is_installed)


@workspace_view()
def recipe(request: WorkspaceRequest, key: str) -> HttpResponse:
    plan = plan_of(request.access.workspace, _known(key))
    found = plan.recipe
    flows = [
        Flow(drawn.name, drawn.starts, outline(drawn), journey)
        for drawn, journey in zip(plan.drawn, plan.journeys, strict=True)
    ]
    context = {
        "nav": "journeys",
        "recipe": found,
        "title": here(found.title),
        "summary": here(found.summary),
        "before": here(found.before) if found.before else "",
        "is_installed": plan.is_installed,
        "fields": _fields(plan, request.access.workspace.language),
        "lists": _lists(plan, request.access.workspace.language),
        "flows": flows,
    }
    return render(request, "recipes/recipe.html", context)


def _known(key: str) -> Recipe:
    if key not in RECIPES:
        raise Http404
    return RECIPES.get(key)


def _fields(plan: Plan, language: str) -> list[Thing]:
    return [
        Thing(
            row.label if (row := plan.fields[new.name]) else new.label.in_language(language),
            str(FIELD_TYPES.get(new.type).label),
            row is not None,
        )
        for new in plan.recipe.fields
    ]


def _lists(plan: Plan, language: str) -> list[Thing]:
    return [
        Thing(
            row.name if (row := plan.lists[new.name]) else new.label.in_language(language),
            "", row is not None,
        )
        for new in plan.recipe.lists
    ]  # fmt: skip


@require_POST
@workspace_view(Role.EDITOR)
def install(request: WorkspaceRequest, key: str) -> HttpResponse:
    found, workspace = _known(key), request.access.workspace
    try:
        made = install_recipe(request.access, found, now=clock.now())
    except Refused as refused:
        toast(request, refused.reason, bad=True)
        return redirect("recipe", workspace.key, found.key)
    if made.undo is None:
        toast(request, _("All of it is there already."))
    else:
        toast(request, _("Installed as a draft. Look it over, then publish."), undo=made.undo)
    if len(made.journeys) == 1:
        return redirect("journey", workspace.key, made.journeys[0].pk)
    return redirect("recipe", workspace.key, found.key)
