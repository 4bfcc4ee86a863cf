"""Recipes: the ready-made flows, what each needs, and installing one."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status
from pydantic import Field as Described

from kesher.api.journeys import Graph
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Strict
from kesher.journeys.recipes.base import RECIPES
from kesher.journeys.recipes.finding import Plan, plan_of, shelf_of
from kesher.journeys.recipes.installing import Installed, install_recipe
from kesher.lib import clock

router = Router(tags=["recipes"])


class RecipeNeed(Strict):
    """A field or a list: `key` is null while it is not there."""

    name: str
    key: str | None


class RecipeJourney(Strict):
    name: str
    starts: str = Described(description="what starts it, in words")
    id: int | None = Described(description="null while it is not there")
    graph: Graph


class RecipeOut(Strict):
    key: str
    title: str
    summary: str
    before: str = Described(description="what to fill in before publishing")
    is_installed: bool
    fields: list[RecipeNeed]
    lists: list[RecipeNeed]
    journeys: list[RecipeJourney]


class RecipesOut(Strict):
    items: list[RecipeOut]


class UsedThing(Strict):
    id: int
    key: str
    name: str
    is_new: bool


class InstalledOut(Strict):
    """What the recipe uses now. Its journeys are drafts: publish them with POST /journeys/{id}/publish."""

    fields: list[UsedThing]
    lists: list[UsedThing]
    journeys: list[UsedThing]


def _shape(plan: Plan, language: str) -> dict[str, Any]:
    recipe = plan.recipe
    return {
        "key": recipe.key,
        "title": recipe.title.in_language(language),
        "summary": recipe.summary.in_language(language),
        "before": recipe.before.in_language(language) if recipe.before else "",
        "is_installed": plan.is_installed,
        "fields": [
            {
                "name": new.label.in_language(language),
                "key": row.key if (row := plan.fields[new.name]) else None,
            }
            for new in recipe.fields
        ],
        "lists": [
            {
                "name": new.label.in_language(language),
                "key": found.key if (found := plan.lists[new.name]) else None,
            }
            for new in recipe.lists
        ],
        "journeys": [
            {
                "name": drawn.name,
                "starts": drawn.starts,
                "id": journey.pk if journey else None,
                "graph": drawn.graph,
            }
            for drawn, journey in zip(plan.drawn, plan.journeys, strict=True)
        ],
    }


@router.get("/recipes", response={200: RecipesOut, **ERRORS}, auth=KeyAuth("journeys:read"))
def list_recipes(request: ApiRequest) -> dict[str, Any]:
    """All of them, in the workspace's language, with what is there already."""
    workspace = request.auth.workspace
    shelf = shelf_of(workspace)
    plans = [plan_of(workspace, recipe, shelf) for recipe in RECIPES]
    return {"items": [_shape(plan, workspace.language) for plan in plans]}


@router.post(
    "/recipes/{key}/install",
    response={201: InstalledOut, **ERRORS},
    auth=KeyAuth("journeys:write"),
)
def install(request: ApiRequest, key: str) -> Status[dict[str, Any]]:
    """Make what is missing, and its journeys as drafts. Asked again, nothing is made twice."""
    if key not in RECIPES:
        raise Problem(404, "not-found", "There is no recipe of this key; see GET /recipes.")
    made = install_recipe(request.auth, RECIPES.get(key), now=clock.now())
    return Status(201, _used(made))


def _used(made: Installed) -> dict[str, Any]:
    def line(row: Any, name: str, kind: str) -> dict[str, Any]:
        return {"id": row.pk, "key": row.key, "name": name, "is_new": row.pk in made.made[kind]}

    return {
        "fields": [line(row, row.label, "fields") for row in made.fields.values()],
        "lists": [line(row, row.name, "lists") for row in made.lists.values()],
        "journeys": [line(row, row.name, "journeys") for row in made.journeys],
    }
