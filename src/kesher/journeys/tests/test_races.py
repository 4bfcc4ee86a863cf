"""Two at once: somebody does something at the very moment at which the engine moves them. Each race is forced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from kesher.contacts.lists import join_list
from kesher.contacts.models import Contact, ContactList
from kesher.journeys import engine
from kesher.journeys.actions import pause_journey, resume_journey
from kesher.journeys.matching import match
from kesher.journeys.models import JourneyStep
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.walking import Walk, advance

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOM = [{"kind": "custom"}]
LONGEST_SECONDS = 30


class Beside:
    """Something in a thread with a connection of its own."""

    def __init__(self, what: Callable[[], Any]) -> None:
        self.what = what
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.what()
        except BaseException as error:  # shown by the test that waits for it
            self.error = error
        finally:
            connection.close()

    def ended_within(self, seconds: float) -> bool:
        self.thread.join(seconds)
        return not self.thread.is_alive()

    def finish(self) -> None:
        assert self.ended_within(LONGEST_SECONDS)
        if self.error is not None:
            raise self.error


@contextmanager
def a_worker_about_to_commit(desk: Desk, monkeypatch: Any) -> Iterator[None]:
    """It has written where its runs rest; the block happens before it commits."""
    written, go = threading.Event(), threading.Event()
    write = Walk.write

    def write_and_wait(walk: Walk) -> None:
        write(walk)
        written.set()
        assert go.wait(LONGEST_SECONDS)

    with monkeypatch.context() as patched:
        patched.setattr(Walk, "write", write_and_wait)
        worker = Beside(lambda: advance(desk.workspace, now=desk.now))
        assert written.wait(LONGEST_SECONDS)
        patched.undo()
        try:
            yield
        finally:
            go.set()
    worker.finish()


def waiting_for(what: dict[str, Any]) -> dict[str, Any]:
    wait = {"kind": "wait_until", "timeout": "P3D", "yes": "in", "timed_out": "out", **what}
    return {"wait": wait, "in": {"kind": "exit"}, "out": {"kind": "exit"}}


def test_what_happens_while_a_run_begins_to_wait_for_it_is_heard(
    desk: Desk, noa: Contact, monkeypatch: Any
) -> None:
    found = ContactList.objects.create(workspace=desk.workspace, key="b", name="b")
    desk.publish(waiting_for({"rule": {"list": "b"}}), triggers=CUSTOM)
    desk.custom(noa)
    match(desk.workspace, now=desk.now)

    with a_worker_about_to_commit(desk, monkeypatch):
        join_list(desk.workspace.pk, list_id=found.pk, contact_ids=[noa.pk], now=desk.now)
        other = Beside(lambda: match(desk.workspace, now=desk.now))
        other.ended_within(0.7)
    other.finish()
    desk.settle()

    assert desk.path(desk.runs(noa)[0]) == ["wait>yes", "in"]


def test_an_event_that_is_committed_after_the_wait_began_is_heard(desk: Desk, noa: Contact) -> None:
    rule = {"field": "event.name", "op": "equals", "value": "paid"}
    desk.publish(waiting_for({"event": "custom", "rule": rule}), triggers=CUSTOM)
    desk.custom(noa)
    match(desk.workspace, now=desk.now)
    recorded, go = threading.Event(), threading.Event()

    def pays() -> None:
        with transaction.atomic():
            desk.custom(noa, "paid")
            recorded.set()
            assert go.wait(LONGEST_SECONDS)

    payment = Beside(pays)
    assert recorded.wait(LONGEST_SECONDS)
    advance(desk.workspace, now=desk.now)
    go.set()
    payment.finish()
    desk.settle()

    assert desk.path(desk.runs(noa)[0]) == ["wait>yes", "in"]


def test_who_is_set_aside_at_the_moment_of_going_on_goes_on(
    desk: Desk, access: Any, noa: Contact, monkeypatch: Any
) -> None:
    journey = desk.publish({"end": {"kind": "exit"}}, triggers=CUSTOM)
    desk.custom(noa)
    match(desk.workspace, now=desk.now)
    pause_journey(access, journey, now=desk.now)

    with a_worker_about_to_commit(desk, monkeypatch):
        going_on = Beside(lambda: resume_journey(access, journey, now=desk.now))
        going_on.ended_within(0.7)
    going_on.finish()
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["done"]


def test_a_door_and_workers_at_the_same_contacts_do_everything_once(
    desk: Desk, noa: Contact, dan: Contact, yael: Contact
) -> None:
    desk.field("score")
    desk.publish(
        {
            "up": {"kind": "update_contact", "changes": [{"field": "score", "do": "add", "value": 1}], "next": "mail"},
            "mail": {"kind": "send_email", "subject": "x", "document": mail(), "next": "task"},
            "task": {"kind": "task", "title": "x"},
        },
        triggers=CUSTOM, reentry={"policy": "always"},
    )  # fmt: skip
    people, rounds = (noa, dan, yael), 8
    ready = threading.Barrier(len(people) + 2)

    def works() -> None:
        ready.wait(LONGEST_SECONDS)
        for _turn in range(rounds * 4):
            engine.step(desk.now, limit=3)

    def opens(contact: Contact) -> None:
        ready.wait(LONGEST_SECONDS)
        for _turn in range(rounds):
            desk.custom(contact)
            assert engine.drain(
                desk.workspace, contact_id=contact.pk, now=desk.now, budget=LONGEST_SECONDS
            )

    doors = [Beside(lambda one=one: opens(one)) for one in people]  # type: ignore[misc]
    for one in [*doors, Beside(works), Beside(works)]:
        one.finish()

    count = rounds * len(people)
    assert [run.reason for run in desk.runs()] == ["done"] * count
    assert JourneyStep.objects.count() == 3 * count
    assert len(desk.messages()) == count
    for person in people:
        person.refresh_from_db()
        assert person.fields["score"] == rounds
