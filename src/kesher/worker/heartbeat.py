"""Signs of life: written by each loop every few seconds, read by the doctor and the metrics."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kesher.lib import sql

EVERY = timedelta(seconds=10)
STALE_AFTER = timedelta(seconds=60)

_BEAT = """
INSERT INTO worker_heartbeat (worker, loop, at, started_at, failures, last_error)
VALUES (%(worker)s, %(loop)s, %(at)s, %(at)s, %(failures)s, %(error)s)
ON CONFLICT (worker, loop) DO UPDATE
SET at = excluded.at, failures = excluded.failures, last_error = excluded.last_error
"""


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass
class Pulse:
    """The state of one loop in this process."""

    loop: str
    worker: str = field(default_factory=worker_name)
    failures: int = 0
    error: str = ""
    written_at: datetime | None = None

    def beat(self, now: datetime) -> None:
        """Write the sign of life when it is due."""
        if self.written_at is not None and now - self.written_at < EVERY:
            return
        sql.execute(
            _BEAT,
            {
                "worker": self.worker,
                "loop": self.loop,
                "at": now,
                "failures": self.failures,
                "error": self.error[:500],
            },
        )
        self.written_at = now

    def failed(self, error: BaseException) -> None:
        self.failures += 1
        self.error = f"{type(error).__name__}: {error}".strip()
        self.written_at = None


def last_signs(now: datetime) -> dict[str, tuple[datetime, str]]:
    """The newest sign of each loop, of any worker, with its last error ("" when it never failed)."""
    found = sql.rows(
        "SELECT DISTINCT ON (loop) loop, at, last_error FROM worker_heartbeat"
        " WHERE at <= %s ORDER BY loop, at DESC",
        (now + timedelta(minutes=5),),
    )
    return {loop: (at, error) for loop, at, error in found}


def sweep(now: datetime) -> int:
    return sql.execute("DELETE FROM worker_heartbeat WHERE at < %s", (now - timedelta(days=1),))
