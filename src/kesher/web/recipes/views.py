"""The gallery of recipes; a look at one before it is installed, and installing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role, Workspace
from kesher.channels.models import ChannelAccount
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
    is_begun: bool


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
    "alert": ("bell", "alert"),
}


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    shelf = shelf_of(request.access.workspace)
    plans = [plan_of(request.access.workspace, recipe, shelf) for recipe in RECIPES]
    cards = [_card(plan) for plan in plans]
    return render(request, "recipes/index.html", {"nav": "journeys", "cards": cards})


def _card(plan: Plan) -> Card:
    recipe, kinds = plan.recipe, _kinds(plan)
    channels = [channel for kind, channel in _CHANNELS.items() if kind in kinds]
    return Card(
        recipe, here(recipe.title), here(recipe.summary), channels, plan.is_installed, plan.is_begun
    )  # fmt: skip


def _kinds(plan: Plan) -> set[str]:
    return {node["kind"] for drawn in plan.drawn for node in drawn.graph["nodes"].values()}


def _lacks(request: WorkspaceRequest, plan: Plan) -> list[tuple[str, str]]:
    """What sending will need and the workspace has not: words, and where to see to it."""
    workspace, kinds = request.access.workspace, _kinds(plan)
    found = []
    if "send_email" in kinds and not (workspace.sender_email and workspace.postal_address):
        text = _("Mails need a sender and, for advertising, your postal address.")
        found.append((text, reverse("settings_sender", args=[workspace.key])))
    if "send_sms" in kinds and not _has_gateway(workspace, "sms"):
        text = _("No SMS gateway is connected: texts stay on this machine until one is.")
        found.append((text, reverse("channels_settings", args=[workspace.key])))
    return found


def _has_gateway(workspace: Workspace, channel: str) -> bool:
    accounts = ChannelAccount.objects.filter(workspace=workspace, channel=channel)
    return accounts.exclude(provider="local").exists()


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
        "is_begun": plan.is_begun,
        "lacks": _lacks(request, plan),
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
