"""A pool of connections that is over a restart of the server within a second.

psycopg's own waits longer and longer before it tries again, for minutes in the end, and gives out connections that the
server has cut meanwhile.
"""

from __future__ import annotations

import select
from typing import Any

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool
from psycopg_pool.base import AttemptWithBackoff

Given = Connection[Any]


class Steady(AttemptWithBackoff):
    """Each try half a second after the last."""

    INITIAL_DELAY = 0.5
    DELAY_BACKOFF = 1.0


class Pool(ConnectionPool[Given]):
    """As psycopg's; a server that is away is asked again steadily, as long as somebody waits for it."""

    def _get_ready_connection(self, timeout: float | None) -> Given | None:
        while (found := super()._get_ready_connection(timeout)) is not None:
            if not is_cut(found):
                return found
            found.close()
            self._nconns -= 1  # under the pool's lock, as all that counts them
        return None

    def _add_connection(self, attempt: AttemptWithBackoff | None, growing: bool = False) -> None:
        super()._add_connection(attempt or Steady(timeout=self.reconnect_timeout), growing=growing)

    def reconnect_failed(self) -> None:
        super().reconnect_failed()
        with self._lock:
            if self._waiting:
                self._maybe_grow_pool()


def is_cut(connection: Given) -> bool:
    """Whether the server has said something to an idle connection: its farewell, as a rule. No round trip."""
    try:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    except OperationalError:  # closed
        return True
