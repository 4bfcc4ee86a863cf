"""The gallery, the look at a recipe, and installing it with one button."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, UndoEntry
from kesher.channels.models import ChannelAccount
from kesher.contacts.models import Field
from kesher.journeys.models import Journey
from kesher.journeys.recipes.base import RECIPES, here

pytestmark = pytest.mark.django_db


def address(access: Access, name: str, *rest: str) -> str:
    return reverse(name, args=[access.workspace.key, *rest])


def test_the_gallery_shows_every_recipe(signed_in: Any, access: Access) -> None:
    page = signed_in.get(address(access, "recipes_index")).content.decode()

    assert all(address(access, "recipe", recipe.key) in page for recipe in RECIPES)
    assert page.count("r-card-foot") == len(RECIPES)


@pytest.mark.parametrize("key", [recipe.key for recipe in RECIPES])
def test_a_look_changes_nothing(signed_in: Any, access: Access, key: str) -> None:
    answer = signed_in.get(address(access, "recipe", key))

    assert here(RECIPES.get(key).summary) in answer.content.decode()
    assert not Field.objects.filter(workspace=access.workspace).exists()
    assert not Journey.objects.filter(workspace=access.workspace).exists()


def test_one_button_installs_drafts_and_offers_to_take_them_back(
    signed_in: Any, access: Access
) -> None:
    answer = signed_in.post(address(access, "recipe_install", "visits"), follow=True)

    drafts = Journey.objects.filter(workspace=access.workspace)
    assert set(drafts.values_list("status", flat=True)) == {"draft"}
    page = answer.content.decode()
    assert all(address(access, "journey", str(draft.pk)) in page for draft in drafts)
    undo = UndoEntry.objects.get()
    assert reverse("undo", args=[access.workspace.key, undo.pk]) in page
    assert address(access, "recipe_install", "visits") not in page  # nothing to install twice


def test_a_recipe_of_one_journey_opens_it(signed_in: Any, access: Access) -> None:
    answer = signed_in.post(address(access, "recipe_install", "guard"))

    made = Journey.objects.get(workspace=access.workspace)
    assert answer["Location"] == address(access, "journey", str(made.pk))


def test_an_unknown_recipe_is_not_there(signed_in: Any, access: Access) -> None:
    assert signed_in.get(address(access, "recipe", "nothing")).status_code == 404


def test_who_only_looks_cannot_install(signed_in: Any, access: Access) -> None:
    Membership.objects.filter(workspace=access.workspace).update(role="viewer")

    page = signed_in.get(address(access, "recipe", "guard")).content.decode()
    answer = signed_in.post(address(access, "recipe_install", "guard"))

    assert address(access, "recipe_install", "guard") not in page
    assert answer.status_code == 403


def test_half_of_a_recipe_is_told_and_the_rest_can_be_installed(
    signed_in: Any, access: Access
) -> None:
    signed_in.post(address(access, "recipe_install", "visits"))
    Journey.objects.filter(workspace=access.workspace).order_by("pk")[0].delete()

    gallery = signed_in.get(address(access, "recipes_index"), headers={"Accept-Language": "en"})
    page = signed_in.get(address(access, "recipe", "visits"), headers={"Accept-Language": "en"})
    signed_in.post(address(access, "recipe_install", "visits"))

    assert gallery.content.decode().count("r-begun") == 1
    assert "r-begun" in page.content.decode()
    assert Journey.objects.filter(workspace=access.workspace).count() == 2


def test_what_sending_will_need_is_said_before(signed_in: Any, access: Access) -> None:
    access.workspace.postal_address = ""
    access.workspace.save()
    page = signed_in.get(address(access, "recipe", "unreachable")).content.decode()
    ChannelAccount.objects.create(
        workspace=access.workspace, channel="sms", provider="twilio", name="Twilio"
    )
    access.workspace.postal_address = "הרצל 1, חיפה"
    access.workspace.sender_email = "shop@green-books.example"
    access.workspace.save()
    ready = signed_in.get(address(access, "recipe", "unreachable")).content.decode()

    assert page.count("k-note-amber") == 2
    assert "k-note-amber" not in ready
