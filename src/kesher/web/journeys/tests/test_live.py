"""The screens of a journey that is live: publishing with people on the way, going on after a pause, why, alarms."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from kesher.accounts.models import UndoEntry
from kesher.journeys.actions import (
    create_journey,
    enrol,
    pause_journey,
    publish_journey,
    resume_journey,
    save_draft,
)
from kesher.journeys.engine import drain
from kesher.journeys.models import Journey, JourneyAlarm, JourneyRun
from kesher.lib import clock, sql

pytestmark = pytest.mark.django_db
GRAPH: dict[str, Any] = {
    "format": 1,
    "triggers": [{"kind": "custom"}],
    "start": "rest",
    "nodes": {
        "rest": {"kind": "wait", "for": "P3D", "next": "tell"},
        "tell": {"kind": "alert", "text": "Somebody is through", "next": "end"},
        "end": {"kind": "exit"},
    },
}


@pytest.fixture(autouse=True)
def in_english(owner: Any) -> None:
    owner.language = "en"
    owner.save()


def address(name: str, *arguments: Any) -> str:
    return reverse(name, args=["green-books", *arguments])


def page(client: Any, name: str, *arguments: Any, query: str = "", status: int = 200) -> str:
    response = client.get(f"{address(name, *arguments)}{query}", headers={"accept-language": "en"})
    assert response.status_code == status
    return str(response.content.decode())


def post(client: Any, where: str, *arguments: Any, **data: Any) -> Any:
    return client.post(address(where, *arguments), data, headers={"accept-language": "en"})


@pytest.fixture
def journey(access: Any, noa: Any, now: datetime) -> Journey:
    """Noa rests in it."""
    found = create_journey(access, name="Haifa", graph=GRAPH, now=now)
    publish_journey(access, found, now=now)
    enrol(access, found, contact_ids=[noa.pk], now=now)
    drain(access.workspace, contact_id=noa.pk, now=now)
    return found


def draw(access: Any, journey: Journey, nodes: dict[str, Any], **rest: Any) -> None:
    graph = {**deepcopy(GRAPH), "nodes": nodes, **rest}
    save_draft(access, journey, graph=graph, revision=journey.revision, now=clock.now())


def test_publishing_asks_what_becomes_of_those_on_the_way(
    signed_in: Any, access: Any, journey: Journey
) -> None:
    nodes = {
        "first": {"kind": "alert", "text": "New", "next": "rest"},
        **GRAPH["nodes"],
        "rest": {**GRAPH["nodes"]["rest"], "for": "P5D"},
    }
    draw(access, journey, nodes, start="first")
    shown = page(signed_in, "journey_publish", journey.pk)

    assert "One person is on the way now" in shown
    assert "3 days" in shown
    assert "5 days" in shown
    assert "one person is past it" in shown

    post(
        signed_in, "journey_publish", journey.pk,
        **{"step-rest": "move:rest", "waits-rest": "recompute", "once": ["first"]},
    )  # fmt: skip

    run = JourneyRun.objects.get()
    journey.refresh_from_db()
    assert (run.version_id, run.visit) == (journey.live_version_id, 2)
    assert run.until == run.arrived_at + timedelta(days=5)


@pytest.mark.parametrize(
    ("choice", "version", "node", "reason"),
    [("finish", 1, "rest", ""), ("move:end", 2, "end", "done"), ("exit", 1, "rest", "published")],
)
def test_each_choice_for_a_removed_step(
    signed_in: Any, access: Any, journey: Journey, now: datetime, choice: str, version: int, node: str, reason: str
) -> None:  # fmt: skip
    draw(access, journey, {"end": {"kind": "exit"}}, start="end")
    assert "taken out of the drawing" in page(signed_in, "journey_publish", journey.pk)

    post(signed_in, "journey_publish", journey.pk, **{"step-rest": choice})
    drain(access.workspace, contact_id=JourneyRun.objects.get().contact_id, now=now)

    run = JourneyRun.objects.get()
    number = journey.versions.get(pk=run.version_id).number
    assert (number, run.node, run.reason) == (version, node, reason)


def test_a_choice_that_cannot_be_carried_out_is_refused_in_words(
    signed_in: Any, access: Any, journey: Journey
) -> None:
    draw(access, journey, {"end": {"kind": "exit"}}, start="end")

    response = post(signed_in, "journey_publish", journey.pk, **{"step-rest": "move:gone"})

    assert response.status_code == 422
    assert "gone" in response.content.decode()


def test_versions_say_what_they_changed_and_one_is_published_again(
    signed_in: Any, access: Any, journey: Journey
) -> None:
    draw(access, journey, {**GRAPH["nodes"], "rest": {**GRAPH["nodes"]["rest"], "for": "P9D"}})
    post(signed_in, "journey_publish", journey.pk, **{"step-rest": "finish"})

    shown = page(signed_in, "journey_versions", journey.pk)
    assert "9 days" in shown
    assert "one person is in it now" in shown
    assert "Publish version 1 again" in page(
        signed_in, "journey_publish", journey.pk, query="?version=1"
    )

    post(signed_in, "journey_publish", journey.pk, version="1")
    journey.refresh_from_db()
    assert journey.live_version is not None
    assert (journey.live_version.number, journey.live_version.graph["nodes"]) == (3, GRAPH["nodes"])
    assert journey.draft["nodes"]["rest"]["for"] == "P9D"
    numbers = signed_in.get(address("journey_version_numbers", journey.pk, 1)).json()
    assert numbers["nodes"]["rest"]["waiting"] == 1
    page(signed_in, "journey_version_numbers", journey.pk, 77, status=404)
    page(signed_in, "journey_publish", journey.pk, query="?version=77", status=404)


def test_a_draft_has_no_versions_yet(signed_in: Any, access: Any, now: datetime) -> None:
    draft = create_journey(access, name="Draft", graph=GRAPH, now=now)

    assert "No version yet" in page(signed_in, "journey_versions", draft.pk)


@pytest.fixture
def overdue(access: Any, journey: Journey, now: datetime) -> JourneyRun:
    """Paused, and Noa's time came two days ago."""
    pause_journey(access, journey, now=now)
    sql.execute("UPDATE journey_run SET until = %s, due_at = %s", (clock.now() - timedelta(days=2),) * 2)  # fmt: skip
    return JourneyRun.objects.get()


def test_going_on_shows_ages_and_asks(
    signed_in: Any, access: Any, overdue: JourneyRun, noa: Any
) -> None:
    shown = page(signed_in, "journey", overdue.journey_id)
    assert "The time of one person came meanwhile" in shown
    assert "older than 1 day (people: 1" in shown

    answer = post(signed_in, "journey_resume", overdue.journey_id, meanwhile="ask", older_than="86400")  # fmt: skip

    assert answer.url == address("journey_asked", overdue.journey_id)
    assert "one person waits here" in page(signed_in, "journey_asked", overdue.journey_id)
    assert "wait for your decision" in page(signed_in, "journey", overdue.journey_id).replace("waits", "wait")  # fmt: skip
    post(signed_in, "journey_decide", overdue.journey_id, do="send", ids=[f"run:{overdue.pk}"])
    drain(access.workspace, contact_id=noa.pk, now=clock.now())
    overdue.refresh_from_db()
    assert overdue.reason == "done"
    assert "Nothing waits" in page(signed_in, "journey_asked", overdue.journey_id)


def test_a_whole_step_is_decided_at_once(
    signed_in: Any, access: Any, journey: Journey, overdue: JourneyRun
) -> None:
    resume_journey(access, journey, now=clock.now(), meanwhile="ask")

    post(signed_in, "journey_decide", journey.pk, do="exit", all="1", what="run", node="rest")

    overdue.refresh_from_db()
    assert overdue.reason == "taken_out"


def test_all_at_a_step_are_taken_out_and_brought_back(
    signed_in: Any, journey: Journey, noa: Any
) -> None:
    post(signed_in, "journey_act", journey.pk, node="rest", do="out", all="1")
    assert JourneyRun.objects.get().reason == "taken_out"

    signed_in.post(reverse("undo", args=["green-books", UndoEntry.objects.get().pk]))

    assert JourneyRun.objects.get().ended_at is None


def test_people_at_a_step_that_is_gone_are_still_shown(
    signed_in: Any, access: Any, journey: Journey
) -> None:
    draw(access, journey, {"end": {"kind": "exit"}}, start="end")
    post(signed_in, "journey_publish", journey.pk)

    shown = page(signed_in, "journey_step", journey.pk, "rest")

    assert "noa@" in shown
    assert "3 days" in shown
    assert "noa@" in page(signed_in, "journey_people", journey.pk, query="?version=1")
    assert "Nobody is here" in page(signed_in, "journey_people", journey.pk, query="?version=2")


def test_why_finds_a_contact_and_answers(
    signed_in: Any, journey: Journey, noa: Any, dan: Any
) -> None:
    found = page(signed_in, "journey_why", journey.pk, query="?q=noa")
    assert f"?contact={noa.pk}" in found

    assert "Stands at" in page(signed_in, "journey_why", journey.pk, query=f"?contact={noa.pk}")
    told = page(signed_in, "journey_why", journey.pk, query=f"?contact={dan.pk}")
    assert "Never began" in told
    assert "has not happened to them" in told
    page(signed_in, "journey_why", journey.pk, query="?contact=999999", status=404)


def test_an_alarm_stands_on_the_page_until_somebody_has_seen_it(
    signed_in: Any, journey: Journey, workspace: Any, now: datetime
) -> None:
    alarm = JourneyAlarm.objects.create(
        workspace_id=workspace.pk, journey_id=journey.pk, kind="late", count=4, since=now, created_at=now
    )  # fmt: skip
    assert "should have moved on" in page(signed_in, "journeys_index")
    assert "should have moved on" in page(signed_in, "journey", journey.pk)

    post(signed_in, "journey_alarm_read", alarm.pk)

    assert "should have moved on" not in page(signed_in, "journeys_index")
