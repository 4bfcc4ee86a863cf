"""Woken in a pause by something that does not let them go: they have not "fell due", and nothing is done with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.contacts.actions import update_contact
from kesher.contacts.bulk import delete_contacts
from kesher.contacts.models import Contact
from kesher.journeys.actions import pause_journey, resume_journey
from kesher.journeys.models import Journey
from kesher.journeys.overdue import overdue
from kesher.journeys.resuming import asked_about, meanwhile_of
from kesher.journeys.tests.conftest import Desk, mail
from kesher.lib import sql

CUSTOM = [{"kind": "custom", "rule": {"field": "event.name", "op": "equals", "value": "x"}}]
HAIFA = {"field": "city", "op": "equals", "value": "צפת"}
PAID = {"field": "event.name", "op": "equals", "value": "paid"}
DAY = timedelta(days=1)
# What they wait for, and what the field or event is that does not let them go, and that does.
WAITS: dict[str, dict[str, Any]] = {
    "a rule": {"kind": "wait_until", "rule": HAIFA, "timeout": "P60D"},
    "an event": {"kind": "wait_until", "event": "custom", "rule": PAID, "timeout": "P60D"},
    "a date": {"kind": "wait", "until_field": "birthday", "every": "year"},
    "a day that time brings": {
        "kind": "wait_until", "timeout": "P60D",
        "rule": {"any": [HAIFA, {"field": "birthday", "op": "anniversary_in", "value": "P3D"}]},
    },
}  # fmt: skip


def journey_of(desk: Desk, wait: dict[str, Any], **rest: Any) -> Journey:
    ways = {"next": "mail"} if wait["kind"] == "wait" else {"yes": "mail", "timed_out": "mail"}
    nodes = {
        "wait": {**wait, **ways},
        "mail": {"kind": "send_email", "subject": "שלום", "document": mail(), "next": "end"},
        "end": {"kind": "exit"},
    }
    return desk.publish(nodes, triggers=CUSTOM, **rest)


@pytest.fixture
def waits(desk: Desk, noa: Contact) -> Callable[..., Journey]:
    """Noa rests in a journey that is paused."""

    def make(wait: dict[str, Any], **rest: Any) -> Journey:
        update_contact(desk.access, noa, values={"birthday": "1990-03-01"}, now=desk.now)
        journey = journey_of(desk, wait, **rest)
        desk.custom(noa)
        desk.settle()
        pause_journey(desk.access, journey, now=desk.now)
        desk.now += DAY
        return journey

    return make


def something_else(desk: Desk, noa: Contact) -> None:
    """It wakes every one of them, and is for none."""
    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    desk.custom(noa, "other")


@pytest.mark.parametrize("meanwhile", ["go", "skip", "ask", "exit"])
@pytest.mark.parametrize("engine_came_by", [True, False])
@pytest.mark.parametrize("what", list(WAITS))
def test_who_was_woken_for_nothing_is_left_where_they_wait(
    desk: Desk, waits: Any, noa: Contact, what: str, engine_came_by: bool, meanwhile: str
) -> None:
    journey = waits(WAITS[what])
    something_else(desk, noa)
    if engine_came_by:
        desk.settle()
    told = meanwhile_of(journey, desk.now)

    resume_journey(desk.access, journey, now=desk.now, meanwhile=meanwhile)
    desk.settle()

    (run,) = desk.runs(noa)
    assert (told.people, run.node, run.ended_at) == (0, "wait", None)
    assert run.state in ("sleeping", "listening")
    assert asked_about(journey, desk.now) == []
    assert desk.messages(noa) == []


@pytest.mark.parametrize("what", ["a rule", "an event"])
def test_afterwards_they_wait_on_and_are_let_go_by_what_they_wait_for(
    desk: Desk, waits: Any, noa: Contact, what: str
) -> None:
    journey = waits(WAITS[what])
    something_else(desk, noa)
    desk.settle()
    resume_journey(desk.access, journey, now=desk.now, meanwhile="exit")
    desk.settle()

    update_contact(desk.access, noa, values={"city": "צפת"}, now=desk.now)
    desk.custom(noa, "paid")
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["done"]
    assert len(desk.messages(noa)) == 1


@pytest.mark.parametrize("what", ["a rule", "an event"])
def test_afterwards_the_time_limit_still_comes(
    desk: Desk, waits: Any, noa: Contact, what: str
) -> None:
    journey = waits(WAITS[what])
    something_else(desk, noa)
    desk.settle()
    resume_journey(desk.access, journey, now=desk.now, meanwhile="skip")

    desk.wait(days=60)

    assert desk.path(desk.runs(noa)[0])[0] == "wait>timed_out"


@pytest.mark.parametrize("what", ["a rule", "an event"])
def test_who_was_let_go_in_the_pause_is_told_since_then(
    desk: Desk, waits: Any, noa: Contact, what: str
) -> None:
    journey = waits(WAITS[what])
    something_else(desk, noa)
    desk.settle()
    desk.now += 4 * DAY
    came = desk.now
    update_contact(desk.access, noa, values={"city": "צפת"}, now=desk.now)
    desk.custom(noa, "paid")
    desk.settle()
    desk.now += DAY
    if what == "a rule":  # of another field: nothing to it
        update_contact(desk.access, noa, values={"last_name": "כהן"}, now=desk.now)
        desk.settle()

    told = meanwhile_of(journey, desk.now)

    assert (told.people, told.oldest) == (1, came)
    resume_journey(desk.access, journey, now=desk.now, meanwhile="exit", older_than=3 * DAY)
    desk.settle()
    assert len(desk.messages(noa)) == 1


def test_whose_time_came_is_told_from_then_whatever_else_woke_them(
    desk: Desk, waits: Any, noa: Contact
) -> None:
    journey = waits({**WAITS["a rule"], "timeout": "P3D"})
    something_else(desk, noa)
    desk.settle()
    desk.now += 9 * DAY

    told = meanwhile_of(journey, desk.now)

    assert (told.people, told.oldest) == (1, desk.now - 7 * DAY)


def test_who_leaves_by_the_journey_s_own_rule_or_is_deleted_is_left_to_it(
    desk: Desk, waits: Any, noa: Contact, yael: Contact
) -> None:
    journey = waits(WAITS["an event"], exit_if=HAIFA)
    resume_journey(desk.access, journey, now=desk.now)
    desk.custom(yael)
    desk.settle()
    pause_journey(desk.access, journey, now=desk.now)
    update_contact(desk.access, noa, values={"city": "צפת"}, now=desk.now)
    delete_contacts(desk.access, ids=[yael.pk], now=desk.now)
    desk.settle()
    assert meanwhile_of(journey, desk.now).people == 0

    resume_journey(desk.access, journey, now=desk.now, meanwhile="ask")
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["exit_rule"]
    assert [run.reason for run in desk.runs(yael)] == ["contact_gone"]


def test_asking_writes_nothing_and_takes_as_many_statements_for_many(
    desk: Desk, waits: Any, noa: Contact
) -> None:
    journey = waits(WAITS["a rule"])
    something_else(desk, noa)
    desk.settle()
    before = sql.dicts("SELECT * FROM journey_run ORDER BY id")
    with CaptureQueriesContext(connection) as for_one:
        assert overdue(journey, desk.now) == []
    assert sql.dicts("SELECT * FROM journey_run ORDER BY id") == before
    _copy(desk, noa, 40)

    with CaptureQueriesContext(connection) as for_many:
        assert overdue(journey, desk.now) == []

    assert len(for_many) <= len(for_one) <= 12


def _copy(desk: Desk, noa: Contact, count: int) -> None:
    """So many others stand where she stands."""
    columns = "workspace_id, journey_id, version_id, node, visit, state, woken, due_at, until, listening, arrived_at, started_at, data"
    for number in range(count):
        other = Contact.objects.create(
            workspace=desk.workspace, first_name=str(number), created_at=desk.now, updated_at=desk.now
        )  # fmt: skip
        sql.execute(
            f"INSERT INTO journey_run ({columns}, contact_id) SELECT {columns}, %s FROM journey_run WHERE contact_id = %s",
            (other.pk, noa.pk),
        )
