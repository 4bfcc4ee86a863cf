"""Durability: an answered hit is in the table, whatever happens to the process or to the database."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.ports import free_port

from kesher.messages.models import Hit, Message
from kesher.messages.tokens import message_token
from kesher.public import asgi, batching
from kesher.public.batching import Batcher, Overloaded, Unreachable
from kesher.public.tests.conftest import Knock

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_door_has_connections_of_its_own(knock: Knock, token: str) -> None:
    pixel, click = knock("GET", f"/o/{token}.gif"), knock("GET", f"/c/{token}/1")

    assert pixel is not None
    assert click is not None
    assert (pixel.status, click.status) == (200, 302)
    assert click.headers["location"].startswith("https://shop.example/%D7%9E")
    assert Hit.objects.count() == 2


def test_a_database_that_is_away_keeps_nobody_waiting_and_loses_nothing_meanwhile(
    monkeypatch: pytest.MonkeyPatch, message: Message, token: str
) -> None:
    """Pixel and known links are answered; one-click is told to come again; hits are written once it is back."""
    monkeypatch.setattr(batching, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(batching, "RETRY_SECONDS", 0.1)
    good = batching.conninfo()
    monkeypatch.setattr(batching, "conninfo", lambda: "host=127.0.0.1 port=1 connect_timeout=1")

    async def ask(method: str, path: str) -> int:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"List-Unsubscribe=One-Click"}

        async def send(event: Any) -> None:
            sent.append(event)

        scope = {"type": "http", "method": method, "path": path, "headers": [], "client": None}
        await asgi.handle(scope, receive, send)
        return int(sent[0]["status"])

    async def scenario() -> list[int]:
        door = asgi.door()
        door.links._versions._kept[message.pk] = message.version_id
        door.links._links._kept[message.version_id] = {0: ("https://shop.example/", False)}
        answers = [
            await ask("GET", f"/o/{token}.gif"),
            await ask("GET", f"/c/{token}/0"),
            await ask("GET", f"/c/{message_token(message.pk + 1)}/0"),
            await ask("POST", f"/u/{token}"),
        ]
        started = time.monotonic()
        answers.append(await ask("GET", f"/o/{token}.gif"))
        assert time.monotonic() - started < 0.2
        monkeypatch.setattr(batching, "conninfo", lambda: good)
        for _ in range(50):
            await asyncio.sleep(0.1)
            if not door.hits.is_away:
                break
        answers.append(await ask("POST", f"/u/{token}"))
        await door.close()
        return answers

    assert asyncio.run(scenario()) == [200, 302, 503, 503, 200, 200]
    assert list(Hit.objects.order_by("id").values_list("kind", flat=True)) == [
        "open", "click", "unsubscribe", "open", "unsubscribe",
    ]  # fmt: skip


def test_memory_is_bounded_whatever_comes() -> None:
    async def never(connection: Any, items: list[int]) -> list[int]:
        return items

    async def scenario() -> None:
        batcher: Batcher[int, int] = Batcher(never, keeps=True, most_waiting=3)
        for number in range(3):
            batcher.ask(number)
        with pytest.raises(Overloaded):
            batcher.ask(4)
        await batcher.close()

    asyncio.run(scenario())


def test_a_line_that_the_database_refuses_does_not_hold_up_the_rest(message: Message) -> None:
    async def scenario() -> None:
        batcher: Batcher[bytes, bool] = Batcher(batching.write_hits, keeps=True)
        with pytest.raises(Unreachable):
            await batcher.answer(b"not a line\n")
        line = asgi.copy_line("open", message.pk, None, "2026-11-17T08:00:00+00:00", "", "", "GET")
        assert await batcher.answer(line)
        await batcher.close()

    asyncio.run(scenario())
    assert Hit.objects.count() == 1


SERVER = """
import django
django.setup()
from kesher.public.asgi import handle
async def application(scope, receive, send):
    if scope["type"] == "http":
        await handle(scope, receive, send)
"""


def _hammer(port: int, request: bytes, counted: list[int], place: int) -> None:
    """One keep-alive connection that asks until the server is gone, counting complete answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            while True:
                link.sendall(request)
                data = b""
                while not data.endswith(asgi.PIXEL):
                    got = link.recv(4096)
                    if not got:
                        return
                    data += got
                counted[place] += 1
    except OSError:
        return


@pytest.mark.slow
def test_what_was_answered_is_in_the_table_after_kill_9(tmp_path: Path, token: str) -> None:
    (tmp_path / "hits_app.py").write_text(SERVER)
    port, given = free_port(), connection.settings_dict
    url = f"postgresql://{given['USER']}:{given['PASSWORD']}@/{given['NAME']}?host={given['HOST']}&port={given['PORT']}"
    root = Path(asgi.__file__).parents[2]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "KESHER_SECRET_KEY": settings.SECRET_KEY,  # the same tokens, whatever its data folder
        "PYTHONPATH": f"{root}:{tmp_path}",
    }
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "asginl", "--loop", "uvloop", "--no-ws", "--log-level", "error",
            "--host", "127.0.0.1", "--port", str(port), "hits_app:application",
        ],
        env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        counted = [0] * 16
        request = f"GET /o/{token}.gif HTTP/1.1\r\nHost: x\r\nUser-Agent: Mail\r\n\r\n".encode()
        threads = [
            threading.Thread(target=_hammer, args=(port, request, counted, n)) for n in range(16)
        ]
        for thread in threads:
            thread.start()
        time.sleep(1.0)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)
    for thread in threads:
        thread.join(10)
    time.sleep(0.3)  # PostgreSQL may still finish the batch that nobody heard of

    kept = Hit.objects.count()
    assert sum(counted) > 50
    assert sum(counted) <= kept <= sum(counted) + 16
