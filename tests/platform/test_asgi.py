"""The seam between ASGI and Django: what must not pass through it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kesher.project import asgi


def scope(path: str, *headers: tuple[bytes, bytes], query: bytes = b"") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": list(headers),
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
    }


def ask(asked: dict[str, Any], body: bytes = b"") -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(asgi.application(asked, receive, send))
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:])


def test_a_header_with_an_underscore_does_not_pass_for_the_real_one() -> None:
    clean = asgi.cleaned(
        scope("/", (b"x_forwarded_for", b"1.2.3.4"), (b"x-forwarded-for", b"5.6.7.8"))
    )

    assert clean["headers"] == [(b"x-forwarded-for", b"5.6.7.8")]


def test_a_query_beyond_ascii_is_percent_encoded_and_the_rest_left_alone() -> None:
    clean = asgi.cleaned(scope("/", query="q=דן&n=%D7%93&a[]=1".encode()))

    assert clean["query_string"] == b"q=%D7%93%D7%9F&n=%D7%93&a[]=1"


def test_a_body_cut_off_by_its_sender_raises() -> None:
    messages = iter(
        [
            {"type": "http.request", "body": b"half", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def read() -> None:
        whole = asgi.whole(receive)
        await whole()
        await whole()

    with pytest.raises(OSError, match="middle of a body"):
        asyncio.run(read())


@pytest.mark.django_db(transaction=True)
def test_health_is_told_for_any_host_name() -> None:
    assert ask(scope("/healthz", (b"host", b"10.0.0.7"))) == (200, b"ok")


@pytest.mark.django_db(transaction=True)
def test_metrics_are_for_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KESHER_METRICS", "1")
    near = scope("/metrics", (b"host", b"127.0.0.1"))
    proxied = scope("/metrics", (b"host", b"127.0.0.1"), (b"x-forwarded-for", b"1.2.3.4"))

    status, body = ask(near)

    assert status == 200
    assert b'kesher_waiting{what="jobs"}' in body
    assert ask(proxied)[0] != 200
