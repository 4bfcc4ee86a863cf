from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from kesher.accounts.undo import apply_undo, offer_undo
from kesher.contacts import actions, bulk, lists
from kesher.contacts.errors import Refused
from kesher.contacts.models import Contact, ContactList, Note
from kesher.events import counters
from kesher.events.log import timeline


def kinds(access: Any, contact: Contact) -> list[str]:
    return [entry.kind for entry in timeline(access.workspace.pk, contact.pk)]


def test_a_new_contact_is_normalised_counted_and_recorded(
    access: Any, vip: ContactList, now: datetime, counters_are_true: Callable[[], bool]
) -> None:
    made = actions.create_contact(
        access,
        values={"first_name": " נועה ", "email": "Noa@Example.com", "mobile": "050-1234567", "birthday": "1980-12-31"},
        now=now,
        lists=[vip],
    )  # fmt: skip

    made.refresh_from_db()
    assert (made.first_name, made.email, made.mobile) == (
        "נועה",
        "noa@example.com",
        "+972501234567",
    )
    assert made.birthday.isoformat() == "1980-12-31"
    assert kinds(access, made) == ["list.joined", "contact.created"]
    assert counters_are_true()


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"email": "not one"}, "email", "not_an_email"),
        ({"email": 7}, "email", "wrong_type"),
        ({"mobile": "031234567"}, "mobile", "not_a_mobile"),
        ({"shoe_size": 40}, "shoe_size", "unknown_field"),
        ({"birthday": "31/12/1980"}, "birthday", "not_a_date"),
        ({"first_name": ""}, "", "empty"),
        ({}, "", "empty"),
        ({"email": "noa@example.com"}, "email", "duplicate"),
        ({"email": "x@example.com", "mobile": "0501234567"}, "mobile", "duplicate"),
    ],
)
def test_bad_values_are_refused_by_field(
    access: Any, noa: Contact, now: datetime, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.create_contact(access, values=values, now=now)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert refused.value.reason
    assert refused.value.contact_id == (noa.pk if code == "duplicate" else None)


def test_an_update_writes_what_differs_and_one_event(
    access: Any, oren: Contact, now: datetime
) -> None:
    values = {"first_name": "אורן", "city": "חיפה", "email": "new@example.com", "last_name": ""}
    actions.update_contact(access, oren, values=values, now=now)

    oren.refresh_from_db()
    assert (oren.city, oren.email, oren.email_bounced_at) == ("חיפה", "new@example.com", None)
    assert oren.email_consent == "granted"
    (event,) = timeline(access.workspace.pk, oren.pk)
    assert event.data["changed"] == {
        "city": [None, "חיפה"],
        "email": ["oren@example.com", "new@example.com"],
    }
    actions.update_contact(access, oren, values=values, now=now)
    assert len(timeline(access.workspace.pk, oren.pk)) == 1


def test_an_upsert_finds_by_outside_id_then_mail_then_mobile(
    access: Any, noa: Contact, dan: Contact, now: datetime
) -> None:
    by_mail, is_new = actions.upsert_contact(
        access, values={"email": "noa@example.com", "external_id": "17"}, now=now, source="api"
    )
    assert (by_mail.pk, is_new, by_mail.email_consent) == (noa.pk, False, "granted")
    by_id, is_new = actions.upsert_contact(
        access, values={"external_id": "17", "email": "noa2@example.com"}, now=now, source="api"
    )
    assert (by_id.pk, is_new, by_id.email) == (noa.pk, False, "noa2@example.com")
    with pytest.raises(Refused, match="mobile"):
        actions.upsert_contact(
            access, values={"external_id": "17", "mobile": "0502345678"}, now=now, source="api"
        )
    made, is_new = actions.upsert_contact(
        access, values={"external_id": "18"}, now=now, source="api"
    )
    assert is_new
    assert made.email_consent == ""


def test_deleting_and_taking_it_back_keeps_lists_and_counters(
    access: Any,
    noa: Contact,
    dan: Contact,
    vip: ContactList,
    now: datetime,
    count_again: Callable[[], None],
    counters_are_true: Callable[[], bool],
) -> None:
    count_again()
    lists.join_list(access.workspace.pk, list_id=vip.pk, contact_ids=[noa.pk, dan.pk], now=now)
    gone = actions.delete_contacts(access, ids=[noa.pk, 999_999], now=now)
    undo = offer_undo(access, kind="contacts.deleted", data={"ids": gone})
    assert gone == [noa.pk]
    assert counters.read(access.workspace.pk, [f"list.{vip.pk}"]) == {f"list.{vip.pk}": 1}
    assert counters_are_true()

    sentence = apply_undo(access, undo.pk)

    assert sentence
    assert counters.read(access.workspace.pk, [f"list.{vip.pk}"]) == {f"list.{vip.pk}": 2}
    assert counters_are_true()
    assert kinds(access, noa)[:2] == ["contact.restored", "contact.deleted"]


def test_who_came_back_under_the_address_keeps_it(
    access: Any, noa: Contact, now: datetime, count_again: Callable[[], None], counters_are_true: Callable[[], bool]
) -> None:  # fmt: skip
    count_again()
    actions.delete_contacts(access, ids=[noa.pk], now=now)
    again = actions.create_contact(access, values={"email": "noa@example.com"}, now=now)
    assert actions.restore_contacts(access, ids=[noa.pk], now=now) == []

    actions.delete_contacts(access, ids=[again.pk], now=now)
    assert actions.restore_contacts(access, ids=[noa.pk, again.pk], now=now) == [noa.pk]
    assert counters_are_true()


def test_a_purge_removes_only_what_is_old_in_the_bin(
    access: Any, noa: Contact, dan: Contact, vip: ContactList, now: datetime,
    count_again: Callable[[], None], counters_are_true: Callable[[], bool],
) -> None:  # fmt: skip
    count_again()
    lists.join_list(access.workspace.pk, list_id=vip.pk, contact_ids=[noa.pk, dan.pk], now=now)
    actions.add_note(access, noa, text="לחזור אליה", now=now)
    actions.delete_contacts(access, ids=[noa.pk], now=now)

    assert bulk.purge_deleted(access.workspace.pk, before=now) == 0
    assert bulk.purge_deleted(access.workspace.pk, before=now.replace(year=2027)) == 1
    assert list(Contact.objects.values_list("pk", flat=True)) == [dan.pk]
    assert not Note.objects.exists()
    assert counters_are_true()


def test_notes_are_written_changed_deleted_and_taken_back(
    access: Any, noa: Contact, now: datetime
) -> None:
    note = actions.add_note(access, noa, text=" ביקשה שיחזרו אליה ", now=now)
    actions.edit_note(access, note, text="חזרנו אליה")
    undo_id = actions.delete_note(access, note)
    assert not Note.objects.exists()

    apply_undo(access, undo_id)

    assert Note.objects.get().text == "חזרנו אליה"
    with pytest.raises(Refused):
        actions.add_note(access, noa, text=" \n", now=now)


@pytest.mark.django_db(transaction=True)
def test_two_who_create_the_same_person_at_once_make_one(access: Any, now: datetime) -> None:
    found: list[bool] = []

    def upsert() -> None:
        try:
            _contact, is_new = actions.upsert_contact(
                access, values={"email": "twin@example.com", "city": "חיפה"}, now=now, source="api"
            )
            found.append(is_new)
        finally:
            connection.close()

    threads = [Thread(target=upsert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False] * 7 + [True]
    assert Contact.objects.count() == 1
    assert counters.read(access.workspace.pk, ["contacts"]) == {"contacts": 1}
