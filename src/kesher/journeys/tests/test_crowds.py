"""Many people at a step: taken out and brought back, moved on, as a job when they are many."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts.models import Work
from kesher.accounts.undo import apply_undo
from kesher.accounts.work import cancel_work
from kesher.contacts.actions import update_contact
from kesher.journeys import queries
from kesher.journeys.crowds import acting, working
from kesher.journeys.crowds.acting import act_on_everybody, take_out_some
from kesher.journeys.crowds.working import carry_out
from kesher.journeys.models import Journey
from kesher.journeys.tests.conftest import Desk

NODES: dict[str, Any] = {
    "until": {
        "kind": "wait_until", "rule": {"field": "city", "op": "equals", "value": "אילת"}, "timeout": "P9D",
        "yes": "rest", "timed_out": "rest",
    },
    "rest": {"kind": "wait", "for": "P1D", "next": "end"},
    "end": {"kind": "exit"},
}  # fmt: skip


@pytest.fixture
def journey(desk: Desk, noa: Any, dan: Any, yael: Any) -> Journey:
    found = desk.publish(NODES, triggers=[{"kind": "custom"}])
    for person in (noa, dan, yael):
        desk.custom(person)
    desk.settle()
    return found


def test_who_was_taken_out_is_brought_back_as_they_were(
    desk: Desk, journey: Journey, noa: Any
) -> None:
    (run,) = desk.runs(noa)
    before = (run.node, run.state, run.due_at, run.until, run.listening)
    numbers = queries.numbers_of(journey)
    desk.wait(hours=1)

    done = take_out_some(desk.access, journey, run_ids=[run.pk], now=desk.now)
    assert desk.runs(noa)[0].reason == "taken_out"
    assert done.undo is not None
    apply_undo(desk.access, done.undo.pk)

    run.refresh_from_db()
    assert (run.node, run.state, run.due_at, run.until, run.listening) == before
    assert (run.reason, desk.path(run)) == ("", ["until"])
    assert queries.numbers_of(journey) == numbers
    update_contact(desk.access, noa, values={"city": "אילת"}, now=desk.now)
    desk.settle()
    assert desk.runs(noa)[0].node == "rest"


def test_who_came_in_again_meanwhile_is_not_in_it_twice(
    desk: Desk, journey: Journey, noa: Any
) -> None:
    (run,) = desk.runs(noa)
    done = take_out_some(desk.access, journey, run_ids=[run.pk], now=desk.now)
    desk.custom(noa)
    desk.settle()

    assert done.undo is not None
    apply_undo(desk.access, done.undo.pk)

    assert [one.ended_at is None for one in desk.runs(noa)] == [False, True]


@pytest.mark.parametrize("at_once", [1000, 1])
@pytest.mark.parametrize(("do", "port"), [("out", ""), ("on", "yes")])
def test_all_at_a_step_at_once_or_by_a_job(
    desk: Desk, journey: Journey, do: str, port: str, at_once: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", at_once)
    monkeypatch.setattr(working, "BATCH", 2)

    done = act_on_everybody(desk.access, journey, do=do, node="until", port=port, now=desk.now)
    assert (done.count, done.work is None) == (3, at_once == 1000)
    for work in Work.objects.all():
        carry_out(work)
        work.refresh_from_db()
        assert (work.state, work.done) == ("done", 3)
    desk.settle()

    assert {run.node if do == "on" else run.reason for run in desk.runs()} == {
        "rest" if do == "on" else "taken_out"
    }
    if done.undo:
        apply_undo(desk.access, done.undo.pk)
        assert {run.node for run in desk.runs() if run.ended_at is None} == {"until"}


def test_a_job_that_is_cancelled_stops_where_it_is(
    desk: Desk, journey: Journey, monkeypatch: Any
) -> None:
    monkeypatch.setattr(acting, "AT_ONCE", 1)
    done = act_on_everybody(desk.access, journey, do="out", node="", now=desk.now)
    assert done.work is not None
    Work.objects.filter(pk=done.work.pk).update(state="running")
    cancel_work(desk.access, done.work.pk)

    carry_out(Work.objects.get())

    assert Work.objects.get().state == "cancelled"
    assert all(run.ended_at is None for run in desk.runs())
