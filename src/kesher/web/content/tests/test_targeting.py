"""What the editor asks about targeting."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from kesher.campaigns.actions import create_campaign, set_audience
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import ContactList
from kesher.content.actions import create_document
from kesher.content.models import Document
from kesher.lib.patience import TooSlow
from kesher.messages.models import Message
from kesher.segments.audience import Audience, Part

HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}
BODY = {
    "language": "he",
    "blocks": [
        {"id": "h", "kind": "heading", "text": "שלום"},
        {"id": "a", "kind": "text", "html": "<p>לחיפאים</p>", "show_if": HAIFA},
    ],
}


@pytest.fixture
def document(access: Any) -> Document:
    return create_document(access, kind="email", name="ניוזלטר", body=BODY, subject="חדש")


@pytest.fixture
def ask(signed_in: Any, workspace: Any, document: Document) -> Any:
    """`ask("content_coverage", body=…)`: the answer, whose JSON is `.json()`."""

    def asked(name: str, **data: Any) -> Any:
        url = reverse(name, args=[workspace.key, document.pk])
        whole = {"body": BODY, "subject": "חדש", "preheader": "", **data}
        return signed_in.post(url, json.dumps(whole), content_type="application/json")

    return asked


def test_the_preview_says_what_a_contact_does_not_get(ask: Any, noa: Any, yael: Any) -> None:
    of_noa, of_yael = (ask("content_preview", contact_id=who.pk).json() for who in (noa, yael))
    of_nobody = ask("content_preview").json()

    assert (of_noa["hidden"], of_noa["not_sent"]) == ([], None)
    assert of_yael["hidden"] == ["a"]
    assert of_yael["not_sent"]["reason"] == "nothing_left"
    (told,) = of_yael["targeting"]
    assert (told["block"], told["holds"], told["visible"]) == ("a", False, False)
    assert "חיפה" in told["sentence"]
    assert "לחיפאים" not in of_yael["html"]
    assert of_nobody["hidden"] == []
    assert "לחיפאים" in of_nobody["html"]


def test_coverage_counts_all_who_may_get_mail(ask: Any, noa: Any, yael: Any, dan: Any) -> None:
    found = ask("content_coverage").json()

    assert (found["total"], found["about"], found["blocks"]) == (2, False, {"a": 1})
    assert found["nothing"]["contact"]["name"] == "יעל לוי"
    rows = {tuple(row["shown"]): row for row in found["combinations"]}
    assert rows["a",]["contact"] == {"id": noa.pk, "name": "נועה כהן", "email": "noa@example.com"}
    assert rows["a",]["share"] == 0.5
    assert rows[()]["hidden"] == ["a"]
    assert found["others"] is None
    (problem,) = found["problems"]
    assert problem["code"] == "all_targeted"
    assert problem["data"]["otherwise"] == {"not": {"any": [HAIFA]}}


def test_the_numbers_beside_blocks_are_the_same(ask: Any, noa: Any, yael: Any) -> None:
    assert ask("content_counts").json() == {
        "total": 2,
        "about": False,
        "blocks": {"a": 1},
        "nothing": {
            "count": 1,
            "contact": {"id": yael.pk, "name": "יעל לוי", "email": "yael@example.com"},
        },
    }


def test_the_audience_is_that_of_the_mails_campaign(
    ask: Any, access: Any, document: Document, noa: Any, yael: Any, now: datetime
) -> None:
    readers = create_list(access, name="קוראים")
    join_list(access.workspace.pk, list_id=readers.pk, contact_ids=[noa.pk], now=now)
    campaign = create_campaign(access, name="חורף")
    set_audience(access, campaign, audience=Audience((Part("list", readers.pk),)))
    campaign.refresh_from_db()
    campaign.document = document
    campaign.save()

    assert ask("content_counts").json()["total"] == 1
    everybody = {"include": [{"list": ContactList.objects.get(is_all=True).pk}]}
    assert ask("content_counts", audience=everybody).json()["total"] == 2


def test_a_rule_that_cannot_be_read_is_answered_with_its_place(ask: Any) -> None:
    block = {"id": "a", "kind": "text", "html": "x", "show_if": {"field": "citty", "op": "is_set"}}

    answer = ask("content_coverage", body={"blocks": [block]})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "blocks.a.show_if.field"


def test_a_count_that_takes_too_long_is_given_up(ask: Any, monkeypatch: Any) -> None:
    def slow(*_given: Any, **_more: Any) -> Any:
        raise TooSlow

    monkeypatch.setattr("kesher.web.content.targeting.cover", slow)

    assert ask("content_coverage").status_code == 503


@pytest.mark.parametrize("name", ["content_coverage", "content_counts"])
def test_nonsense_is_refused(ask: Any, name: str) -> None:
    assert ask(name, body=7).status_code == 422


def test_a_test_to_somebody_who_would_get_nothing_is_not_sent(ask: Any, yael: Any) -> None:
    answer = ask("content_test", contact_id=yael.pk, to=["me@example.com"])

    assert answer.status_code == 422
    assert "יעל לוי" in answer.json()["message"]
    assert not Message.objects.exists()


def test_the_editor_knows_how_tags_may_be_written(
    signed_in: Any, workspace: Any, document: Document
) -> None:
    page = signed_in.get(reverse("content_editor", args=[workspace.key, document.pk]))

    birthday = next(one for one in page.context["data"]["fields"] if one["key"] == "birthday")
    formats = {one["key"]: one["example"] for one in birthday["formats"]}
    assert formats["long"] == "17 בנובמבר 2026"
