"""E-02 from the API: five answers in one call, scored by a journey before the call answers, a hundred at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kesher.accounts import actions as accounts
from kesher.accounts.access import Access
from kesher.accounts.models import Membership, User, Workspace
from kesher.contacts.custom_fields import create_field
from kesher.contacts.models import Contact, ContactList
from kesher.journeys import engine
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import JourneyRun
from kesher.lib import clock

PEOPLE, THREADS = 100, 8
QUESTIONS = [f"שאלה {number}" for number in range(1, 6)]
POINTS = {"a": 10, "b": 20, "c": 30}


@pytest.fixture
def access(transactional_db: None) -> Access:
    user = User.objects.create_user("dana@shop.example", "correct horse battery")
    workspace = Workspace.objects.create(key="quiz", name="quiz")
    Membership.objects.create(workspace=workspace, user=user, role="owner")
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    return Access(workspace, "owner", user=user)


def quiz(access: Access) -> tuple[list[str], str]:
    """Five questions and a journey that adds their points up anew; the keys of the questions and of the sum."""
    choices = [{"key": key, "label": key} for key in POINTS]
    keys = [
        create_field(access, label=label, type="choice", options={"choices": choices}).key
        for label in QUESTIONS
    ]
    total = create_field(access, label="ציון כולל", type="number").key
    nodes: dict[str, Any] = {
        "reset": {
            "kind": "update_contact",
            "changes": [{"field": total, "do": "set", "value": 0}],
            "next": "q0",
        }
    }
    for place, key in enumerate(keys):
        following = f"q{place + 1}" if place < 4 else "end"
        nodes[f"q{place}"] = {
            "kind": "split", "field": key, "otherwise": following,
            "branches": [{"values": [answer], "to": f"q{place}{answer}"} for answer in POINTS],
        }  # fmt: skip
        for answer, points in POINTS.items():
            change = {"field": total, "do": "add", "value": points}
            nodes[f"q{place}{answer}"] = {
                "kind": "update_contact",
                "changes": [change],
                "next": following,
            }
    nodes["end"] = {"kind": "exit"}
    graph = {
        "start": "reset", "nodes": nodes, "reentry": {"policy": "always"},
        "triggers": [{"kind": "contact.updated", "changed": keys, "even_if_unchanged": True}],
    }  # fmt: skip
    journey = create_journey(access, name="חידון", graph=graph, now=clock.now())
    publish_journey(access, journey, now=clock.now())
    return keys, total


def test_a_hundred_at_the_same_time_each_see_their_final_score(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How fast it is depends on what else the machine does; that it is right must not.
    monkeypatch.setattr(engine, "BUDGET_SECONDS", 30.0)
    keys, total = quiz(access)
    key = accounts.create_api_key(access, name="k", scopes=list(accounts.SCOPES)).secret
    now = clock.now()
    people = Contact.objects.bulk_create(
        Contact(
            workspace=access.workspace, email=f"p{n}@example.com", created_at=now, updated_at=now
        )
        for n in range(PEOPLE)
    )

    def answer(number: int) -> tuple[int, int]:
        """Expected and told."""
        given = {key: "abc"[(number + place * number) % 3] for place, key in enumerate(keys)}
        body = {"fields": given, "submitted": True}
        try:
            told = Client().patch(
                f"/api/v1/contacts/{people[number].pk}?wait=true", body,
                content_type="application/json", headers={"Authorization": f"Bearer {key}"},
            ).json()  # fmt: skip
        finally:
            connection.close()
        return sum(POINTS[one] for one in given.values()), told["fields"].get(total)

    with at_work(), ThreadPoolExecutor(THREADS) as pool:
        scores = list(pool.map(answer, range(PEOPLE)))
        again = list(pool.map(answer, range(PEOPLE)))  # T2: the same score, not twice as much

    assert [told for _expected, told in scores] == [expected for expected, _told in scores]
    assert again == scores
    assert JourneyRun.objects.count() == 2 * PEOPLE


class at_work:
    """The worker's engine, beside."""

    def __init__(self) -> None:
        self.stopping = Event()
        self.thread = Thread(target=self.work, daemon=True)

    def work(self) -> None:
        while not self.stopping.is_set():
            if not engine.step(clock.now()):
                self.stopping.wait(0.01)
        connection.close()

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self.thread.join()
