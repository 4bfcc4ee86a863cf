"""Where a tracked link leads: found by message and number, never by anything in the address itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from kesher.public.batching import Batcher, Connection
from kesher.public.personal import fill_link

Value = TypeVar("Value")

MESSAGES_KEPT = 20_000
VERSIONS_KEPT = 500

# A version of the same workspace only: a message cannot borrow another business's links.
_VERSIONS_OF_MESSAGES = """
SELECT m.id, m.version_id FROM message m JOIN document_version v
  ON v.id = m.version_id AND v.workspace_id = m.workspace_id WHERE m.id = ANY(%s)
"""
_LINKS_OF_VERSIONS = """
SELECT v.id, array_agg(l.number), array_agg(l.url), array_agg(coalesce(l.smart -> 'identify' = 'true', FALSE)) FROM document_version v
JOIN tracked_link l ON l.version_id = v.id AND l.workspace_id = v.workspace_id
WHERE v.id = ANY(%s) GROUP BY v.id
"""


class _Kept(Generic[Value]):
    """What was looked up, by number; the oldest goes when it is full. What is not there is not kept."""

    def __init__(self, statement: str, most: int, make: Callable[..., Value]) -> None:
        self._statement, self._most, self._make = statement, most, make
        self._kept: dict[int, Value] = {}
        self._asked: Batcher[int, Value | None] = Batcher(self._look_up, keeps=False)

    async def get(self, number: int) -> Value | None:
        """Raises batching.Unreachable or Overloaded."""
        if (known := self._kept.get(number)) is not None:
            return known
        return await self._asked.answer(number)

    async def close(self) -> None:
        await self._asked.close()

    async def _look_up(self, connection: Connection, numbers: list[int]) -> Sequence[Value | None]:
        cursor = await connection.execute(self._statement, (list(set(numbers)),))
        found = {row[0]: self._make(*row[1:]) for row in await cursor.fetchall()}
        for key, value in found.items():
            if len(self._kept) >= self._most:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[key] = value
        return [found.get(number) for number in numbers]


class Links:
    """The addresses behind tracked links. Versions never change, so what is known stays true."""

    def __init__(self, fill: Callable[[int, int], Awaitable[str | None]] | None = None) -> None:
        self._versions: _Kept[int] = _Kept(_VERSIONS_OF_MESSAGES, MESSAGES_KEPT, int)
        self._links: _Kept[dict[int, tuple[str, bool]]] = _Kept(
            _LINKS_OF_VERSIONS, VERSIONS_KEPT, _by_number
        )
        self._fill = fill or _fill_in_thread

    async def target(self, message_id: int, number: int) -> str | None:
        """The web address, merge tags filled; None when there is no such link or it leads nowhere safe.

        Raises batching.Unreachable or Overloaded.
        """
        version_id = await self._versions.get(message_id)
        links = await self._links.get(version_id) if version_id is not None else None
        url, is_personal = links.get(number, (None, False)) if links else (None, False)
        if is_personal:
            url = await self._fill(message_id, number)
        return url if url and is_web_address(url) else None

    async def close(self) -> None:
        await self._versions.close()
        await self._links.close()


def _by_number(
    numbers: list[int], urls: list[str], identifying: list[bool]
) -> dict[int, tuple[str, bool]]:
    """Address by number, and whether it differs from reader to reader: by a merge tag, or by who they are."""
    rows = zip(numbers, urls, identifying, strict=True)
    return {number: (url, "[[" in url or identifies) for number, url, identifies in rows}


async def _fill_in_thread(message_id: int, number: int) -> str | None:
    return await asyncio.to_thread(fill_link, message_id, number)


def is_web_address(url: str) -> bool:
    """Whether it may stand in a Location header and leads to the web."""
    if not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def location(url: str) -> bytes:
    """The address as bytes for a header: letters beyond ASCII escaped, what is escaped left alone."""
    return _escaped(url).encode("ascii")


def _escaped(url: str) -> str:
    from django.utils.encoding import iri_to_uri

    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.isascii():
        plain = host.encode("idna").decode("ascii")
        url = url.replace(host, plain, 1)
    return iri_to_uri(url) or ""
