"""Procrastinate's worker on a thread of its own, started again whenever it ends or goes deaf.

It does not recover from a lost database connection alone: its listener dies quietly. So it is watched
from outside: when a job has waited too long while it has nothing to do, it is replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

import structlog
from django.db import connection
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.utils import connector_params

from kesher.lib import clock
from kesher.worker.heartbeat import Pulse
from kesher.worker.loops import later

log = structlog.get_logger(__name__)

CONCURRENCY = 3
POLL_SECONDS = 5.0
GRACE_SECONDS = 8.0
LOOK_EVERY_SECONDS = 5.0


class JobsLoop:
    key = "jobs"

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.pulse = Pulse(self.key)

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.run, name="loop-jobs", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        backoff = 0.0
        while not self.stopping.is_set():
            try:
                asyncio.run(self.work())
                backoff = 0.0
            except Exception as error:  # the one place where this loop's surprise ends
                log.exception("loop_failed", loop=self.key)
                self.pulse.failed(error)
                backoff = later(backoff, error)
            self.stopping.wait(backoff)

    async def work(self) -> None:
        """Until it is asked to stop or its database connection fails (which raises)."""
        async with self.connected().open_async() as app:
            working = asyncio.create_task(
                app.run_worker_async(
                    name=self.pulse.worker,
                    concurrency=CONCURRENCY,
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            )
            try:
                while not self.stopping.is_set():
                    await asyncio.wait({working}, timeout=0.25)
                    if working.done():
                        break
                    await self.look(app)
            finally:
                working.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await working

    def connected(self) -> App:
        """The app on a small asynchronous pool of its own: one to listen, the rest to work."""
        connector = PsycopgConnector(
            kwargs=connector_params(), min_size=1, max_size=CONCURRENCY + 2
        )
        connected: App = django_app.with_connector(connector)
        return connected

    async def look(self, app: App) -> None:
        """Every few seconds: a sign of life, by way of the worker's own connection."""
        now = clock.now()
        if self.pulse.written_at and (now - self.pulse.written_at).seconds < LOOK_EVERY_SECONDS:
            return
        await app.check_connection_async()
        await asyncio.to_thread(self.beat)

    def beat(self) -> None:
        try:
            self.pulse.beat(clock.now())
        finally:
            connection.close()
