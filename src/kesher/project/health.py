"""/healthz for load balancers, /metrics for Prometheus: answered before Django, for any host name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from typing import Any

import structlog
from django.db import DatabaseError, connection
from psycopg_pool import PoolTimeout

from kesher.lib import sql
from kesher.project import environment as env

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
log = structlog.get_logger(__name__)
_PLAIN = "text/plain; charset=utf-8"
_NEAR = {"127.0.0.1", "::1"}


async def handle(scope: Scope, send: Send, executor: Executor) -> bool:
    """Answers False when the request is not for here."""
    loop = asyncio.get_running_loop()
    match scope["path"]:
        case "/healthz":
            ready = await loop.run_in_executor(executor, database_answers)
            await _answer(send, 200 if ready else 503, b"ok" if ready else b"no database", _PLAIN)
        case "/metrics" if env.METRICS.flag() and _is_near(scope):
            kind, body = await loop.run_in_executor(executor, metrics)
            await _answer(send, 200, body, kind)
        case _:
            return False
    return True


def _is_near(scope: Scope) -> bool:
    """From this machine itself, not through a proxy on it."""
    client = scope.get("client") or ("", 0)
    forwarded = any(name == b"x-forwarded-for" for name, _ in scope["headers"])
    return client[0] in _NEAR and not forwarded


async def _answer(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def database_answers() -> bool:
    try:
        return bool(sql.value("SELECT 1") == 1)
    except (DatabaseError, PoolTimeout) as error:
        log.warning("database_does_not_answer", error=str(error).strip())
        return False
    finally:
        connection.close()


def metrics() -> tuple[str, bytes]:
    """The content type and the text."""
    from kesher.project import metrics

    try:
        return metrics.KIND, metrics.written()
    finally:
        connection.close()
