"""A clock that stands still (KESHER_TEST_CLOCK=1): its hands are a file in the data folder, one for all processes.

Moving it, and doing what falls due on the way, is `passing_time`. Imported by the settings: knows no Django.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kesher.lib import clock

ZONE = "Asia/Jerusalem"


def install(home: Path) -> None:
    """From now on `lib.clock` tells what the file says; a new file begins with the machine's time."""
    path = _path(home)
    if not path.exists():
        put(home, datetime.now(UTC))
    known: tuple[int, datetime] | None = None

    def read() -> datetime:
        nonlocal known
        stamp = path.stat().st_mtime_ns
        if known is None or known[0] != stamp:
            known = (stamp, datetime.fromisoformat(path.read_text().strip()))
        return known[1]

    clock.ask(read)


def put(home: Path, now: datetime) -> None:
    """Move the hands, all at once for whoever reads."""
    path = _path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(now.astimezone(UTC).isoformat())
    os.replace(fresh, path)


def shown(home: Path) -> str:
    """The time as people read it: "2027-03-26T02:30:00+03:00"."""
    now = datetime.fromisoformat(_path(home).read_text().strip())
    return now.astimezone(ZoneInfo(ZONE)).isoformat(timespec="seconds")


def _path(home: Path) -> Path:
    return home / "clock"
