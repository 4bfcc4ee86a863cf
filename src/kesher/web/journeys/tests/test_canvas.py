"""What the canvas and the server say to each other."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from kesher.accounts.access import Access
from kesher.contacts.lists import create_list, join_list
from kesher.content.models import Document
from kesher.content.queries import documents_of
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey
from kesher.journeys.tests.conftest import mail
from kesher.lib import clock
from kesher.web.journeys.tests.test_screens import GRAPH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(owner: Any) -> None:
    owner.language = "en"
    owner.save()


@pytest.fixture
def journey(access: Any, now: datetime) -> Journey:
    return create_journey(access, name="Haifa", graph=GRAPH, now=now)


def ask(client: Any, method: str, name: str, pk: int, body: Any = None, query: str = "") -> Any:
    address = reverse(name, args=["green-books", pk])
    text = json.dumps(body) if body is not None else None
    return client.generic(method, f"{address}{query}", text or "", content_type="application/json")


def test_the_page_brings_all_that_the_canvas_needs(signed_in: Any, journey: Journey) -> None:
    response = ask(signed_in, "GET", "journey_canvas", journey.pk)

    data = response.context["data"]
    assert data["told"]["nodes"]["rest"]["sentence"] == "3 days"
    assert data["told"]["nodes"]["ask"]["ways"]["yes"] == "Yes"
    assert {"nodes", "triggers", "policies"} <= set(data["palette"])


def test_a_draft_is_saved_over_the_revision_that_was_read(signed_in: Any, journey: Journey) -> None:
    graph = {**journey.draft, "name": "Renamed"}
    body = {"graph": graph, "revision": journey.revision}

    saved = ask(signed_in, "PUT", "journey_save", journey.pk, body)
    late = ask(signed_in, "PUT", "journey_save", journey.pk, body)

    assert saved.json()["revision"] == journey.revision + 1
    assert late.status_code == 409
    assert late.json()["current"]["name"] == "Renamed"


def test_an_unfinished_draft_is_saved_with_its_problems(signed_in: Any, journey: Journey) -> None:
    nodes = {**GRAPH["nodes"], "rest": {"kind": "wait", "next": "tell"}}
    body = {"graph": {**GRAPH, "name": "Haifa", "nodes": nodes}, "revision": journey.revision}

    saved = ask(signed_in, "PUT", "journey_save", journey.pk, body).json()

    assert [one["node"] for one in saved["problems"] if one["level"] == "error"] == ["rest"]


def test_what_is_no_graph_is_refused(signed_in: Any, journey: Journey) -> None:
    body = {"graph": {"start": "nowhere", "nodes": {}}, "revision": journey.revision}

    assert ask(signed_in, "PUT", "journey_save", journey.pk, body).status_code == 422
    assert ask(signed_in, "PUT", "journey_save", journey.pk, {"graph": 1}).status_code == 400


def test_rules_may_speak_of_the_previous_message_and_the_event(
    signed_in: Any, journey: Journey
) -> None:
    rule = {"did": "message.opened", "where": {"message": "previous"}}

    told = ask(signed_in, "POST", "journey_look", journey.pk, {"rule": rule}).json()
    words = ask(
        signed_in, "GET", "journey_vocabulary", journey.pk, query="?event=list.joined"
    ).json()

    assert told["sentence"]
    assert told["count"] is None
    assert words["messages"][0]["key"] == "previous"
    assert any(field["key"].startswith("event.") for field in words["fields"])


def test_a_rule_about_contacts_is_counted(signed_in: Any, journey: Journey, noa: Any) -> None:
    rule = {"field": "city", "op": "equals", "value": "חיפה"}

    told = ask(signed_in, "POST", "journey_look", journey.pk, {"rule": rule}).json()

    assert told["count"] == 1


def test_a_designed_message_can_be_taken_into_a_step(
    signed_in: Any, workspace: Any, now: datetime
) -> None:
    body = {"format": 1, "language": "he", "direction": "rtl", "blocks": []}
    made = Document.objects.create(workspace=workspace, name="Mail", subject="Hello", body=body)

    taken = ask(signed_in, "GET", "journey_document", made.pk).json()

    assert (taken["subject"], taken["document"]) == ("Hello", body)


@pytest.mark.parametrize("kind", ["email", "sms", "whatsapp"])
def test_a_step_has_a_bench_for_its_message_that_no_list_shows(
    signed_in: Any, journey: Journey, workspace: Any, kind: str
) -> None:
    first = ask(signed_in, "POST", "journey_bench", journey.pk, {"kind": kind})
    again = ask(signed_in, "POST", "journey_bench", journey.pk, {"kind": kind})

    assert first.status_code == 200
    assert first.json() == again.json()
    (bench,) = Document.objects.filter(workspace=workspace, kind=kind, is_apart=True)
    assert bench not in documents_of(workspace)
    assert bench not in documents_of(workspace, archived=True)


@pytest.mark.parametrize("body", [{"kind": "fax"}, {}, [], None])
def test_a_bench_for_something_else_is_refused_in_words(
    signed_in: Any, journey: Journey, body: Any
) -> None:
    refused = ask(signed_in, "POST", "journey_bench", journey.pk, body)

    assert refused.status_code == 400
    assert refused.json()["message"]


def test_messages_of_published_steps_are_in_no_list(
    access: Access, workspace: Any, now: datetime
) -> None:
    step = {"kind": "send_email", "subject": "שלום", "document": mail(), "next": "end"}
    nodes = {"tell": step, "end": {"kind": "exit"}}
    drawn = {**GRAPH, "start": "tell", "nodes": nodes}
    publish_journey(access, create_journey(access, name="Hi", graph=drawn, now=now), now=now)

    assert Document.objects.filter(workspace=workspace, is_apart=True).exists()
    assert not documents_of(workspace, archived=True).exists()
    assert not documents_of(workspace).exists()


def test_a_trigger_says_how_many_would_come_in(
    signed_in: Any, access: Access, journey: Journey, noa: Any, dan: Any
) -> None:
    shop = create_list(access, name="Shop")
    join_list(access.workspace.pk, list_id=shop.pk, contact_ids=[noa.pk], now=clock.now())
    joined = {"kind": "list.joined", "list": shop.key}

    told = look(signed_in, journey, joined)
    narrower = look(
        signed_in, journey,
        {**joined, "rule": {"field": "first_name", "op": "equals", "value": "nobody"}},
    )  # fmt: skip
    by_event = {"kind": "custom", "rule": {"field": "event.name", "op": "equals", "value": "x"}}

    assert (told["count"], narrower["count"]) == (1, 0)
    assert "Shop" in told["sentence"]
    assert look(signed_in, journey, by_event)["count"] is None  # only the event can tell


def look(client: Any, journey: Journey, trigger: dict[str, Any]) -> Any:
    answer = ask(client, "POST", "journey_look", journey.pk, {"trigger": trigger})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_note_is_saved_and_does_not_ask_to_be_published(
    signed_in: Any, access: Access, journey: Journey, now: datetime
) -> None:
    publish_journey(access, journey, now=now)
    note = {"id": "note_1", "text": "Ask Dana first", "by": "rest", "x": 160, "y": 0}
    body = {"graph": {**journey.draft, "notes": [note]}, "revision": journey.revision}

    saved = ask(signed_in, "PUT", "journey_save", journey.pk, body).json()

    assert saved["is_published"] is True
    journey.refresh_from_db()
    assert journey.draft["notes"] == [note]
    page = signed_in.get(reverse("journey", args=["green-books", journey.pk])).content.decode()
    assert "Ask Dana first" in page
    assert "beside “Wait”" in page


def test_a_version_shows_the_notes_it_was_published_with(
    signed_in: Any, access: Access, now: datetime
) -> None:
    note = {"id": "note_1", "text": "As of May", "x": 0, "y": 0}
    journey = create_journey(access, name="Haifa", graph={**GRAPH, "notes": [note]}, now=now)
    publish_journey(access, journey, now=now)
    Journey.objects.filter(pk=journey.pk).update(draft={**journey.draft, "notes": []})
    address = reverse("journey", args=["green-books", journey.pk])

    assert "As of May" in signed_in.get(f"{address}?version=1").content.decode()
    assert "As of May" not in signed_in.get(address).content.decode()


def test_a_note_that_cannot_be_read_is_refused_in_words(signed_in: Any, journey: Journey) -> None:
    graph = {**journey.draft, "notes": [{"id": "note_1", "text": "", "x": 0, "y": 0, "by": "rset"}]}

    refused = ask(
        signed_in, "PUT", "journey_save", journey.pk, {"graph": graph, "revision": journey.revision}
    )

    assert refused.status_code == 422
    assert refused.json()["problems"][0]["path"] == "notes[0].by"
