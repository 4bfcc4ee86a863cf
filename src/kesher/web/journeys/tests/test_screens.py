"""The screens of journeys: the table, one journey in sentences, publishing, people at a step."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kesher.accounts.models import UndoEntry
from kesher.journeys.actions import create_journey, enrol, publish_journey
from kesher.journeys.engine import drain
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey, JourneyRun
from kesher.web.journeys.examples import EXAMPLES
from kesher.web.journeys.outline import outline
from kesher.web.journeys.sentences import Teller

pytestmark = pytest.mark.django_db
GRAPH: dict[str, Any] = {
    "format": 1,
    "triggers": [{"kind": "contact.created"}],
    "start": "ask",
    "nodes": {
        "ask": {
            "kind": "condition", "rule": {"field": "city", "op": "equals", "value": "חיפה"},
            "yes": "rest", "no": "end",
        },
        "rest": {"kind": "wait", "for": "P3D", "next": "tell"},
        "tell": {"kind": "alert", "text": "Somebody from Haifa", "next": "end"},
        "end": {"kind": "exit"},
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english(owner: Any) -> None:
    owner.language = "en"
    owner.save()


@pytest.fixture
def journey(access: Any, now: datetime) -> Journey:
    return create_journey(access, name="Haifa", graph=GRAPH, now=now)


def address(name: str, *arguments: Any) -> str:
    return reverse(name, args=["green-books", *arguments])


def page(client: Any, name: str, *arguments: Any, query: str = "", status: int = 200) -> str:
    response = client.get(f"{address(name, *arguments)}{query}", headers={"accept-language": "en"})
    assert response.status_code == status
    return str(response.content.decode())


def post(client: Any, where: str, *arguments: Any, **data: Any) -> Any:
    return client.post(address(where, *arguments), data, headers={"accept-language": "en"})


def test_a_new_workspace_is_offered_examples(signed_in: Any, workspace: Any) -> None:
    shown = page(signed_in, "journeys_index")

    assert "No journeys yet" in shown
    for example in EXAMPLES:
        assert f"?example={example.key}" in shown


@pytest.mark.parametrize("key", [example.key for example in EXAMPLES])
def test_each_example_makes_a_journey_that_can_be_published(
    signed_in: Any, workspace: Any, key: str
) -> None:
    post(signed_in, "journeys_new", name="From an example", example=key)

    made = Journey.objects.get()
    post(signed_in, "journey_publish", made.pk)
    made.refresh_from_db()
    assert made.status == "live"


def test_the_table_shows_numbers_and_problems(signed_in: Any, journey: Journey) -> None:
    journey.draft["nodes"]["rest"].pop("for")
    journey.save()

    shown = page(signed_in, "journeys_index")

    assert "Haifa" in shown
    assert "one problem" in shown
    assert "Haifa" not in page(signed_in, "journeys_index", query="?q=zzz")


def test_the_page_tells_the_steps_in_sentences(signed_in: Any, journey: Journey) -> None:
    shown = page(signed_in, "journey", journey.pk)

    assert "3 days" in shown
    assert "Somebody from Haifa" in shown
    assert "goes straight on" in shown


def test_ways_meet_again_under_their_condition(journey: Journey) -> None:
    graph = parse(GRAPH)

    lines = outline(graph, Teller(journey.workspace, graph, journey.pk))

    told = [(line.depth, line.key or "way") for line in lines]
    assert told == [
        (0, "ask"), (1, "way"), (2, "rest"), (2, "tell"), (1, "way"), (0, "end"),
    ]  # fmt: skip


def test_publishing_is_refused_in_words(signed_in: Any, journey: Journey) -> None:
    journey.draft["nodes"]["rest"].pop("for")
    journey.save()

    assert "nothing says how long to wait" in page(
        signed_in, "journey_publish", journey.pk
    ).replace("Nothing", "nothing")
    response = post(signed_in, "journey_publish", journey.pk)

    assert response.status_code == 422
    journey.refresh_from_db()
    assert journey.status == "draft"


def test_publish_pause_and_go_on(signed_in: Any, journey: Journey) -> None:
    post(signed_in, "journey_publish", journey.pk)
    post(signed_in, "journey_pause", journey.pk)
    journey.refresh_from_db()
    assert journey.status == "paused"

    post(signed_in, "journey_resume", journey.pk, meanwhile="go")

    journey.refresh_from_db()
    assert journey.status == "live"


@pytest.fixture
def resting(access: Any, journey: Journey, noa: Any, now: datetime) -> JourneyRun:
    """Noa, who waits three days."""
    noa.city = "חיפה"
    noa.save()
    publish_journey(access, journey, now=now)
    enrol(access, journey, contact_ids=[noa.pk], now=now)
    drain(access.workspace, contact_id=noa.pk, now=now)
    return JourneyRun.objects.get()


def test_people_at_a_step_can_be_moved_on(signed_in: Any, resting: JourneyRun) -> None:
    assert resting.node == "rest"
    assert "noa@" in page(signed_in, "journey_step", resting.journey_id, "rest")

    post(signed_in, "journey_act", resting.journey_id, node="rest", do="on:next", ids=[resting.pk])

    resting.refresh_from_db()
    assert resting.reason == "done"


def test_people_can_be_taken_out(signed_in: Any, resting: JourneyRun) -> None:
    post(signed_in, "journey_act", resting.journey_id, do="out", ids=[resting.pk])

    resting.refresh_from_db()
    assert resting.reason == "taken_out"


def test_archiving_can_be_taken_back(signed_in: Any, journey: Journey) -> None:
    post(signed_in, "journey_archive", journey.pk)
    journey.refresh_from_db()
    assert journey.status == "archived"

    signed_in.post(reverse("undo", args=["green-books", UndoEntry.objects.get().pk]))

    journey.refresh_from_db()
    assert journey.status == "draft"


def test_a_journey_travels_as_a_file(signed_in: Any, journey: Journey) -> None:
    response = signed_in.get(address("journey_file", journey.pk))
    file = SimpleUploadedFile("haifa.json", response.content)

    post(signed_in, "journeys_import", file=file)

    copy = Journey.objects.exclude(pk=journey.pk).get()
    assert json.loads(response.content) == copy.draft


def test_a_file_that_is_no_journey_is_refused_in_words(signed_in: Any, workspace: Any) -> None:
    bad = {"name": "Bad", "start": "nowhere", "nodes": {}}
    file = SimpleUploadedFile("bad.json", json.dumps(bad).encode())

    response = post(signed_in, "journeys_import", file=file)

    assert response.status_code == 422
    assert "nowhere" in response.content.decode()


def test_a_card_tells_a_contact_s_journeys_and_the_way(
    signed_in: Any, resting: JourneyRun, dan: Any
) -> None:
    shown = page(signed_in, "journeys_of_contact", resting.contact_id)

    assert "Haifa" in shown
    assert "Stands at" in shown
    assert "Has not been in a journey" in page(signed_in, "journeys_of_contact", dan.pk)
