"""A real SMTP server on this machine that keeps every mail as the bytes that came."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port


@dataclass(frozen=True)
class ReceivedMail:
    """`recipient` from the envelope, `raw` from DATA."""

    sender: str
    recipient: str
    raw: bytes
    at: float

    @property
    def parsed(self) -> EmailMessage:
        message = message_from_bytes(self.raw, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    def body(self, kind: str) -> str:
        """The part of that kind ("html" or "plain"), decoded."""
        part = self.parsed.get_body((kind,))
        assert part is not None, f"no {kind} part"
        text = part.get_content()
        assert isinstance(text, str)
        return text


class MailServer:
    def __init__(self) -> None:
        self.received: list[ReceivedMail] = []
        self._lock = Lock()
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def to(self, recipient: str) -> list[ReceivedMail]:
        return [mail for mail in self.received if mail.recipient == recipient]

    def wait_for(self, count: int, *, domain: str, seconds: float = 60) -> list[ReceivedMail]:
        """All mails for that domain, as soon as there are so many. Raises AssertionError."""
        deadline = time.monotonic() + seconds
        while True:
            found = [mail for mail in self.received if mail.recipient.endswith(f"@{domain}")]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {count} mails for {domain}"
            time.sleep(0.1)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for recipient in envelope.rcpt_tos:
            mail = ReceivedMail(
                envelope.mail_from, recipient, envelope.original_content, time.monotonic()
            )
            with self._lock:
                self.received.append(mail)
        return "250 OK"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it writes a line for each of SMTP's
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
