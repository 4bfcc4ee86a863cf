"""Housekeeping, and a jobs loop that outlives its database connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from kesher.lib import sql
from kesher.worker import jobs
from kesher.worker.jobs_loop import JobsLoop

RAN: list[int] = []


@app.task(name="worker.tests.ran")
def ran(number: int) -> None:
    RAN.append(number)


@pytest.mark.django_db
def test_there_is_room_for_the_events_of_the_coming_months(now: datetime) -> None:
    jobs.make_partitions(now + timedelta(days=400))

    assert sql.value("SELECT to_regclass('event_2027_12')") is not None
    assert jobs.make_partitions(now + timedelta(days=400)) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_jobs_run_again_after_every_database_connection_was_cut() -> None:
    RAN.clear()
    stopping = threading.Event()
    loop = JobsLoop(stopping)
    thread = loop.start()
    try:
        ran.defer(number=1)
        assert comes_true(lambda: RAN == [1], 15)

        sql.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        ran.defer(number=2)

        assert comes_true(lambda: 2 in RAN, 40)
    finally:
        stopping.set()
        thread.join(timeout=15)
        connection.close()
        connection.close_pool()  # what the pool held was cut too
    assert not thread.is_alive()


def comes_true(claim: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return False
