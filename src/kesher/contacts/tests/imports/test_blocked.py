"""E-34: three lists and a blocked file, in any order, with the same end."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from kesher.contacts.imports import plan
from kesher.contacts.lists import create_list
from kesher.contacts.models import Contact, ImportRefusal, ListMembership, Suppression
from kesher.contacts.tests.imports.conftest import balance
from kesher.events import counters

pytestmark = pytest.mark.django_db

FILES = {
    "קוראים": "email,mobile\nnoa@example.com,0501234567\ndan@example.com,\nblocked@example.com,\n",
    "לקוחות": "email,mobile\nNOA@example.com,\nבלוק,972502222222\nboth@example.com,0503333333\n",
    "ילדים": "email,mobile\nyael@example.com,\nblocked@example.com,\nhalf@example.com,0504444444\n",
}
BLOCKED = "email,mobile\nBlocked@Example.com,\n,502222222\nboth@example.com,0503333333\nhalf@example.com,\n"


@pytest.mark.parametrize("order", list(permutations(["חסומים", *FILES]))[::5])
def test_the_blocked_are_nowhere_whatever_the_order(
    imported: Any, access: Any, order: tuple[str, ...]
) -> None:
    lists = {name: create_list(access, name=name).pk for name in FILES}

    for name in order:
        row = (
            imported(BLOCKED, purpose=plan.BLOCKED)
            if name == "חסומים"
            else imported(FILES[name], lists=(lists[name],))
        )
        assert balance(row)

    living = Contact.objects.filter(deleted_at=None)
    assert set(living.values_list("email", flat=True)) == {
        "noa@example.com", "dan@example.com", "yael@example.com", "half@example.com",
    }  # fmt: skip
    noa = living.get(email="noa@example.com")
    assert noa.mobile == "+972501234567"
    members = {
        name: set(
            living.filter(
                pk__in=ListMembership.objects.filter(list_id=pk).values("contact_id")
            ).values_list("email", flat=True)
        )
        for name, pk in lists.items()
    }
    assert members == {
        "קוראים": {"noa@example.com", "dan@example.com"},
        "לקוחות": {"noa@example.com"},
        "ילדים": {"yael@example.com", "half@example.com"},
    }
    names = {"contacts": 4, **{f"list.{pk}": len(members[name]) for name, pk in lists.items()}}
    assert counters.read(access.workspace.pk, names) == names


def test_a_blocked_address_is_refused_with_a_line_in_the_report(imported: Any) -> None:
    imported(BLOCKED, purpose=plan.BLOCKED)

    row = imported("email,mobile\nblocked@example.com,\nhalf@example.com,0504444444\n")

    assert (row.created_count, row.refused_count) == (1, 1)
    told = ImportRefusal.objects.filter(import_id=row.pk).order_by("row_number")
    assert [(t.reason, t.value, t.is_warning) for t in told] == [
        ("blocked", "blocked@example.com", False),
        ("address_blocked", "half@example.com", True),
    ]


def test_a_blocked_list_outweighs_an_unsubscription(
    imported: Any, workspace: Any, now: Any
) -> None:
    from kesher.contacts.suppression import suppress

    suppress(
        workspace,
        channel="email",
        addresses=["blocked@example.com"],
        reason="unsubscribed",
        now=now,
    )

    row = imported(BLOCKED, purpose=plan.BLOCKED)

    assert row.created_count == 4
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"blocked"}


def test_a_second_blocked_list_changes_nothing(imported: Any) -> None:
    imported(BLOCKED, purpose=plan.BLOCKED)
    row = imported(BLOCKED, purpose=plan.BLOCKED)

    assert (row.created_count, row.unchanged_count) == (0, 4)
