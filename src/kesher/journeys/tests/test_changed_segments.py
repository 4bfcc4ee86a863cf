"""A saved segment is edited while runs wait for it: from then on they wait by the new rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kesher.contacts.actions import update_contact
from kesher.contacts.lists import join_list
from kesher.contacts.models import Contact, ContactList
from kesher.journeys.actions import pause_journey, resume_journey
from kesher.journeys.catchingup import wake_followers
from kesher.journeys.models import Journey
from kesher.journeys.overdue import overdue
from kesher.journeys.tests.conftest import Desk
from kesher.lib import sql
from kesher.segments.actions import archive_segment, create_segment, update_segment
from kesher.segments.models import Segment

CUSTOM = [{"kind": "custom"}]
HAIFA = {"field": "city", "op": "equals", "value": "אילת"}
ON_LIST = {"list": "b"}
Follow = Callable[[], int]
REST = {"rest": {"kind": "wait", "for": "P9D", "next": "end"}, "end": {"kind": "exit"}}
IN_SEGMENT = {"segment": "fans"}


def until(rule: Any) -> dict[str, Any]:
    wait = {"kind": "wait_until", "timeout": "P9D", "yes": "end", "timed_out": "late", "rule": rule}
    return {"wait": wait, "end": {"kind": "exit"}, "late": {"kind": "exit"}}


# In which journeys somebody is let go or ended by the segment, and the reason by which they end.
JOURNEYS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "wait until in it": (until(IN_SEGMENT), {}, "done"),
    "wait until not in its opposite": (until({"not": {"segment": "others"}}), {}, "done"),
    "wait until in one that names it": (until({"all": [{"segment": "outer"}]}), {}, "done"),
    "exit rule": (REST, {"exit_if": IN_SEGMENT}, "exit_rule"),
    "goal": (REST, {"goal": {"rule": IN_SEGMENT, "exits": True}}, "goal"),
}


@pytest.fixture
def fans(desk: Desk) -> Segment:
    """Nobody is in it."""
    made = create_segment(desk.access, name="fans", rule=HAIFA, now=desk.now)
    create_segment(desk.access, name="outer", rule=IN_SEGMENT, now=desk.now)
    create_segment(desk.access, name="others", rule={"not": {"segment": "outer"}}, now=desk.now)
    ContactList.objects.create(workspace=desk.workspace, key="b", name="b")
    return made


@pytest.fixture
def follow(desk: Desk) -> Follow:
    """What the jobs that have been asked for do."""

    def work() -> int:
        jobs = ProcrastinateJob.objects.filter(task_name="journeys.follow_segments")
        return sum(wake_followers(desk.workspace, one.args["keys"], now=desk.now) for one in jobs)

    return work


def join(desk: Desk, contact: Contact) -> None:
    found = ContactList.objects.get(key="b")
    join_list(desk.workspace.pk, list_id=found.pk, contact_ids=[contact.pk], now=desk.now)


@pytest.fixture
def begin(desk: Desk, fans: Segment, noa: Contact, yael: Contact) -> Callable[[str], Journey]:
    def make(what: str) -> Journey:
        nodes, rest, _reason = JOURNEYS[what]
        journey = desk.publish(nodes, triggers=CUSTOM, **rest)
        for one in (noa, yael):
            desk.custom(one)
        desk.settle()
        assert [run.ended_at for run in desk.runs()] == [None, None]
        return journey

    return make


@pytest.mark.parametrize("what", list(JOURNEYS))
def test_who_is_in_it_by_the_new_rule_goes_on_and_nobody_else(
    desk: Desk, begin: Any, fans: Segment, follow: Follow, noa: Contact, yael: Contact, what: str
) -> None:
    begin(what)
    join(desk, noa)
    desk.settle()

    update_segment(desk.access, fans, rule=ON_LIST, now=desk.now)
    assert follow() == 1
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == [JOURNEYS[what][2]]
    (other,) = desk.runs(yael)
    assert (other.ended_at, other.woken) == (None, "")


@pytest.mark.parametrize("what", list(JOURNEYS))
@pytest.mark.parametrize("job_first", [True, False])
def test_what_the_new_rule_goes_by_is_listened_to(
    desk: Desk, begin: Any, fans: Segment, follow: Follow, noa: Contact, what: str, job_first: bool
) -> None:
    begin(what)

    update_segment(desk.access, fans, rule=ON_LIST, now=desk.now)
    if job_first:
        follow()
    join(desk, noa)
    desk.settle()
    follow()
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == [JOURNEYS[what][2]]


@pytest.mark.parametrize("what", list(JOURNEYS))
def test_what_only_the_old_rule_went_by_lets_nobody_go(
    desk: Desk, begin: Any, fans: Segment, follow: Follow, noa: Contact, what: str
) -> None:
    begin(what)
    update_segment(desk.access, fans, rule=ON_LIST, now=desk.now)

    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    desk.settle()
    follow()
    desk.settle()

    (run,) = desk.runs(noa)
    assert run.ended_at is None
    assert "contact.updated" not in run.listening


def test_the_time_limit_stays_what_it_was(
    desk: Desk, begin: Any, fans: Segment, follow: Follow, noa: Contact
) -> None:
    begin("wait until in it")
    began = desk.now
    desk.wait(days=3)
    update_segment(desk.access, fans, rule=ON_LIST, now=desk.now)
    follow()

    desk.wait(days=7)

    assert desk.runs(noa)[0].ended_at == began + timedelta(days=9)


def test_a_rule_that_time_changes_is_looked_at_each_day(
    desk: Desk, begin: Any, fans: Segment, follow: Follow, noa: Contact
) -> None:
    update_contact(desk.access, noa, values={"birthday": "1990-11-20"}, now=desk.now)
    desk.settle()
    begin("wait until in it")
    birthday = {"field": "birthday", "op": "anniversary_in", "value": "P1D"}
    update_segment(desk.access, fans, rule=birthday, now=desk.now)
    follow()

    desk.wait(days=2)

    assert [run.reason for run in desk.runs(noa)] == ["done"]


def test_in_a_pause_they_fall_due_and_go_on_after_it(
    desk: Desk, begin: Any, fans: Segment, follow: Follow, noa: Contact
) -> None:
    journey = begin("wait until in it")
    join(desk, noa)
    pause_journey(desk.access, journey, now=desk.now)
    update_segment(desk.access, fans, rule=ON_LIST, now=desk.now)
    follow()
    desk.settle()
    journey.refresh_from_db()
    (run,) = desk.runs(noa)
    assert ([one for one, _since in overdue(journey, desk.now)], run.ended_at) == ([run.pk], None)

    resume_journey(desk.access, journey, now=desk.now)
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["done"]


def test_a_change_of_name_or_of_nothing_that_is_waited_for_asks_for_no_job(
    desk: Desk, begin: Any, fans: Segment, noa: Contact
) -> None:
    alone = create_segment(desk.access, name="alone", rule=HAIFA, now=desk.now)
    begin("wait until in it")

    update_segment(desk.access, fans, name="חברים", now=desk.now)
    update_segment(desk.access, alone, rule=ON_LIST, now=desk.now)

    assert not ProcrastinateJob.objects.filter(task_name="journeys.follow_segments").exists()


def test_an_archived_segment_is_waited_for_as_before(
    desk: Desk, begin: Any, fans: Segment, noa: Contact
) -> None:
    begin("wait until in it")
    archive_segment(desk.access, fans, now=desk.now)

    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["done"]


def test_many_take_as_many_statements_as_few_and_who_stays_is_not_written(
    desk: Desk, begin: Any, fans: Segment, noa: Contact
) -> None:
    begin("wait until in it")
    wake_followers(desk.workspace, ["fans"], now=desk.now)
    rows = "SELECT id, xmin::text, ctid::text, due_at FROM journey_run ORDER BY id"
    before = sql.rows(rows)
    with CaptureQueriesContext(connection) as for_few:
        wake_followers(desk.workspace, ["fans"], now=desk.now)
    assert sql.rows(rows) == before
    people = Contact.objects.bulk_create(
        Contact(workspace=desk.workspace, first_name=str(n), created_at=desk.now, updated_at=desk.now)
        for n in range(50)
    )  # fmt: skip
    for one in people:
        desk.custom(one)
    desk.settle()

    with CaptureQueriesContext(connection) as for_many:
        wake_followers(desk.workspace, ["fans"], now=desk.now)

    assert len(for_many) <= len(for_few) <= 20


def test_the_job_does_it_for_its_workspace(
    desk: Desk, begin: Any, fans: Segment, noa: Contact
) -> None:
    begin("wait until in it")
    join(desk, noa)
    update_segment(desk.access, fans, rule=ON_LIST, now=desk.now)
    (args, *_) = ProcrastinateJob.objects.filter(task_name="journeys.follow_segments").values_list("args", flat=True)  # fmt: skip

    app.tasks["journeys.follow_segments"](**args)
    desk.now += timedelta(days=400)  # by the machine's clock it may be later
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["done"]
