"""Pages of a large list by name: another way through the database, the same answer."""

from __future__ import annotations

from datetime import datetime

import pytest

from kesher.accounts.models import Workspace
from kesher.contacts import search
from kesher.contacts.models import Contact, ContactList, ListMembership
from kesher.events import counters


@pytest.mark.parametrize("sort", ["name", "-name", "activity"])
def test_a_large_list_is_paged_as_a_small_one(
    workspace: Workspace, now: datetime, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["תמר", "אורן", "", "דן", "תמר", "Maya", "", "נועה", "גיא"]
    contacts = Contact.objects.bulk_create(
        Contact(
            workspace=workspace, first_name=name, last_name=f"{number % 3}", email=f"p{number}@example.com",
            active_at=now if number % 2 else None, created_at=now, updated_at=now,
        )
        for number, name in enumerate(names)
    )  # fmt: skip
    readers = ContactList.objects.create(workspace=workspace, key="readers", name="קוראים")
    ListMembership.objects.bulk_create(
        ListMembership(workspace_id=workspace.pk, list_id=readers.pk, contact_id=contact.pk, joined_at=now)
        for contact in contacts[:8]
    )  # fmt: skip
    counters.add(workspace.pk, {f"list.{readers.pk}": 8})

    usual = _pages(workspace, readers, sort)
    monkeypatch.setattr(search, "WALK_FROM", 1)
    walked = _pages(workspace, readers, sort)

    assert walked == usual
    assert sorted(pk for page in walked for pk in page) == [contact.pk for contact in contacts[:8]]


def _pages(workspace: Workspace, readers: ContactList, sort: str) -> list[list[int]]:
    pages, after = [], ""
    while not pages or after:
        filters = search.Filters(list_id=readers.pk)
        page = search.search_page(workspace.pk, filters=filters, sort=sort, after=after, limit=3)
        pages.append([row.id for row in page.rows])
        after = page.after
    return pages
