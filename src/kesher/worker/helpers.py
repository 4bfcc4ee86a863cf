"""Processes that send beside the worker while there is much to send, so that all processor cores sign and write.

They are forked by the nursery, a process forked when the worker began, which does nothing else: so a helper is there
at once, shares the memory of what the worker had loaded, and gives back at its end what it took. Claims, leases and
journals make any number of senders safe; see messages.sender.

Whoever loses its parent ends: the nursery reads the end of a pipe, a helper sees that its parent is another.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import structlog
from django.db import connection

from kesher.lib import clock
from kesher.messages import sender

log = structlog.get_logger(__name__)

IDLE_SECONDS = 30.0
MESSAGES_AT_ONCE = 100_000
PAUSE_SECONDS = 0.2
RESTING, WANTED, RUNNING, LEAVE = range(4)

Work = Callable[[int, int, Callable[[], bool]], None]


class Helpers:
    """Owned by the worker's main thread. `most` helpers at once; with 0 nothing is ever forked."""

    def __init__(self, most: int, work: Work | None = None) -> None:
        self.most = most
        self._work = work or send
        self._states = mmap.mmap(-1, max(most, 1))  # shared by all: one state for each helper
        self._nursery = 0
        self._pipe = -1

    def prepare(self) -> None:
        """Fork the nursery. To be called before any thread or database connection exists."""
        if not self.most:
            return
        assert threading.active_count() == 1  # noqa: S101 (a fork would leave the others' locks taken)
        reading, self._pipe = os.pipe()
        parent = os.getpid()
        self._nursery = os.fork()
        if self._nursery == 0:
            os.close(self._pipe)
            _live(lambda: self._tend(reading))
        os.close(reading)
        log.debug("nursery_started", parent=parent, nursery=self._nursery)

    @property
    def running(self) -> int:
        return sum(state != RESTING for state in self._states[: self.most]) if self._nursery else 0

    def look(self, *, wanted: bool) -> None:
        """Have all helpers started when they are wanted, and share the connections with those that run."""
        if self._nursery and os.waitpid(self._nursery, os.WNOHANG)[0]:
            log.error("nursery_ended")  # its helpers end too; this worker goes on alone
            self._nursery = 0
        if self._nursery and wanted and self.running < self.most:
            for number in range(self.most):
                if self._states[number] == RESTING:
                    self._states[number] = WANTED
            sender.take_share(0, self.most + 1)
            with contextlib.suppress(BrokenPipeError):  # it died just now: seen at the next look
                os.write(self._pipe, b"!")
        elif not self.running:
            sender.take_share(0, 1)

    def end(self, deadline: float) -> None:
        """Let all end what they are at, and wait for them until `deadline` (monotonic)."""
        if not self._nursery:
            return
        os.close(self._pipe)
        while time.monotonic() < deadline:
            if os.waitpid(self._nursery, os.WNOHANG)[0]:
                self._nursery = 0
                return
            time.sleep(0.02)
        log.warning("helpers_cut_off")

    def _tend(self, pipe: int) -> None:
        """The nursery's life: fork whom the worker wants, bury whom it lost, end when the worker has."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        children: dict[int, int] = {}
        while True:
            ready, _w, _x = select.select([pipe], [], [], PAUSE_SECONDS if children else None)
            if ready and not os.read(pipe, 64):
                break
            self._bury(children)
            for number in range(self.most):
                if self._states[number] == WANTED:
                    children[self._bear(number, pipe)] = number
        for number in range(self.most):
            self._states[number] = LEAVE
        while children:
            self._bury(children)
            time.sleep(0.02)

    def _bear(self, number: int, pipe: int) -> int:
        self._states[number] = RUNNING
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(pipe)
            _live(lambda: self._help(number, parent))
        return pid

    def _help(self, number: int, parent: int) -> None:
        stopping = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stopping.set())

        def is_over() -> bool:
            return stopping.is_set() or self._states[number] == LEAVE or os.getppid() != parent

        self._work(number + 1, self.most + 1, is_over)

    def _bury(self, children: dict[int, int]) -> None:
        with contextlib.suppress(ChildProcessError):
            while found := os.waitpid(-1, os.WNOHANG)[0]:
                number = children.pop(found)
                if self._states[number] != LEAVE:
                    self._states[number] = RESTING


def _live(life: Callable[[], None]) -> NoReturn:
    """What a forked process does instead of returning into its parent's code."""
    code = 1
    try:
        life()
        code = 0
    except Exception:
        log.exception("helper_failed")
    finally:
        os._exit(code)


def send(number: int, of: int, stopping: Callable[[], bool]) -> None:
    """Send beside the worker until there has been nothing to send for a while."""
    sender.take_share(number, of)
    worked_at = time.monotonic()
    while not stopping() and time.monotonic() - worked_at < IDLE_SECONDS:
        if sender.send_due(clock.now(), limit=MESSAGES_AT_ONCE, stopping=stopping):
            worked_at = time.monotonic()
        else:
            connection.close()
            time.sleep(PAUSE_SECONDS)
    sender.close()
