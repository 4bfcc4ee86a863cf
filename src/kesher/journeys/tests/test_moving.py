"""Another version while people are on the way: they finish, go over, or leave; new steps behind them are done once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from kesher.contacts.actions import update_contact
from kesher.journeys import queries
from kesher.journeys.actions import publish_journey, save_draft
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey
from kesher.journeys.moving import (
    EXIT,
    MOVE,
    RECOMPUTE,
    Choice,
    Plan,
    passed_by,
    standing_against,
)
from kesher.journeys.problems import BadJourney
from kesher.journeys.tests.conftest import Desk, mail
from kesher.journeys.why import why

CUSTOM = [{"kind": "custom"}]
OVER = Plan(others=Choice(MOVE))


def a_mail(next_: str | None, subject: str = "שלום") -> dict[str, Any]:
    return {"kind": "send_email", "subject": subject, "document": mail(), "next": next_}


NODES: dict[str, Any] = {
    "rest": {"kind": "wait", "for": "P10D", "next": "mail"},
    "mail": a_mail("end"),
    "end": {"kind": "exit"},
}


@pytest.fixture
def journey(desk: Desk, noa: Any) -> Journey:
    """Noa has rested four days of ten."""
    found = desk.publish(NODES, triggers=CUSTOM)
    desk.custom(noa)
    desk.wait(days=4)
    return found


def change(
    desk: Desk, journey: Journey, nodes: dict[str, Any], people: Plan | None, **rest: Any
) -> None:
    graph = {**journey.draft, "nodes": nodes, **rest}
    save_draft(desk.access, journey, graph=graph, revision=journey.revision, now=desk.now)
    publish_journey(desk.access, journey, now=desk.now, people=people)
    desk.settle()


def test_it_is_told_who_stands_where_and_what_becomes_of_the_step(
    desk: Desk, journey: Journey, dan: Any
) -> None:
    nodes = {**NODES, "rest": {**NODES["rest"], "for": "P9D"}}
    renamed = {**NODES, "rest": {**NODES["rest"], "name": "המתנה ארוכה", "next": "end"}}
    gone = {"mail": NODES["mail"], "end": NODES["end"]}

    def told(changed: dict[str, Any]) -> list[tuple[str, int, str, tuple[int, ...]]]:
        graph = parse({**journey.draft, "start": "mail", "nodes": changed})
        found = standing_against(journey, graph)
        return [(one.node.key, one.count, one.state, one.versions) for one in found]

    assert told(nodes) == [("rest", 1, "changed", (1,))]
    assert told(renamed) == [("rest", 1, "same", (1,))]
    assert told(gone) == [("rest", 1, "removed", (1,))]


def test_a_changed_wait_is_kept_or_worked_out_from_when_they_came(
    desk: Desk, journey: Journey, noa: Any
) -> None:
    (run,) = desk.runs(noa)
    before = run.until
    shorter = {**NODES, "rest": {**NODES["rest"], "for": "P5D"}}

    change(desk, journey, shorter, OVER)
    (run,) = desk.runs(noa)
    assert (run.until, run.version_id) == (before, journey.live_version_id)

    longer = {**NODES, "rest": {**NODES["rest"], "for": "P6D"}}
    change(desk, journey, longer, Plan({"rest": Choice(MOVE, waits=RECOMPUTE)}))
    (run,) = desk.runs(noa)
    assert run.until == run.arrived_at + timedelta(days=6)

    over = {**NODES, "rest": {**NODES["rest"], "for": "P3D"}}
    change(desk, journey, over, Plan({"rest": Choice(MOVE, waits=RECOMPUTE)}))
    assert desk.runs(noa)[0].reason == "done"
    assert len(desk.messages(noa)) == 1


def test_who_goes_over_gets_what_the_new_version_has_after_the_step(
    desk: Desk, journey: Journey, noa: Any, dan: Any
) -> None:
    nodes = {**NODES, "mail": a_mail("second"), "second": a_mail("end", "עוד מכתב")}

    change(desk, journey, nodes, OVER)
    desk.wait(days=7)

    assert len(desk.messages(noa)) == 2
    numbers = queries.numbers_of(journey).nodes["rest"]
    assert (numbers.entered, numbers.left, numbers.waiting) == (1, 1, 0)


def test_those_at_a_removed_step_move_to_another_or_leave(
    desk: Desk, journey: Journey, noa: Any, dan: Any
) -> None:
    desk.custom(dan)
    desk.settle()
    nodes = {"look": {"kind": "wait", "for": "P1D", "next": "end"}, "end": {"kind": "exit"}}

    with pytest.raises(BadJourney) as bad:
        change(desk, journey, nodes, OVER and Plan({"rest": Choice(MOVE)}), start="look")
    assert bad.value.problems[0].path == "people.steps.rest.to"

    journey.refresh_from_db()
    publish_journey(desk.access, journey, now=desk.now, people=Plan({"rest": Choice(MOVE, "look")}))
    desk.settle()
    (run,) = desk.runs(noa)
    assert (run.node, desk.path(run)) == ("look", ["rest", "look"])
    assert run.until == desk.now + timedelta(days=1)
    with translation.override("en"):
        assert any("moved on to" in line.text for line in why(journey, noa).runs[0].lines)

    change(desk, journey, {"end": {"kind": "exit"}}, Plan({"look": Choice(EXIT)}), start="end")
    assert {run.reason for run in desk.runs()} == {"published"}
    assert queries.numbers_of(journey).active == 0


def test_a_new_step_behind_somebody_is_done_once_by_choice(
    desk: Desk, journey: Journey, noa: Any, dan: Any
) -> None:
    nodes = {
        "hello": a_mail("tag", "ברוכים הבאים"),
        "tag": {"kind": "add_to_lists", "add_to_lists": [], "next": "rest"},
        **NODES,
    }
    nodes.pop("tag")
    nodes["hello"]["next"] = "rest"
    graph = parse({**journey.draft, "start": "hello", "nodes": nodes})
    assert [(one.key, one.count) for one in passed_by(journey, graph, standing_against(journey, graph))] == [("hello", 1)]  # fmt: skip

    change(desk, journey, nodes, Plan(others=Choice(MOVE), deliver_once=("hello",)), start="hello")

    assert len(desk.messages(noa)) == 1
    (run,) = desk.runs(noa)
    assert (run.node, desk.path(run)) == ("rest", ["hello>next", "rest"])
    assert run.until == run.arrived_at + timedelta(days=10)
    desk.wait(days=7)
    assert [message.version_id for message in desk.messages(noa)] == [
        ready_message(journey, "hello"), ready_message(journey, "mail"),
    ]  # fmt: skip
    assert desk.path(desk.runs(noa)[0]) == ["hello>next", "rest>next", "mail>next", "end"]


def ready_message(journey: Journey, node: str) -> int:
    assert journey.live_version is not None
    return int(journey.live_version.messages[node]["version"])


def test_who_finishes_gets_no_new_step(desk: Desk, journey: Journey, noa: Any) -> None:
    nodes = {"hello": a_mail("rest"), **NODES}

    change(desk, journey, nodes, Plan(deliver_once=("hello",)), start="hello")

    assert desk.messages(noa) == []
    assert desk.runs(noa)[0].version_id != journey.live_version_id


def test_a_new_exit_rule_is_asked_of_those_who_go_over(
    desk: Desk, journey: Journey, access: Any, noa: Any
) -> None:
    update_contact(access, noa, values={"city": "חיפה"}, now=desk.now)

    rule = {"field": "city", "op": "equals", "value": "חיפה"}
    change(desk, journey, NODES, OVER, exit_if=rule)

    assert desk.runs(noa)[0].reason == "exit_rule"


def test_a_wait_for_something_goes_on_listening_in_the_new_version(
    desk: Desk, access: Any, noa: Any
) -> None:
    def nodes(city: str) -> dict[str, Any]:
        rule = {"field": "city", "op": "equals", "value": city}
        return {
            "until": {"kind": "wait_until", "rule": rule, "timeout": "P30D", "yes": "end", "timed_out": "late"},
            "end": {"kind": "exit"}, "late": {"kind": "exit"},
        }  # fmt: skip

    journey = desk.publish(nodes("אילת"), triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()
    update_contact(access, noa, values={"city": "חיפה"}, now=desk.now)
    desk.settle()

    change(desk, journey, nodes("חיפה"), Plan({"until": Choice(MOVE)}))
    assert desk.runs(noa)[0].node == "until"  # kept: only what happens from now on
    update_contact(access, noa, values={"last_name": "לוי"}, now=desk.now)
    desk.settle()
    assert desk.path(desk.runs(noa)[0]) == ["until>yes", "end"]

    desk.custom(noa)
    desk.settle()


def test_publishing_leaves_a_paused_journey_paused(desk: Desk, journey: Journey, noa: Any) -> None:
    from kesher.journeys.actions import pause_journey, resume_journey

    pause_journey(desk.access, journey, now=desk.now)
    desk.wait(days=8)
    change(desk, journey, NODES, OVER)

    assert journey.status == "paused"
    assert desk.messages(noa) == []
    resume_journey(desk.access, journey, now=desk.now)
    desk.settle()
    assert len(desk.messages(noa)) == 1
