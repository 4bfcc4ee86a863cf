"""One thread, many sessions: none waits for another's server."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kesher.channels.outgoing import Delivered, InDoubt, Outcome, OutgoingMail
from kesher.channels.providers import Provider, Unreachable, Waiting
from kesher.messages import lanes
from kesher.messages.claims import Claimed
from kesher.messages.outlet import Outlet


class Server:
    """What answers each session: a pipe into which a test writes."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []  # (session, message) as handed over
        self.sessions: list[Session] = []
        self.is_down = False
        self.greeting_seconds = 0.0

    @contextmanager
    def open_session(self, _workspace: int, _settings: Any) -> Iterator[Session]:
        session = Session(self, len(self.sessions))
        self.sessions.append(session)
        yield session
        session.is_closed = True

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + 5
        while len(self.asked) < count:
            assert time.monotonic() < until, self.asked
            time.sleep(0.005)


class Session:
    def __init__(self, server: Server, number: int) -> None:
        self.server, self.number = server, number
        self.reading, self.answering = os.pipe()
        self.patience = 60.0
        self.is_closed = self.is_over = False

    def open(self) -> None:
        time.sleep(self.server.greeting_seconds)
        if self.server.is_down:
            raise Unreachable("nobody there")

    def answer(self) -> None:
        os.write(self.answering, b"!")

    def _give_up(self) -> None:
        self.is_over = True

    def send(self, mails: Any) -> Iterator[Outcome]:
        return (said for said in self.weave(mails) if not isinstance(said, Waiting))

    def weave(self, mails: Any) -> Iterator[Outcome | Waiting]:
        for mail in mails:
            if self.server.is_down:
                raise Unreachable("nobody there")
            self.server.asked.append((self.number, mail.message_id))
            yield Waiting(self.reading, time.monotonic() + self.patience, self._give_up)
            if self.is_over:
                yield InDoubt(mail.message_id, "timed out")
                return
            os.read(self.reading, 1)
            yield Delivered(mail.message_id, "ok")


class Writer:
    def write(self, item: Claimed) -> OutgoingMail:
        return OutgoingMail(item.id, "p@x.example", "s@x.example", b"", "")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def outlet(server: Server) -> Iterator[Outlet]:
    provider = Provider(
        key="fake",
        channel="email",
        label="",
        description="",
        open_session=server.open_session,
        check=lambda settings: "",
    )
    made = Outlet(1, provider, {}, note=lambda *given: None, sessions=3)
    yield made
    made.close()


def put(outlet: Outlet, *numbers: int) -> None:
    lease = datetime.now(UTC) + timedelta(minutes=1)
    claimed = [Claimed(n, n, 1, "test", "1", "service", 0, {}, lease) for n in numbers]
    outlet.put(claimed, Writer())


def finished(outlet: Outlet, count: int) -> dict[int, str]:
    """Results by message, once there are so many."""
    found: dict[int, str] = {}
    until = time.monotonic() + 5
    while len(found) < count:
        assert time.monotonic() < until, found
        found |= {result.message_id: result.status for result in outlet.take()[0]}
        time.sleep(0.005)
    return found


def test_a_silent_server_holds_up_only_its_own_session(server: Server, outlet: Outlet) -> None:
    put(outlet, *range(1, 8))
    server.wait_for(3)
    silent = server.sessions[0]

    for count in range(4, 8):
        server.sessions[1 + count % 2].answer()
        server.wait_for(count)
    for session in server.sessions[1:]:
        session.answer()

    assert finished(outlet, 6) == dict.fromkeys(range(2, 8), "sent")
    assert [number for number, _message in server.asked].count(0) == 1
    silent.answer()
    assert finished(outlet, 1) == {1: "sent"}


def test_one_thread_serves_all_sessions(server: Server, outlet: Outlet) -> None:
    before = threading.active_count()
    put(outlet, *range(1, 10))
    server.wait_for(3)
    assert threading.active_count() == before + 1
    for _ in range(3):
        for session in server.sessions:
            session.answer()
    finished(outlet, 9)


def test_what_comes_while_some_wait_is_sent_by_those_that_do_not(
    server: Server, outlet: Outlet
) -> None:
    put(outlet, 1)
    server.wait_for(1)
    put(outlet, 2, 3)
    server.wait_for(3)
    assert sorted(server.asked) == [(0, 1), (1, 2), (2, 3)]
    for session in server.sessions:
        session.answer()
    finished(outlet, 3)


def test_an_answer_that_never_comes_leaves_the_mail_in_doubt(
    server: Server, outlet: Outlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "LOOK_SECONDS", 0.02)
    put(outlet, 1)
    server.wait_for(1)
    server.sessions[0].patience = 0.0
    server.sessions[0].answer()
    finished(outlet, 1)
    put(outlet, 2)
    assert finished(outlet, 1) == {2: "queued"}  # to be tried again under the same Message-ID


def test_sessions_are_opened_side_by_side(server: Server, outlet: Outlet) -> None:
    server.greeting_seconds = 0.3
    began = time.monotonic()
    put(outlet, 1, 2, 3)
    server.wait_for(3)
    assert time.monotonic() - began < 0.6
    for session in server.sessions:
        session.answer()
    finished(outlet, 3)


def test_a_provider_that_is_gone_gives_everything_back(server: Server, outlet: Outlet) -> None:
    server.is_down = True
    put(outlet, 1, 2, 3)
    returned: list[int] = []
    until = time.monotonic() + 5
    while len(returned) < 3:
        assert time.monotonic() < until
        returned += outlet.take()[1]
        time.sleep(0.005)
    assert sorted(returned) == [1, 2, 3]
    assert outlet.is_resting
    assert outlet.problem == "nobody there"


def test_closing_finishes_what_is_under_way_and_closes_the_sessions(
    server: Server, outlet: Outlet
) -> None:
    put(outlet, *range(1, 8))
    server.wait_for(3)
    closing = threading.Thread(target=outlet.close)
    closing.start()
    for session in server.sessions:
        session.answer()
    closing.join(5)
    assert not closing.is_alive()
    assert all(session.is_closed for session in server.sessions)
    assert len(finished(outlet, 3)) == 3
    assert outlet.backlog == 4
