"""The JSON of the editor of texts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kesher.channels.models import ChannelAccount
from kesher.content.actions import create_document
from kesher.content.models import Document
from kesher.messages.models import Message

HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}


def body(*texts: Any) -> dict[str, Any]:
    given = [text if isinstance(text, dict) else {"text": text} for text in texts]
    blocks = [{"id": f"b{n}", "kind": "sms_text", **block} for n, block in enumerate(given)]
    return {"format": 1, "language": "he", "blocks": blocks}


@pytest.fixture(params=["sms", "whatsapp"])
def document(request: Any, access: Any) -> Document:
    return create_document(access, kind=request.param, name="x", body=body("שלום"))


def ask(client: Client, document: Document, what: str, **data: Any) -> Any:
    address = f"/w/green-books/content/{document.pk}/text/{what}/"
    return client.post(address, data, content_type="application/json")


def test_a_new_text_opens_in_the_editor(signed_in: Client, workspace: Any) -> None:
    answer = signed_in.post("/w/green-books/content/new/text/", {"kind": "whatsapp"})

    made = Document.objects.get()
    assert made.kind == "whatsapp"
    page = signed_in.get(answer.headers["Location"])
    assert page.context["data"]["urls"]["text"]["look"].endswith("/text/look/")
    assert [kind["key"] for kind in page.context["data"]["blocks"]] == ["sms_text"]


def test_the_look_is_what_the_contact_would_get(
    signed_in: Client, document: Document, noa: Any, yael: Any
) -> None:
    yael.city = ""
    yael.save()
    given = body({"text": "שלום [[first_name]]", "show_if": HAIFA}, "https://shop.example/x")

    seen = ask(signed_in, document, "look", body=given, contact_id=noa.pk).json()
    other = ask(signed_in, document, "look", body=given, contact_id=yael.pk).json()

    assert seen["text"].startswith("פרסומת: שלום נועה\nhttp")
    assert "shop.example" not in seen["text"]
    assert other["hidden"] == ["b0"]
    assert seen["size"]["encoding"] == "ucs2"
    assert seen["size"]["parts"] == (2 if document.kind == "sms" else 1)
    assert seen["links"][0]["url"] == "https://shop.example/x"


def test_a_text_of_another_class_is_as_long_as_that_makes_it(
    signed_in: Client, document: Document
) -> None:
    address = f"/w/green-books/content/{document.pk}/text/look/"
    given = {"body": body("שלום")}

    advertising = signed_in.post(address, given, content_type="application/json").json()
    service = signed_in.post(
        f"{address}?class=service", given, content_type="application/json"
    ).json()
    unknown = signed_in.post(f"{address}?class=x", given, content_type="application/json").json()

    assert service["text"] == "שלום"
    assert advertising["text"].startswith("פרסומת: ")
    assert unknown == advertising


def test_a_text_of_which_nothing_is_left_says_so(
    signed_in: Client, document: Document, yael: Any
) -> None:
    yael.city = ""
    yael.save()
    given = body({"text": "רק לחיפאים", "show_if": HAIFA})

    seen = ask(signed_in, document, "look", body=given, contact_id=yael.pk).json()
    tested = ask(signed_in, document, "test", body=given, contact_id=yael.pk, to=["050-1234567"])

    assert (seen["text"], seen["not_sent"]["reason"]) == ("", "nothing_left")
    assert tested.status_code == 422
    assert not Message.objects.exists()


def test_curly_quotes_are_offered_plainly_where_that_saves(
    signed_in: Client, access: Any, noa: Any
) -> None:
    workspace = access.workspace
    workspace.language = "en"
    workspace.save()
    document = create_document(access, kind="sms", name="x", body=body("x"))

    seen = ask(signed_in, document, "look", body=body("Don’t miss it – “now”. " * 4)).json()

    assert seen["plainer"]["saves"] >= 1
    assert seen["plainer"]["body"]["blocks"][0]["text"].startswith('Don\'t miss it - "now".')
    assert "’" in seen["dear"]


def test_sizes_are_told_with_what_they_cost(
    signed_in: Client, access: Any, noa: Any, dan: Any
) -> None:
    document = create_document(access, kind="sms", name="x", body=body("x"))
    ChannelAccount.objects.create(
        workspace=access.workspace,
        channel="sms",
        provider="local",
        name="x",
        settings={"price": "0.25"},
        is_default=True,
    )

    found = ask(signed_in, document, "sizes", body=body("מ" * 60)).json()

    assert (found["contacts"], found["units"], found["by_parts"]) == (1, 2, {"2": 1})
    assert found["cost"] == {"amount": "0.50", "currency": "ILS"}
    assert found["longest"]["contact_id"] == noa.pk


@pytest.mark.parametrize(
    ("to", "status"),
    [
        (["050-1234567"], 200),
        (["050-1234567", "+972501234568"], 200),
        ([], 422),
        (["03-5551234"], 422),
        (["x"], 422),
        (["050-1234567"] * 6, 422),
    ],
)
def test_a_test_goes_to_mobile_numbers_only(
    signed_in: Client, document: Document, noa: Any, to: list[str], status: int
) -> None:
    with translation.override("en"):
        answer = ask(signed_in, document, "test", body=body("שלום"), to=to)

    assert answer.status_code == status
    sent = Message.objects.all()
    assert {m.channel for m in sent} <= {document.kind}
    assert len(sent) == (len(set(to)) if status == 200 else 0)
    assert all(m.source == "test" and m.data["to"].startswith("+9725") for m in sent)


def test_a_mistake_in_a_text_is_told_with_its_place(signed_in: Client, document: Document) -> None:
    seen = ask(signed_in, document, "look", body=body("[[nobody]]")).json()

    assert [problem["path"] for problem in seen["problems"]] == ["blocks.b0.text"]
