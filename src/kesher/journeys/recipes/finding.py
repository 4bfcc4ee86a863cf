"""What a workspace has already of what a recipe needs, and the recipe as it would be drawn there. Reads only.

What an installation used is known by its row in `recipe_thing`, whatever it is called since; else by key or name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kesher.accounts.models import Workspace
from kesher.contacts.models import ContactList, Field
from kesher.contacts.vocabulary import folded
from kesher.journeys.models import Journey, RecipeThing
from kesher.journeys.recipes.base import NewField, NewList, Recipe
from kesher.journeys.recipes.kit import Drawn, Kit
from kesher.lib.slugs import make_key
from kesher.messages.windows.queries import windows_of

Row = TypeVar("Row", Field, ContactList)
Any_ = TypeVar("Any_", Field, ContactList, Journey)
Kind = RecipeThing.Kind


@dataclass(frozen=True)
class Shelf:
    """All that a workspace has of the kinds that recipes use, read once for any number of recipes."""

    workspace: Workspace
    fields: Sequence[Field]
    lists: Sequence[ContactList]
    journeys: Sequence[Journey]
    things: Mapping[tuple[str, str, str], RecipeThing]
    keeps_hours: bool = False  # advertising waits for its hours by itself

    def linked(self, recipe: Recipe, kind: str, name: str, rows: Iterable[Any_]) -> list[Any_]:
        thing = self.things.get((recipe.key, kind, name))
        return [row for row in rows if thing is not None and row.pk == thing.object_id]

    def found_fields(self, recipe: Recipe, new: NewField) -> list[Field]:
        """Fields of this kind, the linked one first, then by key or name; also archived ones."""
        label = new.label.in_language(self.workspace.language)
        known = self.linked(recipe, Kind.FIELD, new.name, self.fields)
        named = [row for row in self.fields if _is_called(label, row.key, row.label)]
        return [row for row in _once(known, named) if row.type == new.type]

    def found_lists(self, recipe: Recipe, new: NewList) -> list[ContactList]:
        label = new.label.in_language(self.workspace.language)
        known = self.linked(recipe, Kind.LIST, new.name, self.lists)
        return _once(known, [row for row in self.lists if _is_called(label, row.key, row.name)])

    def journey_of(self, recipe: Recipe, drawn: Drawn) -> Journey | None:
        """The recipe's own, else the one of this name; of those in use."""
        known = self.linked(recipe, Kind.JOURNEY, drawn.key, self.journeys)
        named = [row for row in self.journeys if row.name == drawn.name]
        in_use = (row for row in _once(known, named) if row.status != Journey.Status.ARCHIVED)
        return next(in_use, None)

    def choices_of(self, recipe: Recipe, new: NewField, row: Field | None) -> dict[str, str]:
        """The keys that the recipe's choices have there; those without one are not there."""
        if row is None:
            return {}
        keys = {one["key"] for one in row.options.get("choices", [])}
        words = {folded(one["label"]): one["key"] for one in row.options.get("choices", [])}
        thing = self.things.get((recipe.key, Kind.FIELD, new.name))
        kept = thing.choices if thing is not None and thing.object_id == row.pk else {}
        language = self.workspace.language
        found = {
            name: kept[name] if kept.get(name) in keys else words.get(folded(label.in_language(language)))
            for name, label in new.choices
        }  # fmt: skip
        return {name: key for name, key in found.items() if key is not None}


def shelf_of(workspace: Workspace) -> Shelf:
    things = RecipeThing.objects.filter(workspace=workspace)
    return Shelf(
        workspace,
        list(Field.objects.filter(workspace=workspace).order_by("id")),
        list(ContactList.objects.filter(workspace=workspace, is_all=False).order_by("id")),
        list(Journey.objects.filter(workspace=workspace).defer("draft").order_by("id")),
        {(one.recipe, one.kind, one.name): one for one in things},
        windows_of(workspace).is_on,
    )


def _is_called(label: str, key: str, name: str) -> bool:
    return make_key(label) == key or folded(label) == folded(name)


def _once(first: list[Any_], then: list[Any_]) -> list[Any_]:
    return first + [row for row in then if row not in first]


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

    @property
    def is_begun(self) -> bool:
        """Some of its journeys are there, not all."""
        return any(self.journeys) and not self.is_installed


def plan_of(workspace: Workspace, recipe: Recipe, shelf: Shelf | None = None) -> Plan:
    shelf = shelf or shelf_of(workspace)
    fields = {new.name: living(shelf.found_fields(recipe, new)) for new in recipe.fields}
    lists = {new.name: living(shelf.found_lists(recipe, new)) for new in recipe.lists}
    drawn = draw(shelf, recipe, fields, lists)
    return Plan(recipe, fields, lists, drawn, tuple(shelf.journey_of(recipe, one) for one in drawn))


def draw(
    shelf: Shelf,
    recipe: Recipe,
    fields: Mapping[str, Field | None],
    lists: Mapping[str, ContactList | None],
) -> tuple[Drawn, ...]:
    """The journeys, with the keys of these rows; of what is not there with those that it will likely get."""
    language = shelf.workspace.language
    keys: dict[str, str] = {}
    choices: dict[str, str] = {}
    for new in recipe.fields:
        row = fields[new.name]
        keys[new.name] = row.key if row else make_key(new.label.in_language(language))
        there = shelf.choices_of(recipe, new, row)
        choices |= {f"{new.name}.{name}": there.get(name, name) for name, _words in new.choices}
    list_keys = {
        new.name: found.key
        if (found := lists[new.name])
        else make_key(new.label.in_language(language))
        for new in recipe.lists
    }
    return tuple(recipe.draw(Kit(language, keys, choices, list_keys, shelf.keeps_hours)))


def living(rows: Iterable[Row]) -> Row | None:
    return next((row for row in rows if row.archived_at is None), None)
