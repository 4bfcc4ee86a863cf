"""An account's way out: a queue of messages in hand, and a thread that writes them and sends them over all sessions.

More cores are used by more processes (worker.helpers), not by more threads. The thread never touches the database.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.channels.outgoing import Outcome, Outgoing
from kesher.channels.providers import Provider, Unreachable
from kesher.lib import clock
from kesher.messages.claims import Claimed
from kesher.messages.contents import CannotWrite, Writer
from kesher.messages.lanes import Lanes, Taken
from kesher.messages.results import Result, Size, result_of

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
        self.sessions = sessions
        self._own_sessions = sessions  # those that fall to this process
        self._turn = threading.Lock()  # of what follows: whether a thread takes from the queue
        self._lanes: Lanes | None = None
        self._thread: threading.Thread | None = None
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
        if self.sessions and not self._own_sessions:
            return True
        return time.monotonic() < self._rest_until

    def share(self, number: int, of: int) -> None:
        """Use the sessions that fall to process `number` of so many; more than that end after their mail."""
        self._own_sessions = self.sessions // of + (number < self.sessions % of)

    def put(self, messages: list[Claimed], writer: Writer) -> None:
        self.held.update((message.id, message) for message in messages)
        self._waiting.extend(InHand(message, writer) for message in messages)
        if not self.sessions:
            self._send_here()
            return
        with self._turn:
            if self._lanes is None:
                self._lanes = Lanes(self, self._open_session)
                self._thread = threading.Thread(
                    target=self._run, args=(self._lanes,), name="send", daemon=True
                )
                self._thread.start()
            else:
                self._lanes.ring()

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
        """End the thread and its sessions, once each has finished the mail it is at."""
        self._closing = True
        with self._turn:
            if self._lanes is not None:
                self._lanes.ring()
        if self._thread is not None:
            self._thread.join(timeout=90)

    def _open_session(self) -> AbstractContextManager[Any]:
        return self.provider.open_session(self.workspace_id, self.settings)

    def _run(self, lanes: Lanes) -> None:
        try:
            lanes.run()
        except BaseException as error:  # handed to the thread that takes results, which raises it
            self._error = error
        finally:
            with self._turn:
                if self._lanes is lanes:
                    self._lanes = None
                lanes.close()

    def _send_here(self) -> None:
        taken: Taken = {}
        with self._open_session() as session:
            try:
                for outcome in session.send(self.written(taken, -1)):
                    self.told(outcome, taken)
            except Unreachable as error:
                self.lost(error, taken)

    # What the lanes ask: see lanes.Traffic.

    @property
    def lanes_wanted(self) -> int:
        return 0 if self._closing else self._own_sessions

    def may_end(self) -> bool:
        with self._turn:
            if self._waiting and self.lanes_wanted:
                return False
            self._lanes = None
            return True

    def told(self, outcome: Outcome, taken: Taken) -> None:
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

    def lost(self, error: Unreachable, taken: Taken) -> None:
        """What was taken and has no outcome when the provider goes is returned, and so is what waits."""
        self.problem = error.text
        self._rest_until = time.monotonic() + self._rest
        self._rest = min(self._rest * 2, LONGEST_REST_SECONDS)
        self._returned.extend(taken)
        self.give_up_waiting()

    def written(self, taken: Taken, number: int) -> Iterator[Outgoing]:
        while number < self.lanes_wanted:
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
