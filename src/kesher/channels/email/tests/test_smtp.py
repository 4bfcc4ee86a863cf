from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.crash.sink import Sink

from kesher.channels.email import smtp
from kesher.channels.outgoing import Delivered, InDoubt, Outcome, OutgoingMail, Rejected
from kesher.channels.providers import Unreachable


def settings_for(port: int, **changes: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "user": "",
        "password": "",
        "connections": 1,
        **changes,
    }


def mail(number: int, recipient: str = "", raw: bytes = b"") -> OutgoingMail:
    body = raw or f"Message-ID: <{number}@x.example>\r\n\r\n.dot\r\n..\r\nend {number}\r\n".encode()
    return OutgoingMail(number, recipient or f"p{number}@example.com", "shop@x.example", body)


def send(sink: Sink, mails: list[OutgoingMail]) -> list[Outcome]:
    with smtp.open_session(1, settings_for(sink.port)) as session:
        return list(session.send(mails))


@pytest.fixture(params=[True, False], ids=["pipelining", "plain"])
def sink(request: pytest.FixtureRequest) -> Iterator[Sink]:
    with Sink(pipelining=request.param) as running:
        yield running


def test_mails_share_a_connection_and_arrive_byte_for_byte(sink: Sink) -> None:
    mails = [mail(number) for number in range(30)]

    outcomes = send(sink, mails)

    assert [type(outcome) for outcome in outcomes] == [Delivered] * 30
    assert [got.raw.replace(b"\r\n..", b"\r\n.") for got in sink.received] == [m.raw for m in mails]
    assert sink.connections == 1


def test_a_refused_recipient_does_not_disturb_its_neighbours(sink: Sink) -> None:
    sink.at_recipient = lambda to: b"550 5.1.1 no such user\r\n" if to.startswith("p3@") else None

    outcomes = send(sink, [mail(number) for number in range(6)])

    assert outcomes[3] == Rejected(3, True, 550, "5.1.1 no such user", "5.1.1")
    assert [got.recipient[:2] for got in sink.received] == ["p0", "p1", "p2", "p4", "p5"]


def test_a_deferred_mail_may_be_tried_again(sink: Sink) -> None:
    sink.at_end = lambda to: b"451 4.7.1 later\r\n" if to.startswith("p1@") else None

    outcomes = send(sink, [mail(number) for number in range(3)])

    assert isinstance(outcomes[1], Rejected)
    assert not outcomes[1].permanent
    assert [type(outcome) for outcome in (outcomes[0], outcomes[2])] == [Delivered, Delivered]


def test_a_server_that_closes_after_the_dot_leaves_one_mail_in_doubt(sink: Sink) -> None:
    sink.at_end = lambda to: b"" if to.startswith("p2@") else None

    outcomes = send(sink, [mail(number) for number in range(5)])

    assert Counter(type(outcome) for outcome in outcomes) == {Delivered: 4, InDoubt: 1}
    assert isinstance(outcomes[2], InDoubt)
    assert sink.connections == 2


def test_a_server_that_says_421_is_left_and_visited_again(sink: Sink) -> None:
    seen = Counter[str]()

    def once(to: str) -> bytes | None:
        seen[to] += 1
        return b"421 4.3.2 closing\r\n" if to.startswith("p2@") and seen[to] == 1 else None

    sink.at_recipient = once

    outcomes = send(sink, [mail(number) for number in range(5)])

    assert [type(outcome) for outcome in outcomes] == [Delivered] * 5


def test_an_impossible_address_never_reaches_the_server(sink: Sink) -> None:
    outcomes = send(sink, [mail(0), mail(1, "a b@c.example"), mail(2)])

    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].permanent
    assert len(sink.received) == 2


def test_a_mail_beyond_the_servers_limit_is_refused_before_it_is_sent() -> None:
    with Sink(extensions=(b"SIZE 2000",)) as sink:
        outcomes = send(sink, [mail(0), mail(1, raw=b"x: y\r\n\r\n" + b"a" * 3000)])

    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].enhanced == "5.3.4"


def test_nobody_listening_is_said_in_words() -> None:
    with Sink() as sink:
        port = sink.port

    with pytest.raises(Unreachable), smtp.open_session(1, settings_for(port)) as session:
        list(session.send([mail(1)]))

    assert "port" in smtp.check(settings_for(port)) or smtp.check(settings_for(port))


def test_a_password_is_not_sent_in_the_clear() -> None:
    with Sink(extensions=(b"AUTH PLAIN",)) as sink:
        answer = smtp.check(settings_for(sink.port, security="starttls", user="u", password="p"))

    assert "STARTTLS" in answer
