"""How answers are read from a connection, however they are cut."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from kesher.channels.email.wire import Lost, Server, Wire


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """Ours and the server's."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    with ours, theirs:
        yield Wire(Server("localhost", 25), ours), theirs


Ends = tuple[Wire, socket.socket]


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        (b"250 2.0.0 Ok\r\n", 250, "2.0.0 Ok"),
        (b"250-first\r\n250-second\r\n250 last\r\n", 250, "first second last"),
        (b"250\r\n", 250, ""),
        (b"250\n", 250, ""),
        (b"354 go on \n", 354, "go on"),
    ],
)
def test_an_answer_is_one_line_or_several(ends: Ends, said: bytes, code: int, text: str) -> None:
    wire, server = ends
    server.sendall(b"220 hello\r\n" + said + b"221 bye\r\n")

    answers = [wire.read() for _number in range(3)]

    assert [answer.code for answer in answers] == [220, code, 221]
    assert answers[1].text == text


@pytest.mark.parametrize("said", [b"nonsense\r\n", b"25 too short\r\n", b"25", b""])
def test_nonsense_and_the_end_are_a_lost_connection(ends: Ends, said: bytes) -> None:
    wire, server = ends
    server.sendall(said)
    server.shutdown(socket.SHUT_WR)

    with pytest.raises(Lost):
        wire.read()


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        (b"250 ok\r\n250 ok\r\n354 go\r\n", True),
        (b"250 ok\r\n251 forwarded\r\n354 go\r\n", True),
        (b"250 ok\r\n550 5.1.1 no\r\n354 go\r\n", False),
        (b"250 ok\r\n250 ok\r\n451 later\r\n", False),
        (b"250 ok\r\n250 ok\r\n250 ok\r\n", False),
        (b"250-ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", False),
    ],
)
def test_three_answers_at_once_are_seen_only_where_they_take_the_envelope(
    ends: Ends, said: bytes, is_taken: bool
) -> None:
    wire, server = ends
    server.sendall(b"220 hello\r\n" + said)
    assert not wire.takes_envelope()
    wire.read()

    assert wire.takes_envelope() is is_taken

    server.sendall(b"250 next\r\n")
    assert wire.read().text.split()[0] == ("next" if is_taken else "ok")
