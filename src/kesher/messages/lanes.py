"""One thread that drives all the open sessions of an outlet, and waits for none while another can go on.

A session says `Waiting` when only its server can go on. A thread for each session would do the same, but handing the
interpreter's lock to and fro costs a quarter of the processor that a mail takes.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

from kesher.channels.outgoing import Outcome, Outgoing
from kesher.channels.providers import Unreachable, Waiting, WovenSession
from kesher.messages.claims import Claimed

IDLE_SECONDS = 20.0
LOOK_SECONDS = 0.5  # how often answers that are overdue are looked for

Taken = dict[int, Claimed]  # handed to a session and without an outcome yet, by message


class Traffic(Protocol):
    """What a `Lanes` asks of its outlet. All is called in the lanes' thread."""

    @property
    def backlog(self) -> int: ...
    @property
    def lanes_wanted(self) -> int:
        """How many sessions to use; 0 when it is to end."""
        ...

    def written(self, taken: Taken, number: int) -> Iterator[Outgoing]: ...
    def told(self, outcome: Outcome, taken: Taken) -> None: ...
    def lost(self, error: Unreachable, taken: Taken) -> None: ...
    def may_end(self) -> bool:
        """Whether the thread may end; from then on a new one is started for new messages."""
        ...


class Lane:
    """A session, and what it has in hand."""

    __slots__ = ("close", "number", "session", "steps", "taken")

    def __init__(self, number: int, opened: AbstractContextManager[WovenSession[Any]]) -> None:
        stack = ExitStack()
        self.number = number
        self.session = stack.enter_context(opened)
        self.close = stack.close
        self.taken: Taken = {}
        self.steps: Iterator[Outcome | Waiting] = iter(())


class Lanes:
    """`run` is the thread; `ring` tells it that there is something new."""

    def __init__(
        self,
        traffic: Traffic,
        open_session: Callable[[], AbstractContextManager[WovenSession[Any]]],
    ) -> None:
        self._traffic, self._open_session = traffic, open_session
        self._lanes: dict[int, Lane] = {}
        self._idle: dict[int, Lane] = {}
        self._ready: deque[Lane] = deque()
        self._asleep: dict[int, tuple[Lane, Waiting]] = {}
        self._bell, self._string = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._string, False)
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)
        self._looked_at = 0.0

    def ring(self) -> None:
        try:
            os.write(self._string, b"!")
        except BlockingIOError:  # it has been rung often enough
            return

    def run(self) -> None:
        try:
            while self._go_on():
                pass
        finally:
            for lane in self._lanes.values():
                lane.close()

    def close(self) -> None:
        """After `run`; nobody may ring any more."""
        os.close(self._bell)
        os.close(self._string)

    def _go_on(self) -> bool:
        traffic = self._traffic
        if traffic.backlog and len(self._lanes) - len(self._idle) < traffic.lanes_wanted:
            self._start()
        if self._ready:
            self._step(self._ready.popleft())
        elif self._asleep:
            self._wait(LOOK_SECONDS)
        elif not traffic.lanes_wanted or not (traffic.backlog or self._wait(IDLE_SECONDS)):
            return not traffic.may_end()
        if self._asleep and (moment := time.monotonic()) - self._looked_at > LOOK_SECONDS:
            self._looked_at = moment
            self._give_up_overdue(moment)
        return True

    def _start(self) -> None:
        """Set idle lanes going, and new ones, as many as there is work for."""
        traffic = self._traffic
        wanted = range(min(traffic.lanes_wanted, len(self._lanes) + traffic.backlog))
        if fresh := [number for number in wanted if number not in self._lanes]:
            self._open(fresh)
        for number in wanted:
            if (lane := self._idle.pop(number, None)) is not None:
                lane.steps = lane.session.weave(traffic.written(lane.taken, number))
                self._ready.append(lane)

    def _open(self, numbers: list[int]) -> None:
        """Connect side by side: a server may take its time to greet."""
        lanes = [Lane(number, self._open_session()) for number in numbers]
        self._lanes.update((lane.number, lane) for lane in lanes)
        self._idle.update((lane.number, lane) for lane in lanes)
        with ThreadPoolExecutor(len(lanes)) as together:
            problems = list(together.map(_connected, lanes))
        for problem in problems:
            if problem is not None:
                self._traffic.lost(problem, {})
                break

    def _step(self, lane: Lane) -> None:
        try:
            said = next(lane.steps, None)
        except Unreachable as error:
            self._traffic.lost(error, lane.taken)
            lane.taken.clear()
            said = None
        if said is None:
            self._end(lane)
        elif isinstance(said, Waiting):
            self._asleep[said.fd] = (lane, said)
            self._poll.register(said.fd, select.POLLIN)
        else:
            self._traffic.told(said, lane.taken)
            self._ready.appendleft(
                lane
            )  # what it does next is hand over a mail: the sooner, the better

    def _end(self, lane: Lane) -> None:
        if lane.number < self._traffic.lanes_wanted:
            self._idle[lane.number] = lane
        else:
            del self._lanes[lane.number]
            lane.close()

    def _wait(self, seconds: float) -> bool:
        """Until a server answers or the bell rings; False when neither happened."""
        found = self._poll.poll(seconds * 1000)
        for fd, _event in found:
            if fd == self._bell:
                os.read(self._bell, 4096)
            else:
                self._wake(fd)
        return bool(found)

    def _wake(self, fd: int) -> None:
        lane, _waiting = self._asleep.pop(fd)
        self._poll.unregister(fd)
        self._ready.append(lane)

    def _give_up_overdue(self, moment: float) -> None:
        for fd, (_lane, waiting) in list(self._asleep.items()):
            if moment > waiting.until:
                waiting.give_up()
                self._wake(fd)


def _connected(lane: Lane) -> Unreachable | None:
    try:
        lane.session.open()
    except Unreachable as error:
        return error
    return None
