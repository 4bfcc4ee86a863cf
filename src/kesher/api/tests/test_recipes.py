"""Recipes over the API: all of them with what is there, and one installed."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts import actions as accounts
from kesher.journeys.recipes.base import RECIPES


@pytest.fixture
def call(client: Any, access: Any) -> Any:
    key = accounts.create_api_key(access, name="k", scopes=["journeys:read", "journeys:write"])

    def send(method: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {key.secret}"}
        json = "application/json"
        return getattr(client, method)(f"/api/v1{path}", content_type=json, headers=headers)

    return send


def test_all_recipes_are_told_in_the_language_of_the_workspace(call: Any) -> None:
    found = call("get", "/recipes").json()["items"]

    assert [one["key"] for one in found] == [recipe.key for recipe in RECIPES]
    visits = next(one for one in found if one["key"] == "visits")
    assert visits["title"] == "ביקור עשירי במתנה"
    assert visits["fields"] == [{"name": "כמות ביקורים", "key": None}]
    assert not visits["is_installed"]


def test_a_recipe_is_installed_once_and_its_drafts_can_be_published(call: Any) -> None:
    first = call("post", "/recipes/visits/install")
    again = call("post", "/recipes/visits/install").json()

    assert first.status_code == 201
    assert all(one["is_new"] for one in first.json()["journeys"])
    assert not any(one["is_new"] for part in again.values() for one in part)
    for journey in again["journeys"]:
        answer = call("post", f"/journeys/{journey['id']}/publish")
        assert answer.json()["status"] == "live"
    listed = call("get", "/recipes").json()["items"]
    assert [one["key"] for one in listed if one["is_installed"]] == ["visits"]


def test_an_unknown_recipe_is_not_found(call: Any) -> None:
    assert call("post", "/recipes/nothing/install").status_code == 404
