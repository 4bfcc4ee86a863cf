"""A loop survives its step, rests when there is nothing, and tells that it lives."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from kesher.lib import clock, sql
from kesher.worker.heartbeat import last_signs, sweep
from kesher.worker.loops import LONGEST_PAUSE_SECONDS, SHORTEST_PAUSE_SECONDS, Loop

pytestmark = pytest.mark.django_db(transaction=True)  # loops close their connection


def loop(step: Any, **more: Any) -> Loop:
    return Loop("test", step, threading.Event(), **more)


def test_a_failing_step_is_tried_again_later_and_later() -> None:
    def step(_now: datetime) -> int:
        raise RuntimeError("no mail server")

    failing = loop(step)

    assert [failing.round() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert failing.pulse.failures == 7


def test_a_database_that_does_not_answer_is_asked_again_soon() -> None:
    def step(_now: datetime) -> int:
        raise OperationalError("the server closed the connection")

    failing = loop(step)

    assert [failing.round() for _ in range(4)] == [1, 2, 2, 2]


def test_an_error_is_told_with_the_next_sign_of_life() -> None:
    answers = iter([RuntimeError("no mail server"), 0])

    def step(_now: datetime) -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    failing = loop(step)
    failing.round()
    failing.round()

    assert last_signs(clock.now())["test"][1] == "RuntimeError: no mail server"


def test_an_idle_loop_rests_longer_each_time_but_never_a_second() -> None:
    idle = loop(lambda _now: 0)

    pauses = [idle.round() for _ in range(20)]

    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS < 1


def test_an_idle_loop_is_there_when_the_next_thing_falls_due() -> None:
    due = clock.now() + timedelta(seconds=0.2)
    waiting = loop(lambda _now: 0, coming=lambda _now: due, pause=LONGEST_PAUSE_SECONDS)
    late = loop(lambda _now: 0, coming=lambda now: now - timedelta(hours=1))
    unknown = loop(lambda _now: 0, coming=lambda _now: None, pause=LONGEST_PAUSE_SECONDS)

    assert 0 < waiting.round() <= 0.2
    assert late.round() == SHORTEST_PAUSE_SECONDS
    assert unknown.round() == LONGEST_PAUSE_SECONDS


def test_a_busy_loop_does_not_rest_and_wakes_the_next() -> None:
    sender = loop(lambda _now: 0)
    engine = loop(lambda _now: 5, wakes=sender)

    assert engine.round() == 0
    assert sender.woken.is_set()


def test_a_stopped_loop_finishes_the_step_it_has_begun() -> None:
    done = []
    begun = threading.Event()

    def step(_now: datetime) -> int:
        begun.set()
        time.sleep(0.3)
        done.append(1)
        return 1

    stopping = threading.Event()
    thread = Loop("test", step, stopping).start()
    begun.wait(5)
    stopping.set()
    thread.join(timeout=5)

    assert done == [1]
    assert not thread.is_alive()


def test_signs_of_dead_workers_are_swept_after_a_day() -> None:
    now = clock.now()
    loop(lambda _now: 0).round()

    assert sweep(now + timedelta(hours=23)) == 0
    assert sweep(now + timedelta(hours=25)) == 1
    assert sql.value("SELECT count(*) FROM worker_heartbeat") == 0
