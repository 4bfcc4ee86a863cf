"""A sent mail with links, its token, and a way to knock at the thin door without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from kesher.contacts.models import Contact
from kesher.contacts.vocabulary import fields_of
from kesher.content.compile import compile_document
from kesher.content.models import TrackedLink, Version
from kesher.messages.models import Message
from kesher.messages.tokens import message_token
from kesher.public import asgi
from kesher.public.batching import Batcher

BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [
        {"kind": "text", "id": "hello", "html": "<p>שלום [[שם פרטי|חבר]]</p>"},
        {"kind": "button", "id": "buy", "text": "לקנייה", "url": "https://shop.example/p/0?a=1&b=%D7%90"},
        {"kind": "button", "id": "own", "text": "שלי", "url": "https://shop.example/מוצר?n=[[שם פרטי|חבר]]"},
    ],
}  # fmt: skip


@pytest.fixture
def version(workspace: Any) -> Version:
    plan = compile_document(BODY, subject="חדש על המדף", preheader="", fields=fields_of(workspace))
    made = Version.objects.create(
        workspace=workspace, body=BODY, subject="חדש על המדף", plan=plan.to_json()
    )
    for link in plan.links:
        TrackedLink.objects.create(
            workspace=workspace, version=made, number=link.number, url=link.url, label=link.label
        )
    return made


Send = Callable[..., Message]


@pytest.fixture
def send(workspace: Any, version: Version, now: datetime) -> Send:
    def make(contact: Contact | None, **values: Any) -> Message:
        given = {
            "workspace_id": workspace.pk,
            "version_id": version.pk,
            "contact_id": contact.pk if contact else None,
            "address": contact.email if contact else "out@example.com",
            "source": "campaign",
            "source_id": "7",
            **values,
        }
        return Message.objects.create(
            status="sent", queued_at=now, sent_at=now - timedelta(hours=1), **given
        )

    return make


@pytest.fixture
def message(send: Send, noa: Contact) -> Message:
    return send(noa)


@pytest.fixture
def token(message: Message) -> str:
    return message_token(message.pk)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


Knock = Callable[..., Answer | None]


class Borrowed:
    """Django's connection as the door's: what the test wrote and did not commit is seen, and rolled back."""

    closed = False

    def __init__(self, lent: Any) -> None:
        self._lent = lent

    async def execute(self, statement: str, parameters: Any) -> Borrowed:
        self._rows = self._lent.execute(statement, parameters).fetchall()
        return self

    async def fetchall(self) -> Any:
        return self._rows

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[Borrowed]:
        yield self

    @asynccontextmanager
    async def copy(self, statement: str) -> AsyncIterator[Borrowed]:
        with self._lent.cursor() as cursor, cursor.copy(statement) as self._copy:
            yield self

    async def write(self, data: bytes) -> None:
        self._copy.write(data)

    async def close(self) -> None:
        return None


@pytest.fixture
def same_transaction(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door works in the test's own transaction, which spares emptying every table after each test."""
    connection.ensure_connection()
    lent = Borrowed(connection.connection)

    async def borrow(batcher: Any) -> Borrowed:
        return lent

    monkeypatch.setattr(Batcher, "_connected", borrow)


@pytest.fixture
def knock() -> Knock:
    """Ask the thin door once; None when it leaves the request to Django. Closes its connections."""

    def ask(method: str, path: str, *, headers: Sequence[tuple[str, str]] = (), body: bytes = b"",
            client: tuple[str, int] = ("203.0.113.9", 5)) -> Answer | None:  # fmt: skip
        return asyncio.run(_ask(method, path, headers, body, client))

    return ask


async def _ask(
    method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes, client: tuple[str, int]
) -> Answer | None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: Any) -> None:
        sent.append(event)

    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "client": client}
    try:
        if not await asgi.handle(scope, receive, send):
            assert not sent
            return None
    finally:
        await asgi.door().close()
    start, end = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], found, end["body"])
