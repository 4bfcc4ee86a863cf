"""Two engines killed with -9 again and again, and cut off from the database, while everybody goes through ten nodes:
each step, each point, each message is there exactly once, the counters equal the history, nobody is stuck."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kesher.lib import sql
from tests.crash import crowd

RUNS = int(os.environ.get("KESHER_CRASH_RUNS", "800"))
KILLS = int(os.environ.get("KESHER_CRASH_KILLS", "4"))
CUTS = int(os.environ.get("KESHER_CRASH_CUTS", "2"))
LONGEST_SECONDS = int(os.environ.get("KESHER_CRASH_SECONDS", "240"))


def cut_off() -> None:
    """End every other connection to this database."""
    sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    crowd.let_go()  # what the pool held was cut too


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_engines_killed_again_and_again_do_everything_once(tmp_path: Path) -> None:
    workspace, journey = crowd.gather(RUNS)
    engines = crowd.Engines(tmp_path, LONGEST_SECONDS)

    done = crowd.torment(workspace.pk, RUNS, engines, kills=KILLS, blows=CUTS, blow=cut_off)

    assert done == {"kill": KILLS, "blow": CUTS}
    assert crowd.facts(workspace.pk) == crowd.facts_wanted(RUNS)
    crowd.check_counters(journey, RUNS)
