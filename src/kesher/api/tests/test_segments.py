"""Segments and rules through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from kesher.accounts import actions
from kesher.contacts.models import Contact
from kesher.segments.models import Segment

pytestmark = pytest.mark.django_db
Call = Callable[..., Any]
HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}


@pytest.fixture
def haifa(call: Call) -> dict[str, Any]:
    answer = call("POST", "/segments", {"name": "חיפאים", "rule": HAIFA})
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


def test_a_segment_is_made_read_changed_and_archived(call: Call, haifa: dict[str, Any]) -> None:
    path = f"/segments/{haifa['id']}"
    assert call("GET", path).json()["rule"] == HAIFA
    assert "חיפה" in haifa["sentence"]

    changed = call("PATCH", path, {"name": "מהצפון", "revision": 1})
    assert (changed.json()["name"], changed.json()["revision"]) == ("מהצפון", 2)
    assert call("PATCH", path, {"name": "x", "revision": 1}).status_code == 409

    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404
    assert call("GET", "/segments").json()["items"] == []


def test_a_bad_rule_names_each_place(call: Call) -> None:
    rule = {"any": [{"field": "sity", "op": "is_set"}, {"list": "אין"}]}
    answer = call("POST", "/segments", {"name": "x", "rule": rule})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:kesher:problem:invalid-rule"
    paths = [error["path"] for error in answer.json()["errors"]]
    assert paths == ["rule.any[0].field", "rule.any[1].list"]


def test_count_and_members(call: Call, haifa: dict[str, Any], noa: Contact, dan: Contact) -> None:
    path = f"/segments/{haifa['id']}"
    assert call("GET", f"{path}/count").json() == {"count": 1, "is_about": False}
    assert call("GET", f"{path}/contacts").json() == {"items": [noa.pk], "next": None}


def test_members_are_paged(call: Call, noa: Contact, dan: Contact, yael: Contact) -> None:
    rule = {"not": {"consent": "whatsapp"}}
    made = call("POST", "/segments", {"name": "x", "rule": rule}).json()
    path = f"/segments/{made['id']}/contacts"
    first = call("GET", f"{path}?limit=1").json()
    second = call("GET", f"{path}?limit=1&cursor={first['next']}").json()
    assert (first["items"], second["items"]) == ([dan.pk], [yael.pk])
    assert second["next"] is None


def test_contacts_are_narrowed_by_segment_and_rule(
    call: Call, haifa: dict[str, Any], noa: Contact, dan: Contact, yael: Contact
) -> None:
    def ids(query: str) -> list[int]:
        return [one["id"] for one in call("GET", f"/contacts?{query}").json()["items"]]

    rule = quote(json.dumps({"consent": "email"}))
    assert ids(f"segment={quote(haifa['key'])}") == [noa.pk]
    assert ids(f"rule={rule}") == [noa.pk, yael.pk]
    assert ids(f"rule={rule}&segment={quote(haifa['key'])}") == [noa.pk]
    assert ids(f"rule={rule}&email=yael@example.com") == [yael.pk]


@pytest.mark.parametrize(
    "query", ["segment=no", "rule=x", "rule=[]", "rule=null", "rule=%22x%22", "rule=%7B%7D"]
)
def test_what_cannot_be_narrowed_by_is_refused(call: Call, noa: Contact, query: str) -> None:
    assert call("GET", f"/contacts?{query}").status_code == 422


def test_why_a_contact_is_in_a_segment(
    call: Call, haifa: dict[str, Any], noa: Contact, dan: Contact
) -> None:
    rule = {"all": [{"segment": haifa["key"]}, {"not": {"consent": "sms"}}]}
    made = call("POST", "/segments", {"name": "x", "rule": rule}).json()
    answer = call("GET", f"/segments/{made['id']}/explain?contact_id={noa.pk}").json()
    assert answer["holds"] is False
    told = [(reason["path"], reason["holds"]) for reason in answer["reasons"]]
    assert told == [("all[0]", True), ("all[0].segment", True), ("all[1].not", True)]
    assert all(reason["sentence"] for reason in answer["reasons"])


def test_a_rule_is_evaluated_for_one_contact(call: Call, noa: Contact, dan: Contact) -> None:
    for contact, holds in ((noa, True), (dan, False)):
        body = {"rule": HAIFA, "contact_id": contact.pk}
        assert call("POST", "/rules/evaluate", body).json()["holds"] is holds
    body = {"rule": HAIFA, "contact_id": 999_999}
    assert call("POST", "/rules/evaluate", body).status_code == 404


def test_a_rule_is_checked_and_said(call: Call) -> None:
    good = call("POST", "/rules/check", {"rule": HAIFA}).json()
    assert good["is_valid"]
    assert "חיפה" in good["sentence"]
    bad = call("POST", "/rules/check", {"rule": {"field": "sity", "op": "is_set"}}).json()
    assert not bad["is_valid"]
    assert bad["problems"][0]["suggestion"] == "city"
    never = {"all": [HAIFA, {"field": "city", "op": "equals", "value": "יפו"}]}
    found = call("POST", "/rules/check", {"rule": never}).json()
    assert [problem["code"] for problem in found["problems"]] == ["never_true"]


def test_characters_that_are_no_text_are_refused(call: Call) -> None:
    for text in ("\x00", "\ud800"):
        rule = {"field": "city", "op": "equals", "value": text}
        assert call("POST", "/segments", {"name": "x", "rule": rule}).status_code == 422


def test_the_schema_and_the_vocabulary_are_of_the_workspace(
    call: Call, haifa: dict[str, Any]
) -> None:
    assert haifa["key"] in json.dumps(call("GET", "/rules/schema").json(), ensure_ascii=False)
    words = call("GET", "/rules/vocabulary").json()
    assert [one["key"] for one in words["segments"]] == [haifa["key"]]


def test_reading_does_not_let_write(access: Any, call: Call, haifa: dict[str, Any]) -> None:
    reader = actions.create_api_key(access, name="קורא", scopes=["segments:read"]).secret
    assert call("GET", "/segments", secret=reader).status_code == 200
    refused = call("POST", "/segments", {"name": "x", "rule": HAIFA}, secret=reader)
    assert refused.status_code == 403
    assert Segment.objects.count() == 1
