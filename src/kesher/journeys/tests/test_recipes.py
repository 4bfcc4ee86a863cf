"""Every recipe, in both languages: installed, it is without mistakes, can be published, and is made only once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from kesher.accounts.access import Access
from kesher.accounts.undo import apply_undo
from kesher.contacts.custom_fields import change_field, create_field
from kesher.contacts.lists import create_list, rename_list
from kesher.contacts.models import ContactList, Field
from kesher.journeys.actions import archive_journey, problems_of, publish_journey
from kesher.journeys.models import Journey
from kesher.journeys.problems import TIP
from kesher.journeys.recipes.base import RECIPES, Recipe
from kesher.journeys.recipes.finding import plan_of, shelf_of
from kesher.journeys.recipes.installing import Installed, install_recipe
from kesher.journeys.recipes.outline import outline

EACH = pytest.mark.parametrize("recipe", list(RECIPES), ids=lambda recipe: recipe.key)
LANGUAGES = pytest.mark.parametrize("language", ["he", "en"])
# What a recipe is told and means: of this SMS everything is for somebody, and who is nobody gets none (E-07).
STATED: set[tuple[str, str]] = {("updates", "all_targeted")}


@pytest.fixture
def speaking(access: Access, language: str) -> Access:
    access.workspace.language = language
    access.workspace.save()
    return access


@EACH
@LANGUAGES
def test_as_installed_it_has_no_mistakes_and_is_published(
    speaking: Access, recipe: Recipe, now: datetime
) -> None:
    made = install_recipe(speaking, recipe, now=now)

    for journey in made.journeys:
        found = [one for one in problems_of(speaking, journey) if one.level != TIP]
        told = {(recipe.key, one.code): f"{one.path}: {one.words}" for one in found}
        assert told.keys() <= STATED, told
        publish_journey(speaking, journey, now=now)
        assert journey.status == "live"


@EACH
@LANGUAGES
def test_a_second_time_makes_nothing(speaking: Access, recipe: Recipe, now: datetime) -> None:
    first = install_recipe(speaking, recipe, now=now)

    again = install_recipe(speaking, recipe, now=now)

    assert again.undo is None
    assert not any(again.made.values())
    assert [one.pk for one in again.journeys] == [one.pk for one in first.journeys]
    assert plan_of(speaking.workspace, recipe).is_installed


@EACH
def test_it_is_taken_back_whole_and_comes_back_whole(
    access: Access, recipe: Recipe, now: datetime
) -> None:
    first = install_recipe(access, recipe, now=now)
    assert first.undo is not None

    apply_undo(access, first.undo.pk)

    assert not Field.objects.filter(workspace=access.workspace, archived_at=None).exists()
    assert not ContactList.objects.filter(
        workspace=access.workspace, archived_at=None, is_all=False
    ).exists()
    assert (
        not Journey.objects.filter(workspace=access.workspace).exclude(status="archived").exists()
    )
    again = install_recipe(access, recipe, now=now)
    assert {one.pk for one in again.fields.values()} == {one.pk for one in first.fields.values()}
    assert {one.pk for one in again.lists.values()} == {one.pk for one in first.lists.values()}


@EACH
@LANGUAGES
def test_the_look_shows_each_step_once(access: Access, recipe: Recipe, language: str) -> None:
    access.workspace.language = language
    plan = plan_of(access.workspace, recipe)

    for drawn in plan.drawn:
        lines = [line for line in outline(drawn) if not line.again]
        steps = [key for key, node in drawn.graph["nodes"].items() if node["kind"] != "exit"]
        with translation.override(language):
            assert len([line for line in lines if line.text]) == len(steps)


@EACH
def test_nothing_of_the_other_language_is_installed(recipe: Recipe, workspace: Any) -> None:
    workspace.language = "en"
    text = str([drawn.graph for drawn in plan_of(workspace, recipe).drawn])

    hebrew = [char for char in text if "\u0590" <= char <= "\u05ff"]

    assert not "".join(hebrew).replace("ביקור", "")  # the name of an event may be in either


def test_what_is_there_already_is_used(access: Access, now: datetime) -> None:
    status = create_field(
        access,
        label="סטטוס מתעניין",
        type="choice",
        options={"choices": ["אין מענה", "לא רלוונטי"]},
    )

    made = install_recipe(access, RECIPES.get("prospective_student"), now=now)

    status.refresh_from_db()
    assert made.fields["status"].pk == status.pk
    assert [one["label"] for one in status.options["choices"]] == [
        "אין מענה", "לא רלוונטי", "פנייה חדשה", "נקבעה פגישה",
    ]  # fmt: skip
    rule = made.journeys[2].draft["triggers"][0]["rule"]
    assert rule["value"] == status.options["choices"][0]["key"]


def test_a_field_of_another_kind_keeps_its_name(access: Access, now: datetime) -> None:
    create_field(access, label="סטטוס מתעניין", type="text")

    made = install_recipe(access, RECIPES.get("prospective_student"), now=now)

    assert made.fields["status"].label == "סטטוס מתעניין 2"


def test_what_was_published_is_not_taken_back(access: Access, now: datetime) -> None:
    made = install_recipe(access, RECIPES.get("prospective_student"), now=now)
    publish_journey(access, made.journeys[0], now=now)
    assert made.undo is not None

    apply_undo(access, made.undo.pk)

    assert Journey.objects.filter(workspace=access.workspace, status="live").count() == 1
    assert Field.objects.filter(workspace=access.workspace, archived_at=None).count() == 2


def test_taking_back_leaves_what_was_there_before(access: Access, now: datetime) -> None:
    own = create_field(
        access, label="סטטוס מתעניין", type="choice", options={"choices": ["אין מענה"]}
    )
    create_list(access, name="לקוחות")
    made = install_recipe(access, RECIPES.get("prospective_student"), now=now)
    assert made.undo is not None

    apply_undo(access, made.undo.pk)

    own.refresh_from_db()
    assert own.archived_at is None
    assert [one["label"] for one in own.options["choices"]] == ["אין מענה"]
    assert ContactList.objects.filter(workspace=access.workspace, name="לקוחות").exists()


@EACH
@LANGUAGES
def test_by_whatever_name_nothing_is_made_twice_or_lost(
    speaking: Access, recipe: Recipe, now: datetime
) -> None:
    """Fields, choices, lists and journeys are called otherwise, and the business changes its language."""
    first = install_recipe(speaking, recipe, now=now)
    _call_otherwise(speaking, first)
    speaking.workspace.language = "en" if speaking.workspace.language == "he" else "he"
    speaking.workspace.save()

    again = install_recipe(speaking, recipe, now=now)

    assert again.undo is None
    assert not any(again.made.values())
    assert [one.pk for one in again.journeys] == [one.pk for one in first.journeys]
    assert {one.pk for one in again.lists.values()} == {one.pk for one in first.lists.values()}
    assert plan_of(speaking.workspace, recipe).is_installed
    for field in again.fields.values():
        choices = field.options.get("choices", [])
        assert all(one["label"].startswith("שם אחר") for one in choices)


def _call_otherwise(access: Access, made: Installed) -> None:
    for number, field in enumerate(made.fields.values()):
        choices = field.options.get("choices")
        told = [{**one, "label": f"שם אחר {at}"} for at, one in enumerate(choices or [])]
        options = {**field.options, "choices": told} if choices else field.options
        change_field(access, field, label=f"שדה אחר {number}", options=options)
    for number, row in enumerate(made.lists.values()):
        rename_list(access, row, name=f"רשימה אחרת {number}")
    for number, journey in enumerate(made.journeys):
        Journey.objects.filter(pk=journey.pk).update(name=f"מסע אחר {number}")


@EACH
def test_a_recipe_knows_each_journey_by_a_key_of_its_own(recipe: Recipe, workspace: Any) -> None:
    plans = []
    for language in ("he", "en"):
        workspace.language = language
        plans.append([drawn.key for drawn in plan_of(workspace, recipe).drawn])

    assert plans[0] == plans[1]
    assert len(set(plans[0])) == len(plans[0])


def test_an_archived_journey_is_made_anew_and_known_from_then_on(
    access: Access, now: datetime
) -> None:
    recipe = RECIPES.get("guard")
    first = install_recipe(access, recipe, now=now)
    archive_journey(access, first.journeys[0], now=now)

    second = install_recipe(access, recipe, now=now)
    Journey.objects.filter(pk=second.journeys[0].pk).update(name="אחר")
    third = install_recipe(access, recipe, now=now)

    assert first.journeys[0].pk != second.journeys[0].pk == third.journeys[0].pk


def test_another_list_under_the_old_name_is_left_alone(access: Access, now: datetime) -> None:
    recipe = RECIPES.get("guard")
    first = install_recipe(access, recipe, now=now)
    rename_list(access, first.lists["known"], name="ותיקים")
    create_list(access, name="קיבלו ברוכים הבאים")

    again = install_recipe(access, recipe, now=now)

    assert again.lists["known"].pk == first.lists["known"].pk


def test_the_gallery_reads_a_workspace_once(
    access: Access, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for recipe in RECIPES:
        install_recipe(access, recipe, now=now)

    with django_assert_max_num_queries(5):
        shelf = shelf_of(access.workspace)
        plans = [plan_of(access.workspace, recipe, shelf) for recipe in RECIPES]

    assert all(plan.is_installed for plan in plans)
