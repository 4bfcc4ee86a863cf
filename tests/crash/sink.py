"""An SMTP server that keeps who got which Message-ID. For tests: scripted refusals, with or without PIPELINING."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
Answer = Callable[[str], bytes | None]


@dataclass
class Received:
    recipient: str
    message_id: str
    raw: bytes
    connection: int


@dataclass
class Sink:
    """`at_recipient` and `at_end` answer a line instead of 250, b"" to hang up, None for the ordinary answer."""

    port: int = 0
    pipelining: bool = True
    extensions: tuple[bytes, ...] = ()
    at_recipient: Answer = lambda recipient: None
    at_end: Answer = lambda recipient: None
    keeps_raw: bool = True
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Sink:
        self._loop = asyncio.new_event_loop()
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=64 * 1024 * 1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=(server,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self, server: asyncio.Server) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        try:
            writer.write(b"220 sink ESMTP\r\n")
            await self._talk(reader, writer, number)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        recipient: str | None = None
        while line := await reader.readline():
            verb = line[:4].upper().strip()
            if verb == b"EHLO":
                names = [b"sink", *self.extensions, *([b"PIPELINING"] if self.pipelining else [])]
                writer.write(
                    b"".join(b"250-" + name + b"\r\n" for name in names) + b"250 8BITMIME\r\n"
                )
            elif verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                answer = self.at_recipient(recipient)
                if answer == b"":
                    return
                writer.write(answer or b"250 2.1.5 ok\r\n")
                if answer and not answer.startswith(b"2"):
                    recipient = None
            elif verb == b"DATA" and recipient is None:
                writer.write(b"554 5.5.1 no valid recipients\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                answer = self.at_end(recipient or "")
                if answer == b"":
                    return
                if answer is None or answer.startswith(b"2"):
                    self._keep(recipient or "", raw, number)
                writer.write(answer or b"250 2.0.0 taken\r\n")
                recipient = None
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")

    def _keep(self, recipient: str, raw: bytes, number: int) -> None:
        found = _MESSAGE_ID.search(raw[:4000])
        name = found[1].decode() if found else ""
        self.received.append(Received(recipient, name, raw if self.keeps_raw else b"", number))
