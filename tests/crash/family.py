"""A real `kesher worker` and the processes that send beside it, for tests that kill one or the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def start_family(environment: dict[str, str], *, senders: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kesher.project.command", "worker"],
        env={**environment, "KESHER_SENDER_PROCESSES": str(senders)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def parents() -> dict[int, int]:
    """The parent of each living process of this machine."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it ended meanwhile
            continue
        if state != "Z":
            found[int(folder.name)] = int(parent)
    return found


def children_of(pid: int) -> list[int]:
    return sorted(child for child, parent in parents().items() if parent == pid)


def nursery_of(worker: int) -> int | None:
    return next(iter(children_of(worker)), None)


def helpers_of(worker: int) -> list[int]:
    nursery = nursery_of(worker)
    return children_of(nursery) if nursery else []


def wait_until_gone(pids: list[int], seconds: float) -> list[int]:
    """Those that still live after so long."""
    ends = time.monotonic() + seconds
    while (left := [pid for pid in pids if pid in parents()]) and time.monotonic() < ends:
        time.sleep(0.05)
    return left


def environment_for(database: str, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "KESHER_HOME": str(home),
        "KESHER_SECRET_KEY": "the same for every worker of this test",
        "DJANGO_SETTINGS_MODULE": "kesher.project.settings",
    }
