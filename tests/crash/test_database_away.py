"""PostgreSQL is away for a while: requests and loops are at work again soon after it takes connections again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crash import crowd
from tests.crash.family import environment_for
from tests.crash.server import Server, server

AWAY_SECONDS = 7.0
# It takes half a second, two at most for the loop; machines of continuous integration are slow.
SOON_SECONDS = 10.0
LONGEST_SECONDS = 60.0
Told = list[tuple[str, str, float]]


class Asking:
    """The process that asks, and what it has told."""

    def __init__(self, database: str, home: Path) -> None:
        self.file = home / "told"
        with self.file.open("wb") as told, (home / "errors").open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.asking"],
                env=environment_for(database, home), stdin=subprocess.PIPE, stdout=told, stderr=errors,
            )  # fmt: skip

    def told(self) -> Told:
        lines = (
            line.split()
            for line in self.file.read_text().splitlines(keepends=True)
            if line.endswith("\n")
        )
        return [(who, how, float(at)) for who, how, at in lines]

    def first_ok(self, who: str, after: float) -> float:
        """When it was answered for the first time after this moment."""
        ends = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < ends:
            for name, how, at in self.told():
                if (name, how) == (who, "ok") and at > after:
                    return at
            time.sleep(0.05)
        raise AssertionError(f"{who} was not answered any more")


def away(own: Server, seconds: float) -> tuple[float, float]:
    """Down at once, and up again after a while: when it went, and when it took connections again."""
    pid = own.database.pid()
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    assert own.database.child is not None
    own.database.child.wait(60)
    went = time.monotonic()
    time.sleep(seconds)
    assert own.database.start()
    return went, time.monotonic()


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_after_it_was_away_everybody_is_soon_at_work_again(tmp_path: Path) -> None:
    with server() as own:
        own.take_tables_of(crowd.address())
        asking = Asking(own.database.url, tmp_path)
        try:
            for who in ("request", "loop"):
                asking.first_ok(who, 0.0)

            for seconds in (0.5, AWAY_SECONDS):
                went, back = away(own, seconds)
                late = {who: asking.first_ok(who, back) - back for who in ("request", "loop")}

                print(f"away for {back - went:.1f} s: {late}")
                assert max(late.values()) < SOON_SECONDS
                assert not failed_after(asking, asking.first_ok("request", back) + 2.0)
        finally:
            asking.process.kill()
            asking.process.wait()


def failed_after(asking: Asking, moment: float) -> Told:
    """Once they are at work nobody gets a connection that was cut before."""
    time.sleep(max(0.0, moment + 1.0 - time.monotonic()))
    return [one for one in asking.told() if one[1] == "failed" and one[2] > moment]
