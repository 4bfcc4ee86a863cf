"""Changes of fields through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kesher.contacts.custom_fields import create_field
from kesher.contacts.models import Contact
from kesher.events.log import timeline

pytestmark = pytest.mark.django_db
Call = Callable[..., Any]
VISIT = {"field": "visits", "do": "add", "value": 1}


@pytest.fixture(autouse=True)
def _visits(access: Any) -> None:
    create_field(access, label="visits", type="number")


def test_one_contact_is_changed_after_its_values_are_set(call: Call, noa: Contact) -> None:
    body = {"fields": {"visits": 4}, "changes": [VISIT, {"field": "city", "do": "clear"}]}

    answer = call("PATCH", f"/contacts/{noa.pk}", body)

    assert answer.status_code == 200
    assert answer.json()["fields"]["visits"] == 5
    assert "city" not in answer.json()["fields"]


def test_what_one_call_changes_is_one_event(call: Call, noa: Contact) -> None:
    body = {"fields": {"visits": 4, "role": "מורה"}, "changes": [VISIT]}

    call("PATCH", f"/contacts/{noa.pk}", {**body, "submitted": True})
    call("PATCH", f"/contacts/{noa.pk}", {"fields": {"visits": 4}, "changes": [VISIT]})

    told = timeline(noa.workspace_id, noa.pk)
    assert [entry.data["changed"] for entry in told] == [
        {"visits": [None, 5], "role": [None, "מורה"]}
    ]
    assert sorted(told[0].data["submitted"]) == ["role", "visits"]


def test_many_are_changed_by_id_or_by_rule(
    call: Call, noa: Contact, dan: Contact, yael: Contact
) -> None:
    by_id = call("POST", "/contacts/changes", {"changes": [VISIT], "contacts": [noa.pk, dan.pk, 0]})
    rule = {"field": "visits", "op": "gte", "value": 1}
    by_rule = call("POST", "/contacts/changes", {"changes": [VISIT], "rule": rule})
    again = call(
        "POST",
        "/contacts/changes",
        {"changes": [{"field": "visits", "do": "reset"}], "rule": {"all": []}},
    )

    assert (by_id.json()["asked"], by_id.json()["changed"]) == (3, 2)
    assert (by_rule.json()["asked"], by_rule.json()["changed"]) == (2, 2)
    assert again.json()["changed"] == Contact.objects.filter(deleted_at=None).count()
    assert "visits" in by_id.json()["sentence"]


def test_what_is_wrong_is_named_by_its_path(call: Call, noa: Contact) -> None:
    changes = [VISIT, {"field": "visitss", "do": "add", "value": 1}]

    answer = call("PATCH", f"/contacts/{noa.pk}", {"changes": changes})

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:kesher:problem:invalid-changes"
    [error] = answer.json()["errors"]
    assert error["path"] == "changes[1].field"
    assert "visits" in error["message"]


def test_consent_is_no_field(call: Call, noa: Contact) -> None:
    changes = [{"field": "email_consent", "do": "set", "value": "granted"}]

    answer = call("POST", "/contacts/changes", {"changes": changes, "contacts": [noa.pk]})

    assert answer.status_code == 422


def test_one_must_say_whom(call: Call) -> None:
    assert call("POST", "/contacts/changes", {"changes": [VISIT]}).status_code == 422
    both = {"changes": [VISIT], "contacts": [], "rule": {"all": []}}
    assert call("POST", "/contacts/changes", both).status_code == 422


def test_the_schema_names_each_field_with_what_can_be_done(call: Call) -> None:
    forms = call("GET", "/contacts/changes/schema").json()["items"]["oneOf"]
    offered = {
        (one["properties"]["field"]["const"], one["properties"]["do"]["const"]) for one in forms
    }
    assert {("visits", "add"), ("visits", "reset"), ("birthday", "add_days")} <= offered
