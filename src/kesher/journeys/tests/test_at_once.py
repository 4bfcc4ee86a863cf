"""Several things at one moment, in one batch: runs that end each other, journeys edited while somebody waits."""

from __future__ import annotations

from typing import Any

from kesher.journeys import engine, queries
from kesher.journeys.actions import (
    archive_journey,
)
from kesher.journeys.models import Journey
from kesher.journeys.tests.conftest import Desk, mail

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


def test_who_came_in_while_the_journey_was_put_away_is_not_kept_in_it(
    desk: Desk, access: Any, noa: Any
) -> None:
    """A worker read that it is live a moment before."""
    journey = desk.publish({"wait": {"kind": "wait", "for": "PT1H"}}, triggers=CUSTOM)
    desk.custom(noa)
    engine.match(desk.workspace, now=desk.now)  # begun, and not counted by what follows
    (run,) = desk.runs(noa)
    archive_journey(access, journey, now=desk.now)
    type(run).objects.filter(pk=run.pk).update(
        state="ready", ended_at=None, reason="", due_at=desk.now, node="wait", visit=2
    )

    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["archived"]
