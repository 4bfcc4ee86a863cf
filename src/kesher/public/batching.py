"""Many waiting requests, one round trip: hits are written, and links looked up, for all that wait at once.

While one batch travels the next gathers, so the load itself decides how large a batch is: one hit when it
is quiet, hundreds when it is not. Everything here lives in one event loop and needs no lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection as django_connection

from kesher.messages.receipts.hits import COPY_HITS

log = logging.getLogger(__name__)

LONGEST_BATCH = 2_000  # rows in one COPY
MOST_WAITING = 20_000  # beyond it a hit is not taken: memory stays bounded whatever comes
PATIENCE_SECONDS = 3.0  # how long a visitor waits for a database that does not answer
RETRY_SECONDS = 0.5
CONNECT_SECONDS = 3  # less than what others wait: here a visitor does

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Connection = psycopg.AsyncConnection[Any]


class Overloaded(Exception):
    """More is waiting than is taken."""


class Unreachable(Exception):
    """The database did not answer in time."""


def conninfo() -> str:
    """Where Django's default connection leads, for a connection of our own (the tests' database in tests)."""
    given = django_connection.settings_dict
    options = {key: value for key, value in given["OPTIONS"].items() if key != "pool"}
    options |= {"connect_timeout": CONNECT_SECONDS, "application_name": "kesher visitors"}
    return psycopg.conninfo.make_conninfo(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        dbname=given["NAME"],
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
        **options,
    )


class Batcher(Generic[Item, Answer]):
    """Gathers items and answers them in batches by `run`, on a connection of its own.

    When the database is away, who waits longer than PATIENCE is told Unreachable, and until it is back
    newcomers are told so at once. What waited is tried again when `keeps`, as long as this process lives.
    """

    def __init__(
        self,
        run: Callable[[Connection, list[Item]], Awaitable[Sequence[Answer]]],
        *,
        keeps: bool,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._run, self._keeps, self._most = run, keeps, most_waiting
        self._items: list[Item] = []
        self._waiters: list[asyncio.Future[Answer]] = []
        self._task: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._wake = asyncio.Event()
        self.is_away = False

    def ask(self, item: Item) -> asyncio.Future[Answer]:
        """A future with the answer to this item. Raises Overloaded."""
        if len(self._items) >= self._most:
            raise Overloaded
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())
        waiter: asyncio.Future[Answer] = loop.create_future()
        self._items.append(item)
        self._waiters.append(waiter)
        self._wake.set()
        return waiter

    async def answer(self, item: Item) -> Answer:
        """Raises Overloaded, or Unreachable when the database does not answer in time."""
        waiter = self.ask(item)
        if self.is_away:
            waiter.cancel()  # it stays in line, but nobody waits for it
            raise Unreachable
        return await waiter

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._drop_connection()

    async def _work(self) -> None:
        while True:
            while not self._items:
                self._wake.clear()
                await self._wake.wait()
            items, waiters = self._items[:LONGEST_BATCH], self._waiters[:LONGEST_BATCH]
            del self._items[:LONGEST_BATCH], self._waiters[:LONGEST_BATCH]
            await self._settle(items, waiters)

    async def _settle(self, items: list[Item], waiters: list[asyncio.Future[Answer]]) -> None:
        started = asyncio.get_running_loop().time()
        while True:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    answers = await self._run(await self._connected(), items)
                break
            except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError) as error:
                await self._drop_connection()
                if asyncio.get_running_loop().time() - started >= PATIENCE_SECONDS:
                    self._give_up(waiters, error)
                await asyncio.sleep(RETRY_SECONDS)
                if self.is_away and not self._keeps:
                    return
            except Exception:
                # Whatever it was, these are told so and the next are served: nobody waits for ever.
                log.exception("a batch of %d could not be worked off", len(items))
                self._fail(waiters)
                return
        self.is_away = False
        for waiter, answer in zip(waiters, answers, strict=True):
            if not waiter.done():
                waiter.set_result(answer)

    def _give_up(self, waiters: list[asyncio.Future[Answer]], error: BaseException) -> None:
        if not self.is_away:
            log.error("the database does not answer visitors' requests: %r", error)
        self.is_away = True
        self._fail(waiters)
        self._fail(self._waiters)

    def _fail(self, waiters: Sequence[asyncio.Future[Answer]]) -> None:
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(Unreachable())

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(conninfo(), autocommit=True)
            self._connection.prepare_threshold = 0
        return self._connection

    async def _drop_connection(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error, TimeoutError):
                async with asyncio.timeout(1):
                    await self._connection.close()
            self._connection = None


async def write_hits(connection: Connection, lines: list[bytes]) -> Sequence[bool]:
    """Ready COPY lines into the table of hits: one COPY, which is one commit, for all that wait."""
    async with connection.cursor() as cursor, cursor.copy(COPY_HITS) as copy:
        await copy.write(b"".join(lines))
    return [True] * len(lines)
