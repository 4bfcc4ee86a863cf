"""A loop: a step repeated for ever, quickly while there is work, cheaply while there is none.

A step that raises is logged, and tried again later and later; the thread itself never ends by an error.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from procrastinate.exceptions import ConnectorException

from kesher.lib import clock
from kesher.worker.heartbeat import Pulse

log = structlog.get_logger(__name__)

SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.6
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 1.0, 30.0
AWAY_BACKOFF_SECONDS = 2.0  # at most, when it is the database that does not answer
_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, ConnectorException)

Step = Callable[[datetime], int]


@dataclass
class Loop:
    """`step(now)` answers how much it did; 0 lets the loop rest, until `coming(now)` at the latest if that is known.
    `wakes` is roused after each step that did something.
    """

    key: str
    step: Step
    stopping: threading.Event
    wakes: Loop | None = None
    coming: Callable[[datetime], datetime | None] | None = None
    pause: float = SHORTEST_PAUSE_SECONDS
    backoff: float = 0.0
    woken: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.key)

    def run(self) -> None:
        """Until `stopping` is set; a step that has begun is finished."""
        while not self.stopping.is_set():
            self.rest(self.round())
        connection.close()

    def round(self) -> float:
        """One step; answers for how many seconds to rest after it."""
        try:
            now = clock.now()
            did = self.step(now)
            self.pulse.beat(now)
            coming = self.coming(now) if self.coming and not did else None
        except Exception as error:  # the one place where a loop's surprise ends
            return self.failed(error)
        self.backoff = 0.0
        if did:
            self.pause = SHORTEST_PAUSE_SECONDS
            if self.wakes is not None:
                self.wakes.woken.set()
            return 0.0
        connection.close()  # gives the pooled connection back for the while
        self.pause = min(self.pause * 1.6, LONGEST_PAUSE_SECONDS)
        return self.pause if coming is None else self.until(coming)

    def until(self, coming: datetime) -> float:
        """The pause, shortened to what is left until that moment; never so short that everyone comes by himself."""
        left = (coming - clock.now()).total_seconds()
        return min(self.pause, max(left, SHORTEST_PAUSE_SECONDS))

    def failed(self, error: Exception) -> float:
        log.exception("loop_failed", loop=self.key)
        self.pulse.failed(error)
        with contextlib.suppress(DatabaseError):  # one that is broken may say so when it is closed
            connection.close()
        self.backoff = later(self.backoff, error)
        return self.backoff

    def rest(self, seconds: float) -> None:
        if seconds:
            self.woken.wait(seconds)
        self.woken.clear()

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.run, name=f"loop-{self.key}", daemon=True)
        thread.start()
        return thread


def later(backoff: float, error: Exception) -> float:
    """How many seconds to let pass after this error, when it was `backoff` after the last one."""
    longest = AWAY_BACKOFF_SECONDS if isinstance(error, _AWAY) else LONGEST_BACKOFF_SECONDS
    return min(max(backoff * 2, FIRST_BACKOFF_SECONDS), longest)
