"""Two cards become one while the engine moves them; somebody is erased while it does; and what staff do beside it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from kesher.contacts.lists import join_list
from kesher.contacts.merge import merge_contacts
from kesher.contacts.merge_rows import move_late_rows
from kesher.contacts.models import Contact, ContactList
from kesher.contacts.privacy import erase_contact
from kesher.journeys import engine
from kesher.journeys.actions import (
    archive_journey,
    pause_journey,
    publish_journey,
    resume_journey,
    take_out,
)
from kesher.journeys.models import Journey, JourneyRun, JourneyStep
from kesher.journeys.moving import MOVE, Choice, Plan
from kesher.journeys.queries import numbers_of
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.tests.test_races import LONGEST_SECONDS, Beside, a_worker_about_to_commit
from kesher.journeys.walking import Walk
from kesher.lib import deadlocks, sql
from kesher.messages.models import Message

CUSTOM = [{"kind": "custom"}]
WAIT = {"wait": {"kind": "wait", "for": "P1D", "next": "mail"}}
MAIL = {
    "mail": {"kind": "send_email", "subject": "x", "document": mail(), "next": "end"},
    "end": {"kind": "exit"},
}


def merged(desk: Desk, kept: Contact, gone: Contact) -> Contact:
    return merge_contacts(desk.access, keep=kept, remove=gone, take={}, now=desk.now)


def named(contact: Contact) -> dict[str, int]:
    """The tables that still have rows of this contact, but for the log of jobs and reports."""
    found = {}
    for table in (
        "journey_run",
        "journey_entry",
        "inbox",
        "event",
        "message",
        "staff_task",
        "list_membership",
    ):
        count = sql.value(f"SELECT count(*) FROM {table} WHERE contact_id = %s", (contact.pk,))
        if count:
            found[table] = count
    return found


def test_who_is_in_the_journey_with_both_cards_is_written_to_once(
    desk: Desk, noa: Contact, yael: Contact
) -> None:
    journey = desk.publish({**WAIT, **MAIL}, triggers=CUSTOM)
    for one in (noa, yael):
        desk.custom(one)
    desk.settle()

    merged(desk, noa, yael)
    desk.wait(days=2)

    assert sorted(run.reason for run in desk.runs(noa)) == ["done", "merged"]
    assert len(desk.messages()) == 1
    numbers = numbers_of(journey)
    assert (numbers.active, numbers.ended) == (0, {"done": 1, "merged": 1})


def test_where_anybody_may_be_in_it_several_times_both_go_on(
    desk: Desk, noa: Contact, yael: Contact
) -> None:
    desk.publish({**WAIT, **MAIL}, triggers=CUSTOM, reentry={"policy": "always"})
    for one in (noa, yael):
        desk.custom(one)
    desk.settle()

    merged(desk, noa, yael)
    desk.wait(days=2)

    assert [run.reason for run in desk.runs(noa)] == ["done", "done"]


def test_what_only_the_second_walked_goes_on_with_the_first_and_keeps_its_history(
    desk: Desk, noa: Contact, yael: Contact
) -> None:
    desk.publish(
        {"todo": {"kind": "task", "title": "x", "next": "wait"}, **WAIT, **MAIL}, triggers=CUSTOM
    )
    desk.custom(yael)
    desk.settle()

    merged(desk, noa, yael)
    desk.custom(noa)  # is in it already
    desk.wait(days=2)

    (run,) = desk.runs(noa)
    assert (run.reason, desk.path(run)) == ("done", ["todo>next", "wait>next", "mail>next", "end"])
    assert [one.contact_id for one in desk.messages()] == [noa.pk]
    assert named(yael) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["merge", "erase"])
def test_a_batch_in_hand_is_waited_for(
    desk: Desk, noa: Contact, yael: Contact, monkeypatch: Any, what: str
) -> None:
    desk.field("score")
    up = {"kind": "update_contact", "changes": [{"field": "score", "do": "add", "value": 1}]}
    desk.publish({"up": {**up, "next": "wait"}, **WAIT, **MAIL}, triggers=CUSTOM)
    desk.custom(yael)
    engine.match(desk.workspace, now=desk.now)

    def act() -> None:
        if what == "merge":
            merged(desk, noa, yael)
        else:
            erase_contact(desk.access, yael, now=desk.now)

    with a_worker_about_to_commit(desk, monkeypatch):
        beside = Beside(act)
        assert not beside.ended_within(0.5)
    beside.finish()
    desk.settle()

    (run,) = desk.runs()
    if what == "merge":
        assert (run.contact_id, run.node, run.ended_at) == (noa.pk, "wait", None)
        noa.refresh_from_db()
        assert noa.fields["score"] == 1
    else:
        assert run.reason == "contact_gone"


@pytest.mark.parametrize("rule", [{"list": "b"}, {"field": "city", "op": "equals", "value": "צפת"}])
def test_what_came_with_the_other_card_lets_them_go(
    desk: Desk, noa: Contact, yael: Contact, rule: dict[str, Any]
) -> None:
    found = ContactList.objects.create(workspace=desk.workspace, key="b", name="b")
    join_list(desk.workspace.pk, list_id=found.pk, contact_ids=[yael.pk], now=desk.now)
    Contact.objects.filter(pk=yael.pk).update(city="צפת")
    until = {
        "kind": "wait_until",
        "rule": rule,
        "timeout": "P9D",
        "yes": "mail",
        "timed_out": "end",
    }
    desk.publish({"until": until, **MAIL}, triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    merge_contacts(desk.access, keep=noa, remove=yael, take={"city": True}, now=desk.now)
    desk.settle()

    assert [desk.path(run) for run in desk.runs(noa)] == [["until>yes", "mail>next", "end"]]


def until_somebody_waits() -> None:
    """For a row that somebody else has."""
    ends = time.monotonic() + LONGEST_SECONDS
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not sql.value(waiting):
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["merge", "erase"])
def test_nobody_waits_for_an_engine_that_waits_for_them(
    desk: Desk, noa: Contact, yael: Contact, monkeypatch: Any, what: str
) -> None:
    """It has taken the run, and goes on to the contact when the other has come as far as it can."""
    desk.field("score")
    up = {"kind": "update_contact", "changes": [{"field": "score", "do": "add", "value": 1}]}
    desk.publish({"up": {**up, "next": "wait"}, **WAIT, **MAIL}, triggers=CUSTOM)
    desk.custom(yael)
    engine.match(desk.workspace, now=desk.now)
    deadlocked: list[BaseException] = []
    monkeypatch.setattr(deadlocks, "is_deadlock", lambda error: bool(deadlocked.append(error)))
    claimed, run = threading.Event(), Walk.run

    def run_when_somebody_waits(walk: Walk) -> None:
        claimed.set()
        until_somebody_waits()
        run(walk)

    monkeypatch.setattr(Walk, "run", run_when_somebody_waits)
    worker = Beside(lambda: engine.advance(desk.workspace, now=desk.now))
    assert claimed.wait(LONGEST_SECONDS)
    if what == "merge":
        merged(desk, noa, yael)
    else:
        erase_contact(desk.access, yael, now=desk.now)
    worker.finish()

    assert deadlocked == []
    assert [one.node for one in desk.runs()] == ["wait"]


@pytest.mark.django_db(transaction=True)
def test_what_was_written_of_the_second_card_meanwhile_follows(
    desk: Desk, noa: Contact, yael: Contact
) -> None:
    journey = desk.publish({**WAIT, **MAIL}, triggers=CUSTOM)
    merged(desk, noa, yael)
    desk.custom(yael)  # somebody had found her before

    move_late_rows(desk.workspace, noa.pk, yael.pk, now=desk.now)
    move_late_rows(desk.workspace, noa.pk, yael.pk, now=desk.now)
    desk.settle()

    assert [run.node for run in desk.runs(noa, journey)] == ["wait"]
    assert named(yael) == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_that_wait_for_each_other_one_is_done_again(desk: Desk) -> None:
    """Two transactions that lock two rows the other way round."""
    people = [
        Contact.objects.create(workspace=desk.workspace, created_at=desk.now, updated_at=desk.now)
        for _one in range(2)
    ]
    meet = threading.Barrier(2)
    tries: Counter[int] = Counter()

    def lock(first: int) -> Callable[[], None]:
        @deadlocks.tried_again
        def act() -> None:
            tries[first] += 1
            with transaction.atomic():
                for place in (first, 1 - first):
                    sql.execute(
                        "SELECT 1 FROM contact WHERE id = %s FOR UPDATE", (people[place].pk,)
                    )
                    if place == first and tries[first] == 1:
                        meet.wait(LONGEST_SECONDS)

        return act

    for one in [Beside(lock(0)), Beside(lock(1))]:
        one.finish()

    assert sum(tries.values()) == 3


def test_inside_a_transaction_it_is_left_to_who_began_it(desk: Desk) -> None:
    calls = []

    @deadlocks.tried_again
    def act() -> None:
        calls.append(1)
        raise OperationalError from _Deadlock()

    with pytest.raises(OperationalError):
        act()
    assert (connection.in_atomic_block, len(calls)) == (True, 1)


class _Deadlock(Exception):
    sqlstate = "40P01"


def crowd(desk: Desk, count: int) -> list[Contact]:
    return Contact.objects.bulk_create(
        Contact(
            workspace=desk.workspace, first_name=f"n{n}", email=f"n{n}@example.com", fields={"score": 0},
            created_at=desk.now, updated_at=desk.now,
        )
        for n in range(count)
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_cards_that_become_one_beside_the_engine_lose_and_double_nothing(desk: Desk) -> None:
    desk.field("score")
    found = ContactList.objects.create(workspace=desk.workspace, key="b", name="b")
    graph = {
        "up": {"kind": "update_contact", "changes": [{"field": "score", "do": "add", "value": 1}], "next": "join"},
        "join": {"kind": "add_to_lists", "add_to_lists": ["b"], "next": "until"},
        "until": {"kind": "wait_until", "rule": {"field": "score", "op": "gte", "value": 99}, "timeout": "P9D",
                  "yes": "mail", "timed_out": "mail"},
        **MAIL,
    }  # fmt: skip
    journey = desk.publish(graph, triggers=CUSTOM, reentry={"policy": "never"})
    people = crowd(desk, 40)
    pairs = [(people[place], people[place + 1]) for place in range(0, 40, 2)]
    ready = threading.Barrier(4)

    def works() -> None:
        ready.wait(LONGEST_SECONDS)
        for _turn in range(60):
            engine.step(desk.now, limit=7)

    def happens() -> None:
        ready.wait(LONGEST_SECONDS)
        for one in people:
            desk.custom(one)
            join_list(desk.workspace.pk, list_id=found.pk, contact_ids=[one.pk], now=desk.now)

    def merges() -> None:
        ready.wait(LONGEST_SECONDS)
        for kept, gone in pairs:
            merged(desk, kept, gone)

    for beside in [Beside(works), Beside(works), Beside(happens), Beside(merges)]:
        beside.finish()
    for kept, gone in pairs:
        move_late_rows(desk.workspace, kept.pk, gone.pk, now=desk.now)
    desk.settle()

    opened = Counter(run.contact_id for run in desk.runs(None, journey) if run.ended_at is None)
    assert set(opened) == {kept.pk for kept, _gone in pairs}
    assert set(opened.values()) == {1}
    for kept, gone in pairs:
        assert set(named(gone)) <= {"journey_entry"}  # who was in it with both cards
        assert list_count(found, kept) == 1
    desk.wait(days=10)
    assert Counter(one.contact_id for one in desk.messages()) == {kept.pk: 1 for kept, _ in pairs}
    check_history(desk, journey)


def list_count(found: ContactList, contact: Contact) -> int:
    statement = "SELECT count(*) FROM list_membership WHERE list_id = %s AND contact_id = %s"
    return int(sql.value(statement, (found.pk, contact.pk)))


def check_history(desk: Desk, journey: Journey) -> None:
    """Each run's steps without a gap, each once; the counters tell the same."""
    steps: dict[int, list[int]] = {}
    for run_id, visit in JourneyStep.objects.order_by("run_id", "visit").values_list(
        "run_id", "visit"
    ):
        steps.setdefault(run_id, []).append(visit)
    runs = desk.runs(None, journey)
    for run in runs:
        assert steps.get(run.pk, []) == list(range(1, len(steps.get(run.pk, [])) + 1))
    numbers = numbers_of(journey)
    assert (numbers.started, numbers.active) == (len(runs), 0)
    assert numbers.ended == Counter(run.reason for run in runs)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_what_staff_do_beside_the_engine_is_done_and_nobody_is_moved_twice(desk: Desk) -> None:
    desk.field("score")
    graph = {
        "up": {"kind": "update_contact", "changes": [{"field": "score", "do": "add", "value": 1}], "next": "again"},
        "again": {"kind": "start_journey", "journey": "other", "next": "wait"},
        **WAIT, **MAIL,
    }  # fmt: skip
    desk.publish(
        {"rest": {"kind": "wait", "for": "P2D"}}, name="other", reentry={"policy": "restart"}
    )
    journey = desk.publish(graph, name="busy", triggers=CUSTOM, reentry={"policy": "never"})
    people = crowd(desk, 60)
    ready = threading.Barrier(4)
    ends = threading.Event()

    def works() -> None:
        ready.wait(LONGEST_SECONDS)
        while not ends.is_set():
            engine.step(desk.now, limit=5)

    def happens() -> None:
        ready.wait(LONGEST_SECONDS)
        for one in people:
            desk.custom(one)

    def staff() -> None:
        ready.wait(LONGEST_SECONDS)
        try:
            for place in range(6):
                publish_journey(
                    desk.access, journey, now=desk.now, people=Plan(others=Choice(MOVE))
                )
                pause_journey(desk.access, journey, now=desk.now)
                take_out(desk.access, journey, contact_ids=[people[place].pk], now=desk.now)
                resume_journey(desk.access, journey, now=desk.now)
                erase_contact(desk.access, people[-1 - place], now=desk.now)
            other = Journey.objects.get(name="other")
            archive_journey(desk.access, other, now=desk.now)
        finally:
            ends.set()

    for beside in [Beside(works), Beside(works), Beside(happens), Beside(staff)]:
        beside.finish()
    desk.wait(days=5)

    runs = desk.runs(None, journey)
    assert all(run.ended_at for run in JourneyRun.objects.all())
    assert max(Counter(run.contact_id for run in runs).values()) == 1
    assert max(Counter(Message.objects.values_list("contact_id", flat=True)).values()) == 1
    check_history(desk, journey)
