"""The judge of a database that is struck down: gathers a crowd in it, kills engines, asks on stdout for each strike
("strike", answered by a line on stdin), and ends with 0 if in the end everything was done once."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")

STRIKE = "strike"


def ask_for_a_strike() -> None:
    print(STRIKE, flush=True)
    assert sys.stdin.readline(), "nobody strikes any more"


def main(runs: int, kills: int, restarts: int, seconds: int) -> None:
    import django

    django.setup()
    from tests.crash import crowd

    workspace, journey = crowd.gather(runs)
    engines = crowd.Engines(Path(os.environ["KESHER_HOME"]), seconds)
    began = time.monotonic()

    done = crowd.torment(
        workspace.pk, runs, engines, kills=kills, blows=restarts, blow=ask_for_a_strike
    )

    assert done == {"kill": kills, "blow": restarts}, done
    facts, wanted = crowd.facts(workspace.pk), crowd.facts_wanted(runs)
    assert facts == wanted, facts
    crowd.check_counters(journey, runs)
    print(f"{runs} runs, {dict(done)}, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
