from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from kesher.contacts.lists import create_list
from kesher.contacts.models import Consent, Contact, Import, ImportRefusal, ListMembership
from kesher.contacts.tests.imports.conftest import balance
from kesher.events import counters
from kesher.lib import sql

pytestmark = pytest.mark.django_db

PEOPLE = (
    "שם פרטי,שם משפחה,דוא״ל,נייד,עיר,תאריך לידה,גודל\n"
    "נועה,כהן,Noa@Example.com,501234567,חיפה,4.5.1980,3\n"
    "דן,,dan@example.com,0502345678,,,\n"
    "ללא,כתובת,,,תל אביב,,\n"
    "רע,,not-an-address,,,,\n"
    "יעל,לוי,yael@example.com,03-1,אילת,,5\n"
)


def test_rows_become_contacts_with_repaired_phones_and_new_fields(imported: Any) -> None:
    row = imported(PEOPLE)

    noa = Contact.objects.get(email="noa@example.com")
    assert (noa.first_name, noa.last_name, noa.mobile, noa.city) == (
        "נועה", "כהן", "+972501234567", "חיפה",
    )  # fmt: skip
    assert noa.birthday is not None
    assert noa.birthday.isoformat() == "1980-05-04"
    assert noa.fields == {"גודל": 3}
    assert (row.state, row.rows, row.created_count, row.refused_count) == ("done", 5, 3, 2)
    assert balance(row)


def test_refusals_and_values_left_out_say_why(imported: Any) -> None:
    row = imported(PEOPLE)

    told = ImportRefusal.objects.filter(import_id=row.pk).order_by("row_number")
    assert [(t.row_number, t.reason, t.is_warning) for t in told] == [
        (4, "no_address", False),
        (5, "bad_address", False),
        (6, "bad_phone", True),
    ]


def test_a_refused_row_shows_the_address_that_was_wrong(imported: Any) -> None:
    row = imported("birthday,email\n4.5.1980,noa@example.com\n31.2.1990,yael@\n")

    told = ImportRefusal.objects.get(import_id=row.pk)
    assert (told.reason, told.value) == ("bad_address", "yael@")


def test_a_second_import_changes_only_what_differs_and_tells_from_what_to_what(
    imported: Any,
) -> None:
    imported(PEOPLE)
    row = imported(PEOPLE.replace("חיפה", "עכו"), update="overwrite")

    assert (row.created_count, row.updated_count, row.unchanged_count) == (0, 1, 2)
    data = sql.rows("SELECT data::text FROM event WHERE kind = 'contact.updated'")
    assert data == [('{"changed": {"city": ["חיפה", "עכו"]}}',)]


@pytest.mark.parametrize(
    ("rule", "city", "company"),
    [("fill", "חיפה", "ספר"), ("overwrite", "עכו", "ספר"), ("skip", "חיפה", "")],
)
def test_the_update_rule_decides_about_people_already_here(
    imported: Any, noa: Any, rule: str, city: str, company: str
) -> None:
    row = imported("email,city,company\nnoa@example.com,עכו,ספר\n", update=rule)

    noa.refresh_from_db()
    assert (noa.city, noa.company) == (city, company)
    assert balance(row)


def test_people_join_the_lists_and_are_counted(imported: Any, access: Any, noa: Any) -> None:
    readers = create_list(access, name="קוראים")

    imported(PEOPLE, lists=(readers.pk,), update="skip")

    assert ListMembership.objects.filter(list_id=readers.pk).count() == 3
    read = counters.read(access.workspace.pk, ["contacts", f"list.{readers.pk}"])
    assert read == {"contacts": 2, f"list.{readers.pk}": 3}
    joined = sql.value("SELECT count(*) FROM event WHERE kind = 'list.joined'")
    assert joined == 3


def test_consent_is_recorded_where_stated_and_never_against_a_refusal(
    imported: Any, dan: Any
) -> None:
    imported(PEOPLE, consent="agreed", channels=("email", "sms"), statement="הרשמה בקופה, 2025")

    dan.refresh_from_db()
    noa = Contact.objects.get(email="noa@example.com")
    yael = Contact.objects.get(email="yael@example.com")
    assert (noa.email_consent, noa.sms_consent) == ("granted", "granted")
    assert (yael.email_consent, yael.sms_consent) == ("granted", "")
    assert dan.email_consent == "withdrawn"
    assert dan.sms_consent == "granted"
    assert Consent.objects.count() == 4
    assert sql.value("SELECT count(*) FROM event WHERE kind = 'consent.granted'") == 4


def test_customers_without_consent_get_none(imported: Any) -> None:
    imported(PEOPLE, consent="customers")

    assert set(Contact.objects.values_list("email_consent", flat=True)) == {""}
    assert not Consent.objects.exists()


@pytest.mark.parametrize("chunk_rows", [1, 2, 5000])
def test_repeated_rows_give_the_same_wherever_chunks_end(imported: Any, chunk_rows: int) -> None:
    row = imported(
        "email,mobile,city\na@example.com,,חיפה\na@example.com,0501112222,\n,0501112222,עכו\n"
        "a@example.com,,עכו\nb@example.com,0501112222,\n",
        update="overwrite",
        chunk_rows=chunk_rows,
    )

    people = Contact.objects.order_by("email").values_list("email", "mobile", "city")
    assert list(people) == [("a@example.com", "+972501112222", "עכו"), ("b@example.com", "", "")]
    assert (row.created_count, row.updated_count, row.unchanged_count) == (2, 2, 1)
    assert ImportRefusal.objects.get().reason == "address_taken"


def test_two_staged_people_who_are_one_contact_are_written_one_after_another(
    imported: Any, noa: Any
) -> None:
    row = imported(
        "email,mobile,city\nnoa@example.com,,עכו\n,0501234567,אילת\n", update="overwrite"
    )

    noa.refresh_from_db()
    assert noa.city == "אילת"
    assert row.updated_count == 2


def test_an_import_listened_to_fills_the_inbox(imported: Any, workspace: Any) -> None:
    sql.execute("INSERT INTO event_listener VALUES (%s, 'contact.created', 'x')", (workspace.pk,))

    imported(PEOPLE)

    assert sql.value("SELECT count(*) FROM inbox") == 3


def test_a_run_of_an_import_that_is_done_changes_nothing(imported: Any, now: Any) -> None:
    from kesher.contacts.imports.run import run_import

    row = imported(PEOPLE)

    assert run_import(row.pk, clock=lambda: now) == Import.State.DONE
    assert Contact.objects.count() == 3
    assert connection.in_atomic_block
