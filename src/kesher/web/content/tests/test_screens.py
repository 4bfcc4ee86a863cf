"""The cards, making a mail, and the JSON of the editor."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kesher.content.actions import create_document
from kesher.content.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(access: Any) -> Document:
    return create_document(access, kind="email", name="ניוזלטר חורף", template="newsletter-he")


@pytest.fixture
def at(workspace: Any) -> Any:
    return lambda name, *args: reverse(name, args=[workspace.key, *args])


def payload(document: Document, **more: Any) -> dict[str, Any]:
    return {
        "body": document.body,
        "subject": document.subject,
        "preheader": document.preheader,
        "name": document.name,
        "revision": document.revision,
        **more,
    }


def send(client: Any, url: str, data: Any, method: str = "post") -> Any:
    return getattr(client, method)(url, json.dumps(data), content_type="application/json")


def test_without_mails_the_screen_says_what_a_mail_is(signed_in: Any, at: Any) -> None:
    page = signed_in.get(at("content_index"))

    assert page.status_code == 200
    assert "k-empty" in page.content.decode()


def test_a_card_shows_the_mail_and_its_subject(signed_in: Any, at: Any, document: Document) -> None:
    page = signed_in.get(at("content_index")).content.decode()

    assert "ניוזלטר חורף" in page
    assert at("content_frame", document.pk) in page


def test_search_finds_a_part_of_the_name(signed_in: Any, at: Any, document: Document) -> None:
    url = at("content_index")

    assert "ניוזלטר חורף" in signed_in.get(url, {"q": "חורף"}).content.decode()
    assert "ניוזלטר חורף" not in signed_in.get(url, {"q": "קיץ"}).content.decode()


def test_a_new_mail_starts_from_a_template(signed_in: Any, at: Any, workspace: Any) -> None:
    assert signed_in.get(at("content_new")).status_code == 200

    answer = signed_in.post(at("content_new"), {"name": "מבצע", "template": "offer-he"})

    made = Document.objects.get(workspace=workspace, name="מבצע")
    assert answer.url == at("content_editor", made.pk)
    assert made.subject
    assert made.body["blocks"]


@pytest.mark.parametrize("key", ["newsletter-he", "letter-en"])
def test_a_preview_is_shut_off_from_the_page(signed_in: Any, at: Any, key: str) -> None:
    answer = signed_in.get(at("content_template_preview", key))

    assert answer.status_code == 200
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_archiving_offers_to_take_it_back(signed_in: Any, at: Any, document: Document) -> None:
    signed_in.post(at("content_archive", document.pk))
    document.refresh_from_db()
    assert document.archived_at

    signed_in.post(at("content_restore", document.pk))
    document.refresh_from_db()
    assert document.archived_at is None


def test_the_editor_gets_all_it_needs(signed_in: Any, at: Any, document: Document) -> None:
    page = signed_in.get(at("content_editor", document.pk), {"next": "/w/green-books/campaigns/1/"})
    data = page.context["data"]

    assert set(data) >= {"document", "workspace", "blocks", "fields", "urls", "language", "theme"}
    assert data["urls"]["next"] == "/w/green-books/campaigns/1/"
    assert data["document"]["revision"] == 1
    assert {"first_name", "unsubscribe_url"} <= {field["key"] for field in data["fields"]}
    assert 'id="editor-data"' in page.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:x", "/\\evil"]
)
def test_next_leads_nowhere_else(signed_in: Any, at: Any, document: Document, target: str) -> None:
    page = signed_in.get(at("content_editor", document.pk), {"next": target})

    assert page.context["data"]["urls"]["next"] is None


def test_saving_moves_the_revision_and_tells_problems(
    signed_in: Any, at: Any, document: Document
) -> None:
    body = {**document.body, "blocks": [{"id": "a", "kind": "button", "text": "x"}]}

    answer = send(signed_in, at("content_save", document.pk), payload(document, body=body), "put")

    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    assert "blocks.a.url" in {problem["path"] for problem in answer.json()["problems"]}


def test_saving_over_newer_work_is_a_conflict(signed_in: Any, at: Any, document: Document) -> None:
    url = at("content_save", document.pk)
    send(signed_in, url, payload(document, subject="שלי"), "put")

    answer = send(signed_in, url, payload(document, subject="שלך"), "put")

    assert answer.status_code == 409
    assert answer.json()["current"]["subject"] == "שלי"
    assert answer.json()["current"]["revision"] == 2


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ([], 400),
        ({"body": {}}, 400),
        ({"body": {"blocks": 3}, "revision": 1}, 422),
        ({"body": {}, "revision": "x"}, 400),
        ({"body": {}, "revision": 1, "subject": 5}, 400),
    ],
)
def test_a_broken_save_is_refused(
    signed_in: Any, at: Any, document: Document, data: Any, status: int
) -> None:
    assert send(signed_in, at("content_save", document.pk), data, "put").status_code == status


def test_the_preview_is_filled_for_a_contact(
    signed_in: Any, at: Any, document: Document, noa: Any
) -> None:
    answer = send(
        signed_in, at("content_preview", document.pk), payload(document, contact_id=noa.pk)
    ).json()

    assert "נועה" in answer["subject"]
    assert "נועה" in answer["html"]
    assert "/static/content/art/hills.png" in answer["html"]
    assert answer["text"]


def test_people_are_found_by_name(signed_in: Any, at: Any, noa: Any, dan: Any) -> None:
    found = signed_in.get(at("content_people"), {"q": "נוע"}).json()

    assert [person["email"] for person in found] == ["noa@example.com"]
    assert len(signed_in.get(at("content_people")).json()) == 2


def test_an_uploaded_picture_waits_in_the_library(
    signed_in: Any, at: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "WEBP")

    stored = signed_in.post(
        at("content_upload"), {"file": SimpleUploadedFile("אדום.webp", out.getvalue())}
    ).json()

    assert (stored["width"], stored["height"], stored["name"]) == (40, 20, "אדום.webp")
    assert [image["id"] for image in signed_in.get(at("content_images")).json()] == [stored["id"]]


def test_what_is_no_picture_is_refused_in_words(signed_in: Any, at: Any) -> None:
    answer = signed_in.post(at("content_upload"), {"file": SimpleUploadedFile("a.svg", b"<svg/>")})

    assert answer.status_code == 422
    assert answer.json()["message"]


def test_a_test_goes_out_as_it_is_on_screen(
    signed_in: Any, at: Any, document: Document, noa: Any
) -> None:
    from kesher.messages.models import Message

    answer = send(
        signed_in,
        at("content_test", document.pk),
        payload(document, subject="ניסיון", to=["a@example.com", "b@example.com"]),
    )

    assert answer.status_code == 200, answer.content
    assert Message.objects.filter(source="test").count() == 2
    document.refresh_from_db()
    assert document.subject != "ניסיון"


@pytest.mark.parametrize("to", [[], ["not an address"], "everybody", ["a@b.example"] * 11])
def test_a_test_to_nobody_is_refused(signed_in: Any, at: Any, document: Document, to: Any) -> None:
    answer = send(signed_in, at("content_test", document.pk), payload(document, to=to))

    assert answer.status_code == 422


def test_another_workspaces_mail_is_not_there(signed_in: Any, at: Any, owner: Any) -> None:
    from kesher.accounts.models import Workspace

    other = Workspace.objects.create(key="other", name="אחר")
    foreign = Document.objects.create(workspace=other, name="x", body={})

    for name in ("content_editor", "content_frame"):
        assert signed_in.get(at(name, foreign.pk)).status_code == 404
    for name in (
        "content_save",
        "content_preview",
        "content_test",
        "content_duplicate",
        "content_archive",
    ):
        assert send(signed_in, at(name, foreign.pk), payload(foreign)).status_code == 404
