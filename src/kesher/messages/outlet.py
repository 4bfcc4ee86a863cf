"""An account's way out: a queue of messages in hand, and threads that write them and send them.

Each thread keeps one session open. `cryptography` and sockets let go of the interpreter's lock, so that several
threads use more than one core. Threads touch neither the database nor each other's sessions.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.channels.outgoing import Outcome, Outgoing
from kesher.channels.providers import Provider, Unreachable
from kesher.lib import clock
from kesher.messages.claims import Claimed
from kesher.messages.contents import CannotWrite, Writer
from kesher.messages.results import Result, Size, result_of

IDLE_SECONDS = 20
SMALLEST_BATCH, LARGEST_BATCH = 50, 1_000
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 300.0
Note = Callable[[int, Outcome, str, datetime, Size], None]  # the journal's `outcome`


@dataclass(slots=True)
class InHand:
    message: Claimed
    writer: Writer


class Outlet:
    """`put` what is claimed, `take` results as they come. `returned` are messages that surely did not leave."""

    def __init__(
        self,
        workspace_id: int,
        provider: Provider,
        settings: Mapping[str, Any],
        *,
        note: Note,
        sessions: int,
    ) -> None:
        self.workspace_id, self.provider, self.settings = workspace_id, provider, settings
        self.channel = provider.channel
        self.problem = self.told_problem = ""
        self.rate = 600.0  # messages a second, lately
        self.held: dict[int, Claimed] = {}
        self._note = note
        self._waiting: deque[InHand] = deque()
        self._done: deque[Result] = deque()
        self._returned: deque[int] = deque()
        self._wake = threading.Condition()
        self.sessions = sessions
        self._threads = sessions
        self._running: dict[int, threading.Thread] = {}
        self._closing = False
        self._error: BaseException | None = None
        self._taken_at = time.monotonic()
        self._rest_until, self._rest = 0.0, FIRST_REST_SECONDS

    @property
    def backlog(self) -> int:
        return len(self._waiting)

    @property
    def batch(self) -> int:
        """How many to claim for it at once: what leaves in a third of a second."""
        return min(max(int(0.35 * self.rate), SMALLEST_BATCH), LARGEST_BATCH)

    @property
    def has_room(self) -> bool:
        return self.backlog <= self.batch // 2

    @property
    def is_finished(self) -> bool:
        """All that it holds has a result that nobody has taken yet."""
        return len(self._done) + len(self._returned) >= len(self.held)

    @property
    def is_resting(self) -> bool:
        """The provider could not be reached a moment ago, or other processes have all its connections."""
        if self.sessions and not self._threads:
            return True
        return time.monotonic() < self._rest_until

    def share(self, number: int, of: int) -> None:
        """Use the connections that fall to process `number` of so many; more threads than that end after their mail."""
        self._threads = self.sessions // of + (number < self.sessions % of)

    def put(self, messages: list[Claimed], writer: Writer) -> None:
        self.held.update((message.id, message) for message in messages)
        with self._wake:
            self._waiting.extend(InHand(message, writer) for message in messages)
            self._wake.notify_all()
        if not self.sessions:
            self._send_here()
        else:
            self._start()

    def take(self) -> tuple[list[Result], list[int]]:
        """Results and returned messages since last time. Raises what a thread died of."""
        results = [self._done.popleft() for _ in range(len(self._done))]
        returned = [self._returned.popleft() for _ in range(len(self._returned))]
        for result in results:
            self.held.pop(result.message_id, None)
        for message_id in returned:
            self.held.pop(message_id, None)
        self._measure(len(results))
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return results, returned

    def _measure(self, count: int) -> None:
        """Keep the rate, smoothed, so that no more is claimed than leaves within about a second."""
        moment = time.monotonic()
        if count and moment - self._taken_at < 2:
            self.rate = 0.7 * self.rate + 0.3 * count / max(moment - self._taken_at, 0.001)
        self._taken_at = moment

    def give_up_waiting(self) -> None:
        """Return what no thread has taken yet."""
        while self._waiting:
            try:
                self._returned.append(self._waiting.popleft().message.id)
            except IndexError:  # a thread was faster
                break

    def close(self) -> None:
        """End the threads and their sessions, once each has finished the mail it is at."""
        self._closing = True
        with self._wake:
            self._wake.notify_all()
        for thread in self._running.values():
            thread.join(timeout=90)
        self._running.clear()

    def _start(self) -> None:
        for number in range(min(self._threads, len(self._waiting))):
            known = self._running.get(number)
            if known is None or not known.is_alive():
                thread = threading.Thread(
                    target=self._run, args=(number,), name=f"send-{number}", daemon=True
                )
                self._running[number] = thread
                thread.start()

    def _send_here(self) -> None:
        with self.provider.open_session(self.workspace_id, self.settings) as session:
            self._drain(session, -1)

    def _run(self, number: int) -> None:
        try:
            with self.provider.open_session(self.workspace_id, self.settings) as session:
                while self._wait_for_work(number):
                    self._drain(session, number)
        except BaseException as error:  # handed to the thread that takes results, which raises it
            self._error = error

    def _is_over(self, number: int) -> bool:
        return self._closing or number >= self._threads

    def _wait_for_work(self, number: int) -> bool:
        """Whether there is something to send; False after a while of nothing, which closes the session."""
        until = time.monotonic() + IDLE_SECONDS
        with self._wake:
            while not self._waiting and not self._is_over(number):
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self._wake.wait(left)
        return not self._is_over(number)

    def _drain(self, session: Any, number: int) -> None:
        """Send until the queue is empty. What is taken and has no outcome when the provider goes is returned."""
        taken: dict[int, Claimed] = {}
        try:
            for outcome in session.send(self._written(taken, number)):
                at = clock.now()
                message = taken.pop(outcome.message_id)
                self._note(self.workspace_id, outcome, message.address, at, message.size)
                self._done.append(
                    result_of(
                        outcome,
                        address=message.address,
                        attempts=message.attempts,
                        at=at,
                        size=message.size,
                    )
                )
                self._rest = FIRST_REST_SECONDS
                self.problem = ""
        except Unreachable as error:
            self.problem = error.text
            self._rest_until = time.monotonic() + self._rest
            self._rest = min(self._rest * 2, LONGEST_REST_SECONDS)
            self._returned.extend(taken)
            self.give_up_waiting()

    def _written(self, taken: dict[int, Claimed], number: int) -> Iterator[Outgoing]:
        while not self._is_over(number):
            try:
                entry = self._waiting.popleft()
            except IndexError:
                return
            message = entry.message
            at = clock.now()
            if at >= message.lease:  # held up for too long: somebody else may have it by now
                self._returned.append(message.id)
                continue
            try:
                mail = entry.writer.write(message)
            except CannotWrite as problem:
                self._done.append(
                    Result(message.id, "refused", at, message.address, problem.reason)
                )
                continue
            taken[message.id] = message
            yield mail
