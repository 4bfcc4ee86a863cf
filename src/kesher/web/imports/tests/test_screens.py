from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kesher.contacts.imports.run import run_import
from kesher.contacts.models import Contact, ContactList, Import, ImportMapping

pytestmark = pytest.mark.django_db
BASE = "/w/green-books/imports/"
PEOPLE = "שם;דוא״ל;נייד;תחביב\nנועה;noa@example.com;501234567;=1+1\nבלי;;;\n"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


@pytest.fixture
def uploaded(signed_in: Any, workspace: Any) -> Import:
    file = SimpleUploadedFile("לקוחות.csv", PEOPLE.encode())
    answer = signed_in.post(f"{BASE}new/", {"file": file}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    row = Import.objects.get()
    assert answer.json() == {"url": f"{BASE}{row.pk}/columns/"}
    return row


def test_a_file_goes_through_the_steps_to_its_report(
    signed_in: Any, uploaded: Import, now: Any
) -> None:
    step = f"{BASE}{uploaded.pk}/"

    assert signed_in.get(f"{step}columns/").status_code == 200
    assert signed_in.post(f"{step}columns/", {"next": "1"}).status_code == 302
    chosen = {
        "consent": "agreed",
        "channels": ["email"],
        "statement": "בקופה",
        "new_list": "קוראים",
        "start": "1",
    }
    assert signed_in.post(f"{step}options/", {**chosen, "update": "fill"}).status_code == 302
    run_import(uploaded.pk, clock=lambda: now)
    page = signed_in.get(step)

    assert page.status_code == 200
    noa = Contact.objects.get(email="noa@example.com")
    assert noa.email_consent == "granted"
    assert ContactList.objects.get(name="קוראים")
    assert "text/csv" in signed_in.get(f"{step}refused/")["Content-Type"]
    assert signed_in.get(f"{step}people/created/").status_code == 200
    assert signed_in.get(BASE).status_code == 200


def test_the_refused_rows_come_as_a_workbook(signed_in: Any, uploaded: Import, now: Any) -> None:
    step = f"{BASE}{uploaded.pk}/"
    signed_in.post(f"{step}options/", {"consent": "none", "update": "fill", "start": "1"})
    run_import(uploaded.pk, clock=lambda: now)

    content = b"".join(signed_in.get(f"{step}refused/?format=xlsx").streaming_content)

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == "3"
    assert rows[1][5] == "בלי"


def test_nothing_starts_before_consent_is_stated_and_no_list_is_made(
    signed_in: Any, uploaded: Import
) -> None:
    answer = signed_in.post(
        f"{BASE}{uploaded.pk}/options/", {"new_list": "קוראים", "update": "fill", "start": "1"}
    )

    assert answer.status_code == 422
    assert not ContactList.objects.filter(name="קוראים").exists()
    uploaded.refresh_from_db()
    assert uploaded.state == "uploaded"


def test_two_columns_for_one_field_are_pointed_out(signed_in: Any, uploaded: Import) -> None:
    answer = signed_in.post(f"{BASE}{uploaded.pk}/columns/", {"to-3": "email", "next": "1"})

    assert answer.status_code == 200
    assert "k-map-bad" in answer.content.decode()


def test_a_saved_mapping_is_used_for_the_next_file_with_this_header(
    signed_in: Any, uploaded: Import
) -> None:
    signed_in.post(f"{BASE}{uploaded.pk}/columns/", {"to-3": "notes", "mapping_name": "החנות"})
    assert ImportMapping.objects.get().name == "החנות"

    signed_in.post(f"{BASE}new/", {"text": PEOPLE})

    assert Import.objects.latest("pk").mapping[3]["to"] == "notes"


def test_a_file_that_is_no_table_is_refused_in_words_and_not_kept(
    signed_in: Any, workspace: Any, tmp_path: Path
) -> None:
    answer = signed_in.post(
        f"{BASE}new/",
        {"file": SimpleUploadedFile("x.xls", b"<html>")},
        HTTP_ACCEPT="application/json",
    )

    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not Import.objects.exists()
    assert not any((tmp_path / "imports").iterdir())
