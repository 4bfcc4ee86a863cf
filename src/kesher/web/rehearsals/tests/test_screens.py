"""Rehearsing from the screens: asked for in a form, watched, read down to a single mail, thrown away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, User
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal import background, jobs
from kesher.journeys.rehearsal.models import Rehearsal

GRAPH = {
    "format": 1,
    "start": "mail",
    "triggers": [{"kind": "custom"}],
    "nodes": {
        "mail": {
            "kind": "send_email",
            "subject": "היי [[first_name]]",
            "next": "wait",
            "document": {
                "format": 1,
                "language": "he",
                "direction": "rtl",
                "blocks": [
                    {"id": "b1", "kind": "text", "html": "<p>שלום [[first_name|חבר]]</p>"},
                    {"id": "b2", "kind": "footer"},
                ],
            },
        },
        "wait": {"kind": "wait", "for": "P3D", "next": "end"},
        "end": {"kind": "exit"},
    },
}


@pytest.fixture(autouse=True)
def _on_this_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of its own would not see what this test has written and not committed."""
    monkeypatch.setattr(background, "watched", lambda work_id, play: play(lambda share: None))


@pytest.fixture(autouse=True)
def _in_english(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(language="en")


@pytest.fixture
def journey(access: Access, now: datetime) -> Journey:
    return create_journey(access, name="ברוכים הבאים", graph=GRAPH, now=now)


def ask(client: Client, journey: Journey, **given: str) -> Any:
    address = reverse("journey_rehearse", args=[journey.workspace.key, journey.pk])
    return client.post(address, {"who": "list", "list": "all", "period": "P30D", **given})


def played(journey: Journey) -> Rehearsal:
    made = Rehearsal.objects.filter(journey=journey).latest("pk")
    assert made.work is not None
    jobs.rehearse_journey(workspace_id=made.workspace_id, work_id=made.work.pk)
    made.refresh_from_db()
    return made


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_a_rehearsal_is_asked_for_watched_and_read(
    signed_in: Client, journey: Journey, noa: Any, dan: Any
) -> None:
    key = journey.workspace.key

    answer = ask(signed_in, journey, rates="share", open="100", click="0")
    made = Rehearsal.objects.get()
    waiting = page(signed_in, "rehearsal", key, made.pk)
    made = played(journey)
    read = page(signed_in, "rehearsal", key, made.pk)

    assert answer.status_code == 302
    assert made.work is not None
    assert answer.url == made.work.url == reverse("rehearsal", args=[key, made.pk])
    assert "every 1s" in waiting
    assert "Nothing was sent" in read
    assert made.asked["period"] == "P30D"
    assert "asked not to get messages" in read


def test_every_message_can_be_looked_at_as_its_reader_would_get_it(
    signed_in: Client, journey: Journey, noa: Any, dan: Any
) -> None:
    key = journey.workspace.key
    ask(signed_in, journey)
    made = played(journey)

    all_of_them = page(signed_in, "rehearsal_messages", key, made.pk)
    refused = page(signed_in, "rehearsal_messages", key, made.pk, refused="1", node="mail")
    one = page(signed_in, "rehearsal_message", key, made.pk, noa.pk, 1)
    mail = page(signed_in, "rehearsal_mail", key, made.pk, noa.pk, 1)

    assert f"היי {noa.first_name}" in all_of_them.replace("\u2068", "").replace("\u2069", "")
    assert noa.first_name not in refused
    assert dan.first_name in refused
    assert "It was not sent" in one
    assert noa.first_name in mail
    assert "unsubscribe/" not in mail


def test_people_are_found_by_name_and_step_and_each_has_a_way(
    signed_in: Client, journey: Journey, noa: Any, dan: Any
) -> None:
    key = journey.workspace.key
    ask(signed_in, journey)
    made = played(journey)

    found = page(signed_in, "rehearsal_people", key, made.pk, q=noa.first_name, node="end")
    way = page(signed_in, "rehearsal_person", key, made.pk, noa.pk)
    nobody = signed_in.get(reverse("rehearsal_person", args=[key, made.pk, 987_654]))

    assert noa.first_name in found
    assert dan.first_name not in found
    assert way.index("Send e-mail") < way.index("Wait")
    assert nobody.status_code == 404


def test_two_versions_stand_side_by_side(
    signed_in: Client, access: Access, journey: Journey, noa: Any, now: datetime
) -> None:
    publish_journey(access, journey, now=now)
    journey.draft = {**journey.draft, "nodes": {"mail": {**GRAPH["nodes"]["mail"], "next": None}}}  # type: ignore[index]
    journey.save()

    ask(signed_in, journey, compare_with="1", who="contact", contact=noa.email)
    made = played(journey)

    assert "Beside version 1" in page(signed_in, "rehearsal", journey.workspace.key, made.pk)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"who": "contact", "contact": "nobody@x.example"}, "Nobody is called that"),
        ({"who": "segment", "segment": "gone"}, "Choose a segment"),
        ({"sample": "20000"}, "from 1 to 10,000"),
        ({"rates": "share", "open": "120"}, "0 to 100"),
        ({"start": "soon"}, "A day and an hour"),
        ({"what0": "field:x", "days0": "x"}, "A number from"),
    ],
)
def test_what_cannot_be_read_is_said_beside_it(
    signed_in: Client, journey: Journey, given: dict[str, str], words: str
) -> None:
    answer = ask(signed_in, journey, **given)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Rehearsal.objects.exists()


def test_what_happens_on_the_way_is_taken_from_the_form(
    signed_in: Client, journey: Journey, noa: Any
) -> None:
    ask(
        signed_in, journey, what0="event:custom", days0="2", share0="50", what1="join:all",
        rates="history", begin="triggers", **{"open.mail": "70"},
    )  # fmt: skip

    asked = Rehearsal.objects.get().asked
    assert [one["after"] for one in asked["happenings"]] == ["P2D", "P1D"]
    assert asked["happenings"][0]["event"]["kind"] == "custom"
    assert asked["rates"]["history"]
    assert asked["rates"]["nodes"]["mail"]["open"] == 70
    assert asked["begin"] == "triggers"


def test_a_viewer_reads_and_does_not_rehearse(
    signed_in: Client, journey: Journey, noa: Any
) -> None:
    key = journey.workspace.key
    ask(signed_in, journey)
    made = played(journey)
    Membership.objects.update(role="viewer")

    assert 'name="who"' not in page(signed_in, "journey_rehearse", key, journey.pk)
    assert page(signed_in, "rehearsal", key, made.pk)
    assert ask(signed_in, journey).status_code == 404
    assert signed_in.post(reverse("rehearsal_delete", args=[key, made.pk])).status_code == 403


def test_a_deleted_one_is_gone_from_the_list_and_the_canvas_gets_the_numbers_of_others(
    signed_in: Client, journey: Journey, noa: Any
) -> None:
    key = journey.workspace.key
    ask(signed_in, journey)
    made = played(journey)
    numbers = signed_in.get(reverse("rehearsal_numbers", args=[key, made.pk])).json()

    signed_in.post(reverse("rehearsal_delete", args=[key, made.pk]))

    assert numbers["numbers"]["nodes"]["end"]["entered"] == numbers["people"] == 1
    assert signed_in.get(reverse("rehearsal", args=[key, made.pk])).status_code == 404
    assert "Nothing was rehearsed yet" in page(signed_in, "journey_rehearse", key, journey.pk)
