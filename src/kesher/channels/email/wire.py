"""One SMTP connection (RFC 5321): connect, TLS, log in, commands and replies. Nothing here knows of mails.

`smtp` sends over it. Written over a socket because smtplib cannot pipeline (RFC 2920).
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache

_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
_MORE = ord("-")
_ONE_LINE = re.compile(rb"([0-9]{3})[^-\n]([^\n]*)\n")
_TAKEN = re.compile(rb"(?:[23][0-9]{2}[^-\n][^\n]*\n){2}354[^-\n][^\n]*\n")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LONGEST_LINE = 4096  # RFC 5321 §4.5.3.1.5 says 512; some servers are wordy


@dataclass(frozen=True)
class Server:
    """Where to connect. `security`: none, starttls or tls."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = ""
    timeout_seconds: float = 60
    helo: str = "localhost"


@dataclass(slots=True)  # not frozen: three times faster to make, and four are made for each mail
class Reply:
    code: int
    raw: bytes

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace")

    @property
    def is_good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def enhanced(self) -> str:
        """The RFC 3463 status, or empty."""
        found = _ENHANCED.match(self.text)
        return found.group(1) if found else ""


class Refused(Exception):
    """The server answered, but does not let us in. `permanent`: it will not, until something is changed."""

    def __init__(self, step: str, reply: Reply) -> None:
        super().__init__(f"{step}: {reply.code} {reply.text}")
        self.step, self.reply = step, reply

    @property
    def permanent(self) -> bool:
        return self.reply.code >= 500


class Unsafe(Exception):
    """What was asked for would send a password in the clear, or the server has no TLS to offer."""


class Lost(Exception):
    """The connection is gone or answers nonsense."""


class Wire:
    """An open, greeted and logged-in connection. Use `connect`."""

    def __init__(self, server: Server, sock: socket.socket) -> None:
        self.server = server
        self._sock = sock
        self._said = b""  # what came and was not read yet
        self.pipelines = False
        self.size_limit = 0  # bytes; 0 when the server states none
        self.extensions: dict[str, str] = {}

    def write(self, data: bytes) -> None:
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise Lost(str(error)) from error

    @property
    def has_said(self) -> bool:
        """Whether a line of an answer is here already, so that reading does not wait."""
        return b"\n" in self._said

    def fileno(self) -> int:
        return self._sock.fileno()

    def hurry(self) -> None:
        """The time for an answer is over: reading waits no longer than a moment."""
        self._sock.settimeout(0.01)

    def _line(self) -> bytes:
        """A line with its end; without one when the connection was closed. Raises Lost."""
        while True:
            line, end, rest = self._said.partition(b"\n")
            if end:
                self._said = rest
                return line + end
            if len(line) > _LONGEST_LINE:
                raise Lost("the server's answer does not end")
            more = self._receive()
            if not more:
                self._said = b""
                return line
            self._said += more

    def _receive(self) -> bytes:
        """What comes next; empty when the connection was closed. Raises Lost."""
        try:
            return self._sock.recv(_LONGEST_LINE)
        except (OSError, ValueError) as error:
            raise Lost(str(error)) from error

    def read(self) -> Reply:
        """One reply, its lines joined."""
        self._said = self._said or self._receive()
        if found := _ONE_LINE.match(self._said):  # nearly always, and three times as fast
            self._said = self._said[found.end() :]
            return Reply(int(found[1]), found[2].rstrip())
        lines: list[bytes] = []
        while True:
            line = self._line()
            if len(line) < 4 or not line[:3].isdigit():
                raise Lost(
                    "the connection was closed" if not line else f"unexpected answer {line[:60]!r}"
                )
            lines.append(line[4:].rstrip())
            if line[3] != _MORE:
                return Reply(int(line[:3]), b" ".join(lines))

    def takes_envelope(self) -> bool:
        """Whether the next three answers are here and take a sender, a recipient and the wish to send a content.

        Then they are read; else none is.
        """
        found = _TAKEN.match(self._said)
        if found is None:
            return False
        self._said = self._said[found.end() :]
        return True

    def command(self, text: str) -> Reply:
        self.write(text.encode() + b"\r\n")
        return self.read()

    def close(self) -> None:
        """Say goodbye without waiting for an answer."""
        try:
            self._sock.settimeout(1)
            self._sock.sendall(b"QUIT\r\n")
        except OSError:
            pass  # it is gone already
        finally:
            self._sock.close()

    def _greet(self) -> None:
        reply = self.read()
        if not reply.is_good:
            raise Refused("greeting", reply)
        self._ehlo()

    def _ehlo(self) -> None:
        self.write(f"EHLO {self.server.helo}\r\n".encode())
        lines = []
        while True:
            line = self._line()
            if len(line) < 4 or not line[:3].isdigit():
                raise Lost("no answer to EHLO")
            lines.append(line)
            if line[3:4] != b"-":
                break
        if not lines[-1].startswith(b"250"):
            reply = self.command(f"HELO {self.server.helo}")
            if not reply.is_good:
                raise Refused("HELO", reply)
            self._offered({})
            return
        words = [line[4:].decode("ascii", "replace").strip().upper() for line in lines[1:]]
        self._offered({word.split(" ", 1)[0]: word.partition(" ")[2] for word in words if word})

    def _offered(self, extensions: dict[str, str]) -> None:
        self.extensions = extensions
        self.pipelines = "PIPELINING" in extensions
        size = extensions.get("SIZE", "")
        self.size_limit = int(size) if size.isdigit() else 0

    def _start_tls(self, context: ssl.SSLContext) -> None:
        if "STARTTLS" not in self.extensions:
            raise Unsafe("the server does not offer STARTTLS")
        reply = self.command("STARTTLS")
        if not reply.is_good:
            raise Refused("STARTTLS", reply)
        self._said = b""  # anything said before the handshake must not count (RFC 3207 §4.2)
        self._sock = context.wrap_socket(self._sock, server_hostname=self.server.host)
        self._ehlo()

    def _log_in(self) -> None:
        server = self.server
        if server.security == "none" and server.host not in _LOOPBACK:
            raise Unsafe("a password is not sent over a connection without TLS")
        offered = self.extensions.get("AUTH", "").split()
        if "PLAIN" in offered or "LOGIN" not in offered:
            token = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
            reply = self.command(f"AUTH PLAIN {token}")
        else:
            reply = self.command("AUTH LOGIN")
            for word in (server.user, server.password):
                if reply.code == 334:
                    reply = self.command(base64.b64encode(word.encode()).decode())
        if reply.code != 235:
            raise Refused("AUTH", reply)


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """Reading the machine's certificates takes 25 ms: once for a process."""
    return ssl.create_default_context()


def connect(server: Server, context: ssl.SSLContext | None = None) -> Wire:
    """Raises OSError (ssl.SSLError with it), Refused, Unsafe or Lost."""
    sock = socket.create_connection((server.host, server.port), timeout=server.timeout_seconds)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.security == "tls":
            sock = (context or _context()).wrap_socket(sock, server_hostname=server.host)
        wire = Wire(server, sock)
        wire._greet()
        if server.security == "starttls":
            wire._start_tls(context or _context())
        if server.user:
            wire._log_in()
    except BaseException:
        sock.close()
        raise
    return wire
