"""The REST door: keys and scopes, upserts that leave consent alone, doing things once, errors in one shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from kesher.accounts import actions
from kesher.accounts.access import Access
from kesher.accounts.models import User
from kesher.contacts.models import Consent, Contact, Import
from kesher.events.models import Event
from kesher.lib import clock
from kesher.messages.models import Message

pytestmark = pytest.mark.django_db
Call = Callable[..., Any]
DOCUMENT = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [{"id": "b1", "kind": "heading", "text": "שלום [[first_name|חבר]]"}],
}


def test_without_a_key_nothing_is_told(client: Client, noa: Contact) -> None:
    answer = client.get("/api/v1/contacts")

    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/problem+json")
    assert "Bearer" in answer["WWW-Authenticate"]


def test_a_key_does_only_what_its_scopes_say(access: Access, call: Call) -> None:
    reader = actions.create_api_key(access, name="קורא", scopes=["contacts:read"]).secret

    assert call("GET", "/contacts", secret=reader).status_code == 200
    refused = call("POST", "/contacts", {"email": "new@example.com"}, secret=reader)

    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:kesher:problem:missing-scope"
    assert Contact.objects.count() == 0


def test_an_upsert_creates_once_and_then_updates(call: Call) -> None:
    first = call("POST", "/contacts", {"email": "New@Example.com", "fields": {"first_name": "תמר"}})
    second = call("POST", "/contacts", {"email": "new@example.com", "fields": {"city": "חיפה"}})

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["contact"]["fields"] == {"first_name": "תמר", "city": "חיפה"}
    assert Contact.objects.count() == 1


def test_an_upsert_never_touches_consent(call: Call, dan: Contact, noa: Contact) -> None:
    call("POST", "/contacts", {"email": dan.email, "fields": {"first_name": "דני"}})
    call("POST", "/contacts", {"email": noa.email, "fields": {"first_name": "נועה"}})

    dan.refresh_from_db()
    noa.refresh_from_db()
    assert (dan.email_consent, noa.email_consent) == ("withdrawn", "granted")
    assert Consent.objects.count() == 0


def test_consent_is_recorded_with_its_evidence(call: Call) -> None:
    answer = call(
        "POST",
        "/contacts",
        {
            "email": "new@example.com",
            "consent": {"email": {"basis": "form", "evidence": {"text": "אני מסכימה"}}},
        },
    )

    assert answer.json()["contact"]["consent"]["email"] == "granted"
    assert Consent.objects.filter(channel="email", state="granted").count() == 1


def test_consent_given_before_a_refusal_does_not_undo_it(
    call: Call, access: Access, dan: Contact, now: datetime
) -> None:
    from kesher.contacts.consent import record_consent

    record_consent(
        access.workspace.pk,
        contact_ids=[dan.pk],
        channel="email",
        state="withdrawn",
        basis="link",
        evidence={},
        now=clock.now() - timedelta(days=1),
    )
    old = (datetime.now(UTC) - timedelta(days=9)).isoformat()
    new = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()

    for at in (None, old):
        answer = call("POST", "/contacts", {"email": dan.email, "consent": {"email": {"at": at}}})
        assert answer.json()["consent_not_taken"] == ["email"]
        assert answer.json()["contact"]["consent"]["email"] == "withdrawn"
    answer = call("POST", "/contacts", {"email": dan.email, "consent": {"email": {"at": new}}})
    assert answer.json()["contact"]["consent"]["email"] == "granted"


def test_a_bad_value_names_its_field(call: Call) -> None:
    answer = call("POST", "/contacts", {"email": "not an address"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "fields.email"


def test_an_unknown_key_in_the_body_is_refused(call: Call) -> None:
    answer = call("POST", "/contacts", {"email": "a@example.com", "colour": "blue"})

    assert answer.status_code == 422
    assert "colour" in answer.json()["errors"][0]["path"]


def test_an_address_of_somebody_else_is_a_conflict(call: Call, noa: Contact, yael: Contact) -> None:
    answer = call("PATCH", f"/contacts/{yael.pk}", {"email": noa.email})

    assert answer.status_code == 409
    assert answer.json()["contact_id"] == noa.pk


def test_a_request_repeated_under_one_key_is_done_once(call: Call) -> None:
    once = {"Idempotency-Key": "order-17"}
    body = {"name": "רשימה"}

    first = call("POST", "/lists", body, once)
    again = call("POST", "/lists", body, once)
    other = call("POST", "/lists", {"name": "אחרת"}, once)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert len(call("GET", "/lists").json()) == 2  # this one and "all contacts"


def test_pages_go_on_where_the_last_one_ended(
    call: Call, noa: Contact, dan: Contact, yael: Contact
) -> None:
    first = call("GET", "/contacts?limit=2").json()
    second = call("GET", f"/contacts?limit=2&cursor={first['next']}").json()

    assert [row["id"] for row in first["items"] + second["items"]] == [noa.pk, dan.pk, yael.pk]
    assert second["next"] is None
    assert call("GET", "/contacts?cursor=%2F%2F%2F").status_code == 422


def test_another_workspace_is_not_there(call: Call, noa: Contact) -> None:
    stranger = User.objects.create_user("x@other.example", "correct horse battery")
    foreign = actions.create_workspace(stranger, name="Other", language="en")
    secret = actions.create_api_key(
        Access(foreign, "owner", user=stranger), name="x", scopes=list(actions.SCOPES)
    ).secret

    for path in (
        f"/contacts/{noa.pk}",
        f"/contacts/{noa.pk}/timeline",
        f"/contacts/{10**9}",
        "/campaigns/1",
        "/documents/1",
    ):
        assert call("GET", path, secret=secret).status_code == 404
    assert call("GET", "/contacts", secret=secret).json()["items"] == []


def test_members_join_and_leave_a_list_without_consent_changing(call: Call, noa: Contact) -> None:
    row = call("POST", "/lists", {"name": "קוראים"}).json()

    assert call("POST", f"/lists/{row['id']}/members", {"contacts": [noa.pk, 10**12]}).json() == {
        "changed": 1
    }
    assert call("GET", f"/contacts?list={row['key']}").json()["items"][0]["id"] == noa.pk
    assert call("DELETE", f"/lists/{row['id']}/members/{noa.pk}").json() == {"changed": 1}
    noa.refresh_from_db()
    assert noa.email_consent == "granted"


def test_a_message_goes_to_one_contact_once(call: Call, noa: Contact) -> None:
    document = call(
        "POST", "/documents", {"name": "אישור", "subject": "שלום", "body": DOCUMENT}
    ).json()
    body = {"contact": noa.pk, "document": document["id"]}

    first = call("POST", "/messages", body, {"Idempotency-Key": "m-1"})
    again = call("POST", "/messages", body, {"Idempotency-Key": "m-1"})

    assert first.status_code == again.status_code == 201
    assert Message.objects.filter(source="api").count() == 1
    assert call("GET", f"/messages/{first.json()['id']}").json()["status"] == "queued"


def test_a_document_changed_meanwhile_is_a_conflict(call: Call) -> None:
    document = call("POST", "/documents", {"name": "x", "subject": "a", "body": DOCUMENT}).json()
    change = {"subject": "b", "revision": document["revision"]}

    assert call("PATCH", f"/documents/{document['id']}", change).status_code == 200
    assert call("PATCH", f"/documents/{document['id']}", change).status_code == 409


def test_a_broken_document_names_the_place(call: Call) -> None:
    body = {**DOCUMENT, "blocks": [{"id": "b1", "kind": "headign", "text": "x"}]}
    answer = call("POST", "/documents", {"name": "x", "body": body})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"].startswith("blocks.b1")


def test_a_campaign_from_draft_to_sending(call: Call, noa: Contact) -> None:
    body = {"name": "חורף", "subject": "שלום", "body": DOCUMENT, "audience": {"include": ["all"]}}
    campaign = call("POST", "/campaigns", body).json()
    assert campaign["status"] == "draft"

    sent = call("POST", f"/campaigns/{campaign['id']}/send", {})
    again = call("POST", f"/campaigns/{campaign['id']}/send", {})

    assert sent.json()["status"] == "sending"
    assert again.status_code == 409
    assert call("POST", f"/campaigns/{campaign['id']}/pause").json()["status"] == "paused"
    assert call("GET", f"/campaigns/{campaign['id']}/report").status_code == 200


def test_a_campaign_that_is_not_ready_says_what_is_missing(call: Call) -> None:
    campaign = call("POST", "/campaigns", {"name": "ריק"}).json()
    answer = call("POST", f"/campaigns/{campaign['id']}/send", {})

    assert answer.status_code == 409
    assert {"content", "audience"} <= {error["path"] for error in answer.json()["errors"]}


def test_an_event_told_twice_is_one(call: Call, noa: Contact) -> None:
    body = {
        "kind": "custom",
        "contact": {"email": noa.email},
        "data": {"name": "ביקור"},
        "source_id": "v-1",
    }

    first, again = call("POST", "/events", body), call("POST", "/events", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"recorded": False, "id": None}
    assert Event.objects.filter(kind="custom").count() == 1
    texts = [row["text"] for row in call("GET", f"/contacts/{noa.pk}/timeline").json()]
    assert any("ביקור" in text for text in texts)


def test_kinds_that_only_kesher_may_tell_are_refused(call: Call, noa: Contact) -> None:
    answer = call("POST", "/events", {"kind": "message.opened", "contact": {"id": noa.pk}})

    assert answer.status_code == 422


def test_an_import_is_taken_with_its_options(client: Client, key: str) -> None:
    file = SimpleUploadedFile("אנשים.csv", "דוא״ל,שם פרטי\nnew@example.com,תמר\n".encode())
    answer = client.post(
        "/api/v1/imports",
        {"file": file, "options": '{"consent": "none"}'},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 202, answer.content
    assert [column["to"] for column in answer.json()["columns"]] == ["email", "first_name"]
    assert Import.objects.get().state == "running"


def test_a_file_that_cannot_be_read_says_why(client: Client, key: str) -> None:
    answer = client.post(
        "/api/v1/imports",
        {"file": SimpleUploadedFile("x.csv", b""), "options": "{}"},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:kesher:problem:file-empty"


def test_without_a_database_it_says_so_and_when_to_come_again(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_given: Any, **_more: Any) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("kesher.api.segments.counting.count_segment", gone)
    made = call("POST", "/segments", {"name": "x", "rule": {"consent": "email"}})

    answer = call("GET", f"/segments/{made.json()['id']}/count")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "urn:kesher:problem:database-away"
