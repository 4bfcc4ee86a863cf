"""Going on after a pause: what fell due meanwhile is sent, skipped, asked about or left, by its age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.channels.models import LocalMessage
from kesher.journeys.actions import (
    archive_journey,
    decide_asked,
    pause_journey,
    resume_journey,
)
from kesher.journeys.models import Journey
from kesher.journeys.resuming import asked_about, asked_groups, count_asked, meanwhile_of
from kesher.journeys.tests.conftest import Desk, mail
from kesher.lib import clock, sql
from kesher.messages import claims, resting, sender
from kesher.messages.models import Message

CUSTOM = [{"kind": "custom"}]
NODES: dict[str, Any] = {
    "rest": {"kind": "wait", "for": "P1D", "next": "mail"},
    "mail": {"kind": "send_email", "subject": "שלום", "document": mail(), "next": "later"},
    "later": {"kind": "wait", "for": "P2D", "next": "second"},
    "second": {"kind": "send_email", "subject": "שוב", "document": mail(), "next": "end"},
    "end": {"kind": "exit"},
}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def journey(desk: Desk, noa: Any, dan: Any) -> Journey:
    """Noa's wait ended five days ago, Dan's half an hour ago; paused in between."""
    found = desk.publish(NODES, triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()
    pause_at = desk.now + timedelta(hours=2)
    desk.until(pause_at)
    pause_journey(desk.access, found, now=desk.now)
    desk.until(desk.now + timedelta(days=5, hours=22))
    return found


def late_dan(desk: Desk, journey: Journey, dan: Any) -> None:
    """One who came before the pause and whose wait ended half an hour ago."""
    sql.execute(
        "UPDATE journey_run SET until = %s WHERE contact_id = %s", (desk.now - HOUR / 2, dan.pk)
    )


def test_what_fell_due_is_told_with_its_ages(desk: Desk, journey: Journey, noa: Any) -> None:
    told = meanwhile_of(journey, desk.now)

    assert (told.people, told.messages) == (1, 0)
    assert told.oldest == desk.now - timedelta(days=5)
    assert [(band.older_than, band.people) for band in told.bands] == [
        (timedelta(0), 1), (HOUR, 1), (DAY, 1), (3 * DAY, 1),
    ]  # fmt: skip


def test_skipped_they_move_on_and_only_the_next_step_s_mail_is_not_sent(
    desk: Desk, journey: Journey, noa: Any
) -> None:
    resume_journey(desk.access, journey, now=desk.now, meanwhile="skip", older_than=3 * DAY)
    desk.settle()

    (run,) = desk.runs(noa)
    assert (run.node, desk.path(run)) == ("later", ["rest>next", "mail>next", "later"])
    assert desk.messages(noa) == []
    desk.wait(days=2)
    assert len(desk.messages(noa)) == 1


def test_what_is_younger_is_sent(desk: Desk, journey: Journey, noa: Any) -> None:
    resume_journey(desk.access, journey, now=desk.now, meanwhile="skip", older_than=7 * DAY)
    desk.settle()

    assert len(desk.messages(noa)) == 1


@pytest.mark.parametrize(
    ("do", "node", "messages"), [("send", "later", 1), ("skip", "later", 0), ("exit", "", 0)]
)
def test_asked_about_they_stay_until_it_is_decided(
    desk: Desk, journey: Journey, noa: Any, do: str, node: str, messages: int
) -> None:
    resume_journey(desk.access, journey, now=desk.now, meanwhile="ask")
    desk.custom(noa)  # nothing that happens moves her
    desk.wait(hours=3)
    (run,) = desk.runs(noa)
    assert (run.state, run.node, desk.messages(noa)) == ("asked", "rest", [])
    (asked,) = asked_about(journey, desk.now)
    assert (asked.what, asked.id, asked.node) == ("run", run.pk, "rest")

    decided = decide_asked(desk.access, journey, do=do, run_ids=[run.pk], now=desk.now)
    desk.settle()

    run.refresh_from_db()
    assert (decided.people, len(desk.messages(noa)), count_asked(journey)) == (1, messages, 0)
    assert (run.node == node) if node else (run.reason == "taken_out")
    again = decide_asked(desk.access, journey, do="send", run_ids=[run.pk], now=desk.now)
    assert again.people == 0


def test_an_exit_rule_still_counts_for_those_asked_about(desk: Desk, access: Any, noa: Any) -> None:
    from kesher.contacts.actions import update_contact

    rule = {"field": "city", "op": "equals", "value": "חיפה"}
    journey = desk.publish(NODES, triggers=CUSTOM, exit_if=rule)
    desk.custom(noa)
    desk.settle()
    pause_journey(desk.access, journey, now=desk.now)
    desk.wait(days=2)
    resume_journey(desk.access, journey, now=desk.now, meanwhile="ask")
    update_contact(access, noa, values={"city": "חיפה"}, now=desk.now)

    decide_asked(desk.access, journey, do="send", run_ids=[run.pk for run in desk.runs(noa)], now=desk.now)  # fmt: skip
    desk.settle()

    assert desk.runs(noa)[0].reason == "exit_rule"
    assert desk.messages(noa) == []


# Messages that were queued when it was paused.


@pytest.fixture
def queued(desk: Desk, noa: Any) -> Journey:
    """A mail to Noa is written down, and has not left when the journey is paused."""
    found = desk.publish({"mail": {**NODES["mail"], "next": "end"}, "end": {"kind": "exit"}}, triggers=CUSTOM)  # fmt: skip
    desk.custom(noa)
    desk.settle()
    pause_journey(desk.access, found, now=desk.now)
    return found


def send() -> int:
    return sender.send_due(clock.now() + timedelta(days=3650))


def state(desk: Desk) -> tuple[str, str]:
    (message,) = desk.messages()
    return message.status, message.reason


def test_messages_rest_without_being_taken_up_again(desk: Desk, queued: Journey) -> None:
    send()
    assert state(desk) == ("held", "resting")

    for _time in range(3):
        sender.reclaim(desk.now)
    assert send() == 0
    assert state(desk) == ("held", "resting")

    resume_journey(desk.access, queued, now=desk.now)
    send()
    assert state(desk) == ("sent", "")
    assert LocalMessage.objects.count() == 1


def test_what_a_sender_had_in_hand_when_it_went_on_is_let_go_too(
    desk: Desk, queued: Journey
) -> None:
    (message,) = desk.messages()
    far = desk.now + timedelta(days=3650)
    claims.claim(desk.workspace.pk, channel="email", limit=10, now=far, at=clock.now())

    resume_journey(desk.access, queued, now=desk.now)
    sender.reclaim(desk.now)
    Message.objects.filter(pk=message.pk).update(status="held", reason="resting")  # as it had asked
    sender.reclaim(desk.now)

    assert state(desk) == ("queued", "")
    sender.reclaim(desk.now)
    assert sql.value("SELECT count(*) FROM stopped_source") == 0


def test_a_worker_that_died_with_it_in_hand_loses_nothing(desk: Desk, queued: Journey) -> None:
    far = desk.now + timedelta(days=3650)
    claims.claim(desk.workspace.pk, channel="email", limit=10, now=far, at=clock.now())

    resume_journey(desk.access, queued, now=desk.now)
    claims.take_over_expired(far)
    send()

    assert state(desk) == ("sent", "")


@pytest.mark.parametrize("rested", [True, False])
@pytest.mark.parametrize(
    ("meanwhile", "want"),
    [("go", ("sent", "")), ("skip", ("refused", "too_old")), ("exit", ("refused", "too_old")), ("ask", ("held", "asked"))],
)  # fmt: skip
def test_a_message_that_waited_is_sent_skipped_or_asked_about(
    desk: Desk, queued: Journey, meanwhile: str, want: tuple[str, str], rested: bool
) -> None:
    if rested:
        send()
    desk.wait(days=4)
    assert meanwhile_of(queued, desk.now).messages == 1

    resume_journey(desk.access, queued, now=desk.now, meanwhile=meanwhile, older_than=DAY)
    send()

    assert state(desk) == want


@pytest.mark.parametrize(("do", "want"), [("send", ("sent", "")), ("skip", ("refused", "too_old"))])
def test_a_message_asked_about_is_decided(
    desk: Desk, queued: Journey, do: str, want: tuple[str, str]
) -> None:
    send()
    desk.wait(days=4)
    resume_journey(desk.access, queued, now=desk.now, meanwhile="ask")
    (group,) = asked_groups(asked_about(queued, desk.now))
    assert (group.what, group.node, group.count) == ("message", "mail", 1)

    (message,) = desk.messages()
    decide_asked(desk.access, queued, do=do, message_ids=[message.pk], now=desk.now)
    send()

    assert state(desk) == want


def test_an_archived_journey_s_resting_messages_are_refused(desk: Desk, queued: Journey) -> None:
    send()

    archive_journey(desk.access, queued, now=desk.now)
    send()

    assert state(desk) == ("refused", "journey_left")
    assert resting.count_asked(desk.workspace.pk, source="journey", group=str(queued.pk)) == 0
