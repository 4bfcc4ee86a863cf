from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from kesher.accounts.models import Membership
from kesher.contacts import actions
from kesher.contacts.models import Contact
from kesher.events import counters

BASE = "/w/green-books/contacts/bin/"


@pytest.fixture
def binned(access: Any, noa: Any, dan: Any, yael: Any, now: datetime) -> list[Contact]:
    counters.add(access.workspace.pk, {"contacts": 3})
    actions.delete_contacts(access, ids=[noa.pk, dan.pk], now=now)
    return [noa, dan]


def test_an_empty_bin_says_what_it_is_for(signed_in: Client) -> None:
    assert "k-empty" in signed_in.get(BASE).content.decode()


def test_the_bin_says_who_when_and_by_whom(signed_in: Client, binned: list[Contact]) -> None:
    rows = signed_in.get(BASE).context["rows"]

    assert [row.id for row in rows] == sorted((c.pk for c in binned), reverse=True)
    assert {(row.by, row.source) for row in rows} == {("דנה לוי", "staff")}
    assert (rows[0].until - rows[0].deleted_at).days == 30
    found = signed_in.get(BASE, {"q": "נועה"}).context["rows"]
    assert [row.id for row in found] == [binned[0].pk]
    assert "k-none" in signed_in.get(BASE, {"q": "אין כזה"}).content.decode()


def test_one_or_many_come_back(signed_in: Client, binned: list[Contact]) -> None:
    noa, dan = binned

    signed_in.post(f"{BASE}restore/", {"only": noa.pk, "ids": [dan.pk]})
    assert set(Contact.objects.exclude(deleted_at=None)) == {dan}

    signed_in.post(f"{BASE}restore/", {"ids": [dan.pk, noa.pk, 999]})
    assert not Contact.objects.exclude(deleted_at=None).exists()


def test_the_bin_goes_on_page_by_page(
    signed_in: Client, binned: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kesher.web.contacts import binned as screen

    monkeypatch.setattr(screen, "ROWS", 1)
    first = signed_in.get(BASE).context
    second = signed_in.get(BASE, {"after": first["next"]}).context

    assert [row.id for row in [*first["rows"], *second["rows"]]] == [c.pk for c in binned[::-1]]
    assert second["next"] == ""
    assert signed_in.get(BASE, {"after": "nonsense_x"}).status_code == 200


def test_only_owners_erase_at_once_and_only_what_is_in_the_bin(
    signed_in: Client, binned: list[Contact], yael: Contact, owner: Any
) -> None:
    noa, dan = binned
    signed_in.post(f"{BASE}erase/", {"ids": [noa.pk, yael.pk]})
    assert set(Contact.objects.values_list("pk", flat=True)) == {dan.pk, yael.pk}

    Membership.objects.filter(user=owner).update(role="manager")
    assert signed_in.post(f"{BASE}erase/", {"ids": [dan.pk]}).status_code == 403


def test_one_erased_by_law_is_in_no_bin(
    signed_in: Client, access: Any, yael: Contact, now: datetime
) -> None:
    from kesher.contacts.privacy import erase_contact

    erase_contact(access, yael, now=now)

    assert signed_in.get(BASE).context["rows"] == []
