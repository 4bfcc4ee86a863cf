"""The watchdog: who should have moved and did not is told once, and who was not woken is woken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.utils import translation

from kesher.contacts.actions import update_contact
from kesher.journeys.alarms import alarms_of, mail_alarms, read_alarm
from kesher.journeys.models import Journey, JourneyAlarm
from kesher.journeys.tests.conftest import Desk
from kesher.journeys.watchdog import watch
from kesher.lib import sql

NODES: dict[str, Any] = {
    "until": {
        "kind": "wait_until", "rule": {"field": "city", "op": "equals", "value": "אילת"}, "timeout": "P9D",
        "yes": "rest", "timed_out": "rest",
    },
    "rest": {"kind": "wait", "for": "PT1H", "next": "end"},
    "end": {"kind": "exit"},
}  # fmt: skip


@pytest.fixture
def journey(desk: Desk, noa: Any) -> Journey:
    found = desk.publish(NODES, triggers=[{"kind": "custom"}])
    desk.custom(noa)
    desk.settle()
    desk.now += timedelta(minutes=1)
    return found


def lose_the_inbox() -> None:
    sql.execute("DELETE FROM inbox")


def test_who_was_not_woken_is_told_and_woken(desk: Desk, journey: Journey, noa: Any) -> None:
    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    lose_the_inbox()
    desk.settle()
    assert desk.runs(noa)[0].node == "until"
    assert watch(desk.now) == 0  # the engine may still be about to take it up

    desk.now += timedelta(minutes=6)
    assert watch(desk.now) == 1
    desk.settle()

    assert desk.runs(noa)[0].node == "rest"
    (alarm,) = JourneyAlarm.objects.all()
    assert (alarm.kind, alarm.count, alarm.journey_id) == ("missed", 1, journey.pk)
    assert watch(desk.now) == 0
    alarm.refresh_from_db()
    assert alarm.ended_at is not None


@pytest.mark.parametrize("city", ["חיפה", "אילת"])
def test_what_did_not_match_or_is_still_waiting_is_no_alarm(
    desk: Desk, journey: Journey, noa: Any, city: str
) -> None:
    update_contact(desk.access, noa, values={"city": city}, now=desk.now)
    if city == "חיפה":
        lose_the_inbox()
    desk.now += timedelta(minutes=6)

    assert watch(desk.now) == 0


def test_an_exit_rule_that_was_not_heard_is_seen_too(desk: Desk, noa: Any) -> None:
    rule = {"field": "city", "op": "equals", "value": "אילת"}
    nodes = {"rest": {"kind": "wait", "for": "P9D", "next": "end"}, "end": {"kind": "exit"}}
    desk.publish(nodes, triggers=[{"kind": "custom"}], exit_if=rule)
    desk.custom(noa)
    desk.settle()
    desk.now += timedelta(minutes=1)
    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    lose_the_inbox()
    desk.now += timedelta(minutes=6)

    watch(desk.now)
    desk.settle()

    # One who sleeps listens to what ends the journey as well.
    assert desk.runs(noa)[0].reason == "exit_rule"


def test_who_is_past_due_is_told_once_until_it_is_over(
    desk: Desk, journey: Journey, noa: Any
) -> None:
    sql.execute("UPDATE journey_run SET due_at = %s", (desk.now,))  # and no engine runs
    desk.now += timedelta(minutes=6)

    assert [watch(desk.now), watch(desk.now)] == [1, 0]
    (alarm,) = alarms_of(desk.workspace.pk)
    with translation.override("en"):
        (told,) = alarms_of(desk.workspace.pk)
    assert told.text.startswith("1 person in “")
    assert "kesher worker" in told.mend

    desk.settle()
    watch(desk.now)
    (alarm,) = alarms_of(desk.workspace.pk)
    assert alarm.row.ended_at is not None
    assert read_alarm(desk.access, number=alarm.row.pk, now=desk.now)
    assert not read_alarm(desk.access, number=alarm.row.pk, now=desk.now)
    assert alarms_of(desk.workspace.pk) == []


def test_it_is_mailed_to_the_managers_once(desk: Desk, journey: Journey, noa: Any) -> None:
    sql.execute("UPDATE journey_run SET due_at = %s", (desk.now,))
    desk.now += timedelta(minutes=6)
    watch(desk.now)

    assert [mail_alarms(desk.now), mail_alarms(desk.now)] == [1, 0]

    (sent,) = outbox.outbox
    assert sent.to == [desk.access.user.email]
    assert journey.name in sent.subject
