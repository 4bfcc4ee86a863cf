"""Putting a recipe into a workspace: what is there already is used, the rest is made, its journeys are drafts.

Installing again makes nothing twice. The undo takes out of use what was made, while its journeys are still drafts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import UndoEntry, Workspace
from kesher.accounts.undo import UNDO, UndoKind, offer_undo
from kesher.contacts.custom_fields import archive_field, change_field, create_field, unarchive_field
from kesher.contacts.errors import Refused
from kesher.contacts.lists import archive_list, create_list, unarchive_list
from kesher.contacts.models import ContactList, Field
from kesher.journeys.actions import archive_journey, create_journey
from kesher.journeys.models import Journey, RecipeThing
from kesher.journeys.recipes.base import RECIPES, NewField, NewList, Recipe, here
from kesher.journeys.recipes.finding import Kind, Shelf, draw, living, shelf_of
from kesher.journeys.recipes.kit import Words
from kesher.lib import clock

MOST_NUMBERS = 50


@dataclass(frozen=True)
class Installed:
    """All that the recipe uses now; `made` holds the ids of what was not there before. No `undo`: nothing was made."""

    fields: Mapping[str, Field]
    lists: Mapping[str, ContactList]
    journeys: tuple[Journey, ...]
    made: Mapping[str, list[int]]
    undo: UndoEntry | None


@dataclass
class _Making:
    access: Access
    recipe: Recipe
    shelf: Shelf
    now: datetime
    made: dict[str, list[int]] = field(
        default_factory=lambda: {"fields": [], "lists": [], "journeys": []}
    )
    choices: dict[str, list[Any]] = field(default_factory=dict)  # a field's id: before, after


@transaction.atomic
def install_recipe(access: Access, recipe: Recipe, *, now: datetime) -> Installed:
    """Make what is missing. Raises Refused when the workspace has no room for more fields."""
    workspace = Workspace.objects.select_for_update().get(pk=access.workspace.pk)  # twice at once
    making = _Making(access, recipe, shelf_of(workspace), now)
    fields = {new.name: _field(making, new) for new in recipe.fields}
    lists = {new.name: _list(making, new) for new in recipe.lists}
    journeys = []
    for drawn in draw(shelf_of(workspace), recipe, fields, lists):
        found = making.shelf.journey_of(recipe, drawn)
        if found is None:
            found = create_journey(access, name=drawn.name, graph=drawn.graph, now=now)
            making.made["journeys"].append(found.pk)
        _remember(making, Kind.JOURNEY, drawn.key, found.pk)
        journeys.append(found)
    undo = None
    if any(making.made.values()) or making.choices:
        data = {"recipe": recipe.key, **making.made, "choices": making.choices}
        undo = offer_undo(access, kind=INSTALLED.key, data=data)
    return Installed(fields, lists, tuple(journeys), making.made, undo)


def _remember(making: _Making, kind: str, name: str, number: int, **rest: Any) -> None:
    RecipeThing.objects.update_or_create(
        workspace=making.access.workspace, recipe=making.recipe.key, kind=kind, name=name,
        defaults={"object_id": number, **rest},
    )  # fmt: skip


def _field(making: _Making, new: NewField) -> Field:
    access, rows = making.access, making.shelf.found_fields(making.recipe, new)
    row = living(rows)
    if row is None:
        row = next((one for one in rows if _comes_back(access, one)), None) or _made_field(
            access, new
        )
        making.made["fields"].append(row.pk)
    there = making.shelf.choices_of(making.recipe, new, row)
    if missing := _missing_choices(new, row, set(there), access.workspace.language):
        before = row.options
        options = {**before, "choices": [*before.get("choices", []), *missing]}
        row = change_field(access, row, label=row.label, options=options)
        making.choices[str(row.pk)] = [before, row.options]
        there = making.shelf.choices_of(making.recipe, new, row)
    _remember(making, Kind.FIELD, new.name, row.pk, choices=there)
    return row


def _comes_back(access: Access, row: Field) -> bool:
    try:
        unarchive_field(access, row)
    except Refused:  # another field has its name now
        return False
    return True


def _made_field(access: Access, new: NewField) -> Field:
    """Under a name with a number when a field of another kind has the name."""
    language = access.workspace.language
    label = new.label.in_language(language)
    choices = [{"key": key, "label": words.in_language(language)} for key, words in new.choices]
    options = {key: _said(value, language) for key, value in new.options.items()}
    if choices:
        options["choices"] = choices
    for number in range(2, MOST_NUMBERS):
        try:
            return create_field(access, label=label, type=new.type, options=options)
        except Refused as refused:
            if refused.code != "duplicate":
                raise
            label = f"{new.label.in_language(language)} {number}"
    raise Refused("label", _("There is already a field of this name."), code="duplicate")


def _said(value: Any, language: str) -> Any:
    return value.in_language(language) if isinstance(value, Words) else value


def _missing_choices(
    new: NewField, row: Field, there: set[str], language: str
) -> list[dict[str, str]]:
    """Under the recipe's own key unless another choice has it."""
    keys = {one["key"] for one in row.options.get("choices", [])}
    return [
        {"label": label.in_language(language), **({} if key in keys else {"key": key})}
        for key, label in new.choices
        if key not in there
    ]


def _list(making: _Making, new: NewList) -> ContactList:
    access, rows = making.access, making.shelf.found_lists(making.recipe, new)
    row = living(rows)
    if row is None:
        if rows:
            row = rows[0]
            unarchive_list(access, row)
        else:
            row = create_list(access, name=new.label.in_language(access.workspace.language))
        making.made["lists"].append(row.pk)
    _remember(making, Kind.LIST, new.name, row.pk)
    return row


def _take_back(access: Access, data: dict[str, Any]) -> str:
    """All of it or nothing: what people may be on their way in stays."""
    title, now = here(RECIPES.get(data["recipe"]).title), clock.now()
    own = Journey.objects.filter(workspace=access.workspace, pk__in=data["journeys"])
    journeys = list(own.exclude(status=Journey.Status.ARCHIVED))
    if any(journey.status != Journey.Status.DRAFT for journey in journeys):
        return _("A journey of “%(recipe)s” was published, so all of it stays.") % {"recipe": title}
    for journey in journeys:
        archive_journey(access, journey, now=now)
    for row in _own(access, Field, data["fields"]):
        archive_field(access, row, now=now)
    for made in _own(access, ContactList, data["lists"]):
        archive_list(access, made, now=now)
    for number, (before, after) in data["choices"].items():
        Field.objects.filter(workspace=access.workspace, pk=number, options=after).update(
            options=before
        )
    return _("“%(recipe)s” was taken back.") % {"recipe": title}


def _own(access: Access, model: Any, ids: list[int]) -> Any:
    return model.objects.filter(workspace=access.workspace, pk__in=ids, archived_at=None)


INSTALLED = UNDO.register(UndoKind("recipe.installed", _take_back))
