"""PostgreSQL itself goes down, at once and without saving, and engines are killed beside it: nobody is lost, nothing is
done twice. By KESHER_CRASH_RUNS=100000 KESHER_CRASH_KILLS=50 KESHER_CRASH_RESTARTS=10 KESHER_CRASH_SECONDS=3600 as the
promise has it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.crash import crowd
from tests.crash.server import server

RUNS = int(os.environ.get("KESHER_CRASH_RUNS", "400"))
KILLS = int(os.environ.get("KESHER_CRASH_KILLS", "2"))
RESTARTS = int(os.environ.get("KESHER_CRASH_RESTARTS", "2"))
LONGEST_SECONDS = int(os.environ.get("KESHER_CRASH_SECONDS", "240"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 300)
def test_a_database_struck_down_again_and_again_has_everything_once(tmp_path: Path) -> None:
    with server() as own:
        own.take_tables_of(crowd.address())
        with crowd.connected_to(own.place):
            workspace, journey = crowd.gather(RUNS)
            engines = crowd.Engines(tmp_path, LONGEST_SECONDS)
            began = time.monotonic()

            done = crowd.torment(
                workspace.pk, RUNS, engines, kills=KILLS, blows=RESTARTS, blow=own.strike
            )

            print(f"{RUNS} runs, {dict(done)}, {time.monotonic() - began:.0f} s")
            assert done == {"kill": KILLS, "blow": RESTARTS}
            assert own.strikes == RESTARTS
            assert crowd.facts(workspace.pk) == crowd.facts_wanted(RUNS)
            crowd.check_counters(journey, RUNS)
