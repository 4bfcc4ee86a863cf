"""PostgreSQL itself goes down, at once and without saving, and engines are killed beside it: nobody is lost, nothing is
done twice. By KESHER_CRASH_RUNS=100000 KESHER_CRASH_KILLS=50 KESHER_CRASH_RESTARTS=10 KESHER_CRASH_SECONDS=3600 as the
promise has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash import crowd
from tests.crash.family import environment_for
from tests.crash.server import server

RUNS = int(os.environ.get("KESHER_CRASH_RUNS", "400"))
KILLS = int(os.environ.get("KESHER_CRASH_KILLS", "2"))
RESTARTS = int(os.environ.get("KESHER_CRASH_RESTARTS", "2"))
LONGEST_SECONDS = int(os.environ.get("KESHER_CRASH_SECONDS", "240"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 300)
def test_a_database_struck_down_again_and_again_has_everything_once(tmp_path: Path) -> None:
    tables = crowd.address()
    with (
        server() as own
    ):  # the judge is a process of its own: this one knows rows of another database
        own.take_tables_of(tables)
        judge = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.struck", str(RUNS), str(KILLS), str(RESTARTS), str(LONGEST_SECONDS)],
            env=environment_for(own.database.url, tmp_path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        try:
            said = own.strike_when_asked(judge)
        finally:
            judge.kill()
            judge.wait()

    print(said[-1] if said else "it said nothing")
    assert judge.returncode == 0, said
    assert own.strikes == RESTARTS
