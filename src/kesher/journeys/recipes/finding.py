"""What a workspace has already of what a recipe needs, and the recipe as it would be drawn there. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kesher.accounts.models import Workspace
from kesher.contacts.models import ContactList, Field
from kesher.contacts.vocabulary import folded
from kesher.journeys.models import Journey
from kesher.journeys.recipes.base import NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Kit
from kesher.lib.slugs import make_key

Row = TypeVar("Row", Field, ContactList)


@dataclass(frozen=True)
class Plan:
    """What installing would use (a row) and what it would make (None), by the recipe's own names."""

    recipe: Recipe
    fields: Mapping[str, Field | None]
    lists: Mapping[str, ContactList | None]
    drawn: tuple[Drawn, ...]
    journeys: tuple[Journey | None, ...]

    @property
    def is_installed(self) -> bool:
        return all(self.journeys)


def plan_of(workspace: Workspace, recipe: Recipe) -> Plan:
    fields = {new.name: living(found_fields(workspace, new)) for new in recipe.fields}
    lists = {new.name: living(found_lists(workspace, new)) for new in recipe.lists}
    drawn = draw(workspace, recipe, fields, lists)
    journeys = tuple(journey_of(workspace, one.name) for one in drawn)
    return Plan(recipe, fields, lists, drawn, journeys)


def draw(
    workspace: Workspace,
    recipe: Recipe,
    fields: Mapping[str, Field | None],
    lists: Mapping[str, ContactList | None],
) -> tuple[Drawn, ...]:
    """The journeys, with the keys of these rows; of what is not there with those that it will likely get."""
    language = workspace.language
    keys: dict[str, str] = {}
    choices: dict[str, str] = {}
    for new in recipe.fields:
        row = fields[new.name]
        keys[new.name] = row.key if row else make_key(new.label.in_language(language))
        choices |= _choices(new, row, language)
    list_keys = {
        new.name: found.key
        if (found := lists[new.name])
        else make_key(new.label.in_language(language))
        for new in recipe.lists
    }
    return tuple(recipe.draw(Kit(language, keys, choices, list_keys)))


def _choices(new: NewField, row: Field | None, language: str) -> dict[str, str]:
    """The keys of the field's choices: those of a field that was there by their words."""
    there = (
        {folded(one["label"]): one["key"] for one in row.options.get("choices", [])} if row else {}
    )
    return {
        f"{new.name}.{key}": there.get(folded(words.in_language(language)), key)
        for key, words in new.choices
    }  # fmt: skip


def found_fields(workspace: Workspace, new: NewField) -> list[Field]:
    """Fields of this kind that go by the key or the name, also archived ones."""
    label = new.label.in_language(workspace.language)
    rows = Field.objects.filter(workspace=workspace, type=new.type).order_by("id")
    return [row for row in rows if make_key(label) == row.key or folded(label) == folded(row.label)]


def found_lists(workspace: Workspace, new: NewList) -> list[ContactList]:
    label = new.label.in_language(workspace.language)
    rows = ContactList.objects.filter(workspace=workspace, is_all=False).order_by("id")
    return [row for row in rows if make_key(label) == row.key or folded(label) == folded(row.name)]


def living(rows: Iterable[Row]) -> Row | None:
    return next((row for row in rows if row.archived_at is None), None)


def journey_of(workspace: Workspace, name: str) -> Journey | None:
    """The journey of this name that is in use: a recipe's journeys are known by their names."""
    rows = Journey.objects.filter(workspace=workspace, name=name)
    return rows.exclude(status=Journey.Status.ARCHIVED).order_by("id").first()
