"""Helpers with work that only leaves a mark. In a process of their own, because pytest's has threads and connections."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, signal, sys, time
import django
django.setup()
from pathlib import Path
from kesher.messages import sender
from kesher.worker.helpers import Helpers

folder = Path(sys.argv[1])

def work(number, of, stopping):
    (folder / f"began-{number}-of-{of}-{os.getpid()}").touch()
    while not stopping() and not (folder / "enough").exists():
        time.sleep(0.01)
    (folder / f"ended-{number}").touch()

def until(claim):
    ends = time.monotonic() + 10
    while not claim():
        assert time.monotonic() < ends, (list(folder.iterdir()), helpers.running, sender._share)
        time.sleep(0.02)

helpers = Helpers(2, work)
helpers.prepare()
helpers.look(wanted=False)
assert (helpers.running, sender._share) == (0, (0, 1))
"""

CASES = {
    "they rest again when their work is over": """
helpers.look(wanted=True)
until(lambda: len(list(folder.glob("began-*-of-3-*"))) == 2)
assert (helpers.running, sender._share) == (2, (0, 3))
(folder / "enough").touch()
until(lambda: helpers.running == 0)
helpers.look(wanted=False)
assert sender._share == (0, 1)
""",
    "one that is killed is replaced": """
helpers.look(wanted=True)
until(lambda: len(list(folder.glob("began-*"))) == 2)
os.kill(int(next(folder.glob("began-1-*")).name.rpartition("-")[2]), signal.SIGKILL)
until(lambda: helpers.running == 1)
helpers.look(wanted=True)
until(lambda: len(list(folder.glob("began-1-*"))) == 2)
""",
    "they finish when the worker ends": """
helpers.look(wanted=True)
until(lambda: len(list(folder.glob("began-*"))) == 2)
helpers.end(time.monotonic() + 5)
assert len(list(folder.glob("ended-*"))) == 2
""",
    "they finish when the worker is killed": """
helpers.look(wanted=True)
until(lambda: len(list(folder.glob("began-*"))) == 2)
if os.fork() == 0:
    os.close(helpers._pipe)
    until(lambda: len(list(folder.glob("ended-*"))) == 2)
    (folder / "seen").touch()
    os._exit(0)
os.kill(os.getpid(), signal.SIGKILL)
""",
    "without a nursery the worker goes on alone": """
os.kill(helpers._nursery, signal.SIGKILL)
until(lambda: helpers.look(wanted=True) or helpers._nursery == 0)
assert (helpers.running, sender._share) == (0, (0, 1))
""",
}


@pytest.mark.parametrize("case", CASES)
def test_helpers_come_and_go(tmp_path: Path, case: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + CASES[case], str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    if case == "they finish when the worker is killed":
        assert done.returncode == -9, done.stderr
        assert (tmp_path / "seen").exists()
    else:
        assert done.returncode == 0, done.stderr
