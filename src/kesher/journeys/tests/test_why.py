"""Why somebody got something of a journey or did not, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from kesher.contacts.actions import update_contact
from kesher.journeys.actions import (
    create_journey,
    move_runs_on,
    pause_journey,
    publish_journey,
    resume_journey,
)
from kesher.journeys.models import Journey
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.why import why, why_message
from kesher.lib import sql
from kesher.messages import sender
from kesher.messages.models import Message

CITY = {"field": "city", "op": "equals", "value": "חיפה"}
NODES: dict[str, Any] = {
    "ask": {"kind": "condition", "rule": CITY, "yes": "rest", "no": "end"},
    "rest": {"kind": "wait", "for": "P1D", "next": "mail"},
    "mail": {"kind": "send_email", "subject": "שלום", "document": mail(), "next": "end"},
    "end": {"kind": "exit"},
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def journey_of(desk: Desk, trigger: dict[str, Any], **rest: Any) -> Journey:
    return desk.publish(NODES, triggers=[trigger], **rest)


def detail(desk: Desk, journey: Journey, contact: Any) -> str:
    answer = why(journey, contact, now=desk.now)
    assert answer.summary.startswith("Never began")
    (one,) = answer.details
    return one


def test_what_has_not_happened(desk: Desk, noa: Any) -> None:
    journey = journey_of(desk, {"kind": "custom"})

    assert detail(desk, journey, noa).endswith("this has not happened to them.")


def test_what_happened_too_early(desk: Desk, noa: Any) -> None:
    desk.custom(noa)
    desk.wait(hours=1)
    journey = journey_of(desk, {"kind": "custom"})

    assert "before the journey was published" in detail(desk, journey, noa)


def test_what_happened_without_the_condition(desk: Desk, noa: Any) -> None:
    journey = journey_of(desk, {"kind": "custom", "rule": {**CITY, "value": "אילת"}})
    desk.wait(minutes=1)
    desk.custom(noa)
    desk.settle()

    assert "but this was not so: " in detail(desk, journey, noa)


def test_what_happened_to_another_list_or_by_a_machine(desk: Desk, noa: Any) -> None:
    journey = journey_of(desk, {"kind": "list.joined", "list": "all"})
    desk.wait(minutes=1)
    desk.happens("list.joined", noa, list_id=987, list="אחרת")
    desk.settle()
    assert "was not what the trigger asks for" in detail(desk, journey, noa)

    opened = journey_of(desk, {"kind": "message.opened"}, name="ב")
    desk.wait(minutes=1)
    desk.happens("message.opened", noa, machine="scanner")
    desk.settle()
    assert "a machine did this" in detail(desk, opened, noa)


def test_what_happened_while_it_was_paused(desk: Desk, noa: Any) -> None:
    journey = journey_of(desk, {"kind": "custom"})
    pause_journey(desk.access, journey, now=desk.now)
    desk.wait(minutes=5)
    desk.custom(noa)
    desk.settle()

    assert "while the journey was paused" in detail(desk, journey, noa)


def test_a_draft_an_archive_and_a_journey_without_a_trigger(desk: Desk, noa: Any) -> None:
    draft = create_journey(desk.access, name="x", graph={"start": "end", "nodes": {"end": {"kind": "exit"}}}, now=desk.now)  # fmt: skip
    assert "has not been published" in why(draft, noa).summary

    publish_journey(desk.access, draft, now=desk.now)
    assert "by hand or from another journey" in why(draft, noa).summary


def test_who_was_in_the_segment_already(desk: Desk, access: Any, noa: Any) -> None:
    from kesher.segments.actions import create_segment

    create_segment(access, name="כולם", rule={"all": []}, now=desk.now)
    journey = journey_of(desk, {"kind": "segment.entered", "segment": "כולם"})

    assert "were in it already" in detail(desk, journey, noa)


def test_an_event_still_in_the_inbox(desk: Desk, noa: Any) -> None:
    journey = journey_of(desk, {"kind": "custom"})
    desk.wait(minutes=1)
    desk.custom(noa)

    assert "just being taken up" in detail(desk, journey, noa)


def test_who_may_not_come_in_again(desk: Desk, noa: Any) -> None:
    for policy, said in (
        ({"policy": "never"}, "once only"),
        ({"policy": "after", "after": "P30D"}, "too early"),
    ):
        journey = journey_of(desk, {"kind": "custom"}, reentry=policy, name=str(policy))
        desk.custom(noa)
        desk.settle()
        assert said in why(journey, noa, now=desk.now).details[0]


@pytest.fixture
def journey(desk: Desk, noa: Any) -> Journey:
    update_contact(desk.access, noa, values={"city": "חיפה"}, now=desk.now)
    found = journey_of(desk, {"kind": "custom"})
    desk.custom(noa)
    desk.settle()
    return found


def asked(desk: Desk, journey: Journey, contact: Any) -> str:
    return why_message(journey, contact, "mail", now=desk.now).summary


def test_a_message_not_reached_yet(desk: Desk, journey: Journey, noa: Any) -> None:
    assert asked(desk, journey, noa).startswith("Has not come to")


def test_a_message_behind_another_way(desk: Desk, journey: Journey, dan: Any) -> None:
    desk.custom(dan)
    desk.settle()

    assert "Went another way before" in asked(desk, journey, dan)
    assert "by “no”" in asked(desk, journey, dan)


def test_a_message_that_waits_that_was_sent_that_was_refused(
    desk: Desk, journey: Journey, noa: Any
) -> None:
    desk.wait(days=1)
    assert asked(desk, journey, noa).endswith("waits to be sent.")

    Message.objects.update(status="refused", reason="consent_withdrawn")
    assert "asked not to get messages" in asked(desk, journey, noa)

    Message.objects.update(status="queued", reason="", due_at=desk.now + timedelta(days=3650))
    assert "when it may be sent" in asked(desk, journey, noa)

    Message.objects.update(due_at=desk.now)
    sender.send_due(desk.now + timedelta(days=3650))
    assert "sent on" in asked(desk, journey, noa)


def test_a_message_skipped_after_a_pause(desk: Desk, journey: Journey, noa: Any) -> None:
    pause_journey(desk.access, journey, now=desk.now)
    desk.wait(days=3)
    assert "until the paused journey goes on" in why(journey, noa).summary
    resume_journey(desk.access, journey, now=desk.now, meanwhile="skip")

    assert "its time had passed" in asked(desk, journey, noa)
    assert any("its time had passed" in line.text for line in why(journey, noa).runs[0].lines)


def test_who_was_moved_on_by_hand(desk: Desk, journey: Journey, noa: Any) -> None:
    (run,) = desk.runs(noa)
    move_runs_on(desk.access, journey, run_ids=[run.pk], port="next", now=desk.now)

    assert any("moved on by hand" in line.text for line in why(journey, noa).runs[0].lines)


def test_who_left_before_the_message(desk: Desk, journey: Journey, noa: Any) -> None:
    sql.execute("UPDATE contact SET deleted_at = now() WHERE id = %s", (noa.pk,))
    desk.wait(days=2)

    assert asked(desk, journey, noa).startswith("Left before")


def test_one_who_was_kept_out_to_compare_with_has_no_way_but_an_answer(
    desk: Desk, noa: Any
) -> None:
    journey = journey_of(desk, {"kind": "custom"}, holdout=90)
    desk.custom(noa)
    desk.settle()
    sql.execute(
        "DELETE FROM journey_step WHERE run_id IN (SELECT id FROM journey_run WHERE journey_id = %s)",
        (journey.pk,),
    )
    sql.execute("UPDATE journey_run SET ended_at = %s, reason = 'holdout'", (desk.now,))

    assert "kept out" in why(journey, noa, now=desk.now).summary
