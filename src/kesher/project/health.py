"""/healthz for load balancers, /metrics for Prometheus: answered before Django, for any host name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import Executor
from typing import Any

import structlog
from django.db import DatabaseError, connection
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
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
            body = await loop.run_in_executor(executor, metrics)
            await _answer(send, 200, body, CONTENT_TYPE_LATEST)
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


def metrics() -> bytes:
    try:
        return generate_latest(REGISTRY)
    finally:
        connection.close()


# Counted from partial indexes and small tables only, so that asking every few seconds costs nothing.
_QUEUES = """
SELECT 'jobs', count(*) FROM procrastinate_jobs WHERE status = 'todo'
UNION ALL SELECT 'jobs_failed', count(*) FROM procrastinate_jobs WHERE status = 'failed'
UNION ALL SELECT 'inbox', count(*) FROM inbox
UNION ALL SELECT 'hits', count(*) FROM hit
"""
_HEARTBEATS = """
SELECT loop, extract(epoch FROM now() - max(at))::float, sum(failures)::bigint
FROM worker_heartbeat WHERE at > now() - interval '1 day' GROUP BY loop
"""


class Queues(Collector):
    """What waits in the database, and when each loop of the worker last gave a sign."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("kesher_waiting", "Rows still to be worked on", labels=["what"])
        for what, number in sql.rows(_QUEUES):
            waiting.add_metric([what], number)
        yield waiting
        age = GaugeMetricFamily("kesher_loop_age_seconds", "Since its last sign", labels=["loop"])
        failures = GaugeMetricFamily("kesher_loop_failures", "Rounds that failed", labels=["loop"])
        for loop, seconds, failed in sql.rows(_HEARTBEATS):
            age.add_metric([loop], seconds)
            failures.add_metric([loop], failed)
        yield age
        yield failures

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: asked at registration, when there may be no database yet."""
        yield from ()


REGISTRY.register(Queues())
