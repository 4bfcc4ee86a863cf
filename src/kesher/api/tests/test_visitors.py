"""Whom an identified link names, for the business's own site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kesher.contacts.models import Contact
from kesher.lib import clock
from kesher.messages.identity import identity_token

pytestmark = pytest.mark.django_db
Call = Callable[..., Any]


def test_a_token_is_resolved_to_a_contact(call: Call, workspace: Any, noa: Contact) -> None:
    token = identity_token(workspace.pk, noa.pk, now=clock.now())

    answer = call("POST", "/visitors/resolve", {"token": token})

    assert answer.status_code == 200
    assert (answer.json()["contact_id"], answer.json()["level"]) == (noa.pk, "recognised")


def test_what_cannot_be_resolved_says_why(call: Call, workspace: Any, noa: Contact) -> None:
    now = clock.now()
    old = identity_token(workspace.pk, noa.pk, now=now - timedelta(days=40))
    foreign = identity_token(workspace.pk + 1, noa.pk, now=now)
    gone = identity_token(workspace.pk, 0, now=now)

    kinds = [
        call("POST", "/visitors/resolve", {"token": token}).json()["type"].rpartition(":")[2]
        for token in (old, foreign, "nonsense", gone)
    ]

    assert kinds == ["expired-token", "unknown-token", "unknown-token", "contact-gone"]


def test_sites_are_read_set_and_taken_back(call: Call, workspace: Any) -> None:
    workspace.website = "https://www.shop.example/"
    workspace.save(update_fields=["website"])
    assert call("GET", "/visitors/sites").json() == {"sites": [], "in_use": ["shop.example"]}

    answer = call("PUT", "/visitors/sites", {"sites": ["https://Club.example/", "club.example"]})

    assert answer.json() == {"sites": ["club.example"], "in_use": ["club.example"]}
    assert call("GET", "/visitors/sites").json()["in_use"] == ["club.example"]
    assert workspace.audit_entries.filter(action="workspace.changed").exists()
    assert call("PUT", "/visitors/sites", {"sites": []}).json()["in_use"] == ["shop.example"]


def test_a_site_of_many_refuses_all_and_says_which(call: Call, workspace: Any) -> None:
    answer = call("PUT", "/visitors/sites", {"sites": ["shop.example", "co.il", "*.a.example"]})

    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == ["sites[1]", "sites[2]"]
    workspace.refresh_from_db()
    assert workspace.identified_sites == []
