"""Several things at one moment, in one batch: runs that end each other, journeys edited while somebody waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kesher.journeys import queries
from kesher.journeys.actions import (
    archive_journey,
    pause_journey,
    publish_journey,
    resume_journey,
    save_draft,
)
from kesher.journeys.crowds.acting import take_out_some
from kesher.journeys.matching import match
from kesher.journeys.models import Journey, JourneyClock, JourneyRun, JourneyStep
from kesher.journeys.tests.conftest import Desk, Graph, mail

CUSTOM = [{"kind": "custom"}]
ADD = [{"field": "score", "do": "add", "value": 1}]


def walking_on(desk: Desk, **rest: Any) -> Journey:
    """A journey that at one hour moves through two nodes to its second wait."""
    return desk.publish(
        {
            "first": {"kind": "wait", "for": "PT1H", "next": "mail"},
            "mail": {"kind": "send_email", "subject": "x", "document": mail(), "next": "up"},
            "up": {"kind": "update_contact", "changes": ADD, "next": "second"},
            "second": {"kind": "wait", "for": "PT1H"},
        },
        triggers=CUSTOM,
        **rest,
    )


def numbers_agree(desk: Desk, journey: Journey) -> None:
    """The counters tell what the runs and their steps tell."""
    numbers = queries.numbers_of(journey)
    runs = desk.runs(journey=journey)
    assert numbers.active == sum(run.ended_at is None for run in runs)
    assert sum(numbers.ended.values()) == sum(run.ended_at is not None for run in runs)
    for key, node in numbers.nodes.items():
        standing = sum(run.node == key and run.ended_at is None for run in runs)
        assert node.entered - node.left == node.waiting == standing, key


def test_who_stops_a_run_that_moved_in_the_same_batch_ends_it_where_it_came_to(
    desk: Desk, noa: Any
) -> None:
    desk.field("score")
    other = walking_on(desk, name="other")
    stopping = desk.publish(
        {"wait": {"kind": "wait", "for": "PT1H", "next": "stop"}, "stop": {"kind": "stop_journey", "journey": other.key}},
        triggers=CUSTOM, name="stopping",
    )  # fmt: skip
    desk.custom(noa)

    desk.wait(hours=1)

    (run,) = desk.runs(noa, other)
    assert run.reason == "stopped"
    assert desk.path(run) == ["first>next", "mail>next", "up>next", "second"]
    assert [one.reason for one in desk.runs(noa, stopping)] == ["done"]
    assert len(desk.messages(noa)) == 1
    numbers_agree(desk, other)


def test_who_starts_anew_a_run_that_moved_in_the_same_batch_ends_it_where_it_came_to(
    desk: Desk, noa: Any
) -> None:
    desk.field("score")
    other = walking_on(desk, name="other", reentry={"policy": "restart"})
    desk.publish(
        {"wait": {"kind": "wait", "for": "PT1H", "next": "go"}, "go": {"kind": "start_journey", "journey": other.key}},
        triggers=CUSTOM, name="starting",
    )  # fmt: skip
    desk.custom(noa)

    desk.wait(hours=1)

    before, after = desk.runs(noa, other)
    assert before.reason == "restarted"
    assert desk.path(before) == ["first>next", "mail>next", "up>next", "second"]
    assert desk.path(after) == ["first"]
    numbers_agree(desk, other)


def test_a_journey_that_starts_itself_anew_ends_where_it_did(desk: Desk, noa: Any) -> None:
    itself = desk.publish(
        {
            "wait": {"kind": "wait", "for": "PT1H", "next": "again"},
            "again": {"kind": "start_journey", "journey": "loop", "next": "end"},
            "end": {"kind": "exit"},
        },
        triggers=CUSTOM, name="loop", reentry={"policy": "restart"},
    )  # fmt: skip
    desk.custom(noa)

    desk.wait(hours=2)

    assert [run.reason for run in desk.runs(noa)] == ["restarted", "restarted", ""]
    assert desk.path(desk.runs(noa)[0]) == ["wait>next", "again"]
    numbers_agree(desk, itself)


def by_date(desk: Desk, **rest: Any) -> Journey:
    desk.field("born", "date")
    triggers = [{"kind": "date", "field": "born", "every": "year", "at": "09:00"}]
    return desk.publish({"wait": {"kind": "wait", "for": "P1D"}}, triggers=triggers, **rest)


def born(noa: Any, day: str) -> None:
    noa.fields["born"] = day
    noa.save(update_fields=["fields"])


def test_a_date_comes_round_after_a_pause_in_which_another_did(
    desk: Desk, access: Any, noa: Any
) -> None:
    journey = by_date(desk)
    born(noa, "1990-11-20")
    pause_journey(access, journey, now=desk.now)
    desk.wait(days=2)

    resume_journey(access, journey, now=desk.now)
    desk.wait(days=2)

    assert len(desk.runs(noa)) == 1


def republished(desk: Desk, journey: Journey, change: Graph) -> None:
    journey.refresh_from_db()
    save_draft(
        desk.access, journey, graph={**journey.draft, **change}, revision=journey.revision, now=desk.now,
    )  # fmt: skip
    publish_journey(desk.access, journey, now=desk.now)


def test_publishing_at_the_hour_of_a_date_leaves_nobody_out(desk: Desk, noa: Any) -> None:
    """The clock is due, and no worker has come to it, or it is halfway through the contacts."""
    journey = by_date(desk)
    born(noa, "1990-11-18")
    desk.settle()
    desk.now = JourneyClock.objects.get().next_at + timedelta(seconds=30)

    republished(desk, journey, {"holdout": 0})
    desk.settle()

    assert len(desk.runs(noa)) == 1


def test_a_new_policy_of_coming_back_holds_for_those_who_came_by_the_old_one(
    desk: Desk, noa: Any, dan: Any
) -> None:
    wait = {"wait": {"kind": "wait", "for": "PT1H"}}
    journey = desk.publish(wait, triggers=CUSTOM, reentry={"policy": "restart"})
    desk.custom(noa)
    desk.wait(hours=2)

    republished(desk, journey, {"reentry": {"policy": "one_at_a_time"}})
    desk.custom(noa)
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["done", ""]
    republished(desk, journey, {"reentry": {"policy": "always"}})
    desk.custom(dan)
    desk.settle()
    republished(desk, journey, {"reentry": {"policy": "one_at_a_time"}})
    desk.custom(dan)
    desk.custom(noa)
    desk.settle()
    assert (len(desk.runs(dan)), len(desk.runs(noa))) == (1, 2)


def test_consents_that_set_each_other_off_are_cut_and_say_so(desk: Desk, noa: Any) -> None:
    for kind, state in (("consent.granted", "withdrawn"), ("consent.withdrawn", "granted")):
        desk.publish(
            {"turn": {"kind": "consent", "channel": "sms", "state": state}},
            triggers=[{"kind": kind}], name=kind, reentry={"policy": "always"},
        )  # fmt: skip

    desk.happens("consent.granted", noa, channel="sms")
    desk.settle()

    assert [run.reason for run in desk.runs(noa)][-1] == "loop"


def test_who_came_in_while_the_journey_was_put_away_is_not_kept_in_it(
    desk: Desk, access: Any, noa: Any
) -> None:
    """A worker read that it is live a moment before."""
    journey = desk.publish({"wait": {"kind": "wait", "for": "PT1H"}}, triggers=CUSTOM)
    desk.custom(noa)
    match(desk.workspace, now=desk.now)  # begun, and not counted by what follows
    (run,) = desk.runs(noa)
    archive_journey(access, journey, now=desk.now)
    type(run).objects.filter(pk=run.pk).update(
        state="ready", ended_at=None, reason="", due_at=desk.now, node="wait", visit=2
    )

    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["archived"]


def test_of_many_events_the_one_that_was_waited_for_is_heard(desk: Desk, noa: Any) -> None:
    paid = {"field": "event.name", "op": "equals", "value": "paid"}
    desk.publish(
        {"wait": {"kind": "wait_until", "event": "custom", "rule": paid, "timeout": "P3D", "yes": "in"}, "in": {"kind": "exit"}},
        triggers=[{"kind": "custom", "rule": {"field": "event.name", "op": "equals", "value": "go"}}],
    )  # fmt: skip
    desk.custom(noa, "go")
    desk.settle()
    for _time in range(120):
        desk.custom(noa, "looked")
    desk.settle()

    desk.custom(noa, "paid")
    desk.settle()

    assert desk.path(desk.runs(noa)[0]) == ["wait>yes", "in"]


def test_who_waits_for_a_change_does_not_hear_the_journeys_own_one_before(
    desk: Desk, noa: Any
) -> None:
    desk.field("score")
    desk.publish(
        {
            "up": {"kind": "update_contact", "changes": ADD, "next": "wait"},
            "wait": {"kind": "wait_until", "event": "contact.updated", "timeout": "P3D", "yes": "in"},
            "in": {"kind": "exit"},
        },
        triggers=CUSTOM,
    )  # fmt: skip
    desk.custom(noa)

    desk.settle()

    assert desk.path(desk.runs(noa)[0]) == ["up>next", "wait"]


def test_a_clock_that_was_ahead_makes_nobody_else_early(desk: Desk, noa: Any, dan: Any) -> None:
    never = {"field": "event.name", "op": "equals", "value": "never"}
    desk.publish(
        {"wait": {"kind": "wait_until", "event": "custom", "rule": never, "timeout": "PT1H"}},
        triggers=CUSTOM,
    )
    desk.custom(noa)
    desk.custom(dan)
    desk.settle()
    later = timedelta(hours=2)
    JourneyRun.objects.filter(contact_id=dan.pk).update(
        arrived_at=desk.now + later, until=desk.now + later + timedelta(hours=1)
    )

    desk.custom(noa, "something")
    desk.custom(dan, "something")
    desk.settle()

    assert [run.reason for run in (*desk.runs(noa), *desk.runs(dan))] == ["", ""]
    desk.wait(hours=1)
    assert [run.reason for run in (*desk.runs(noa), *desk.runs(dan))] == ["done", ""]


def test_whom_a_clock_ahead_let_in_does_not_leave_before_they_came(desk: Desk, noa: Any) -> None:
    journey = desk.publish({"wait": {"kind": "wait", "for": "P1D"}}, triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()
    ahead = desk.now + timedelta(minutes=5)
    JourneyRun.objects.filter(contact_id=noa.pk).update(arrived_at=ahead)

    take_out_some(desk.access, journey, run_ids=[desk.runs(noa)[0].pk], now=desk.now)

    (run,) = desk.runs(noa)
    assert run.ended_at == ahead
    assert JourneyStep.objects.get(run_id=run.pk, node="wait").at == ahead
