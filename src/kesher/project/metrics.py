"""What /metrics tells a Prometheus. Loaded by the first who asks: its library takes 2 MB.

See health for who may ask.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from kesher.lib import sql

KIND = CONTENT_TYPE_LATEST

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


def written() -> bytes:
    """Everything registered, as Prometheus reads it."""
    return generate_latest(REGISTRY)
