"""The thin door before Django: pixel, click redirect and one-click unsubscribe.

    GET /o/<token>.gif          a picture of one point
    GET /c/<token>/<number>     on to the stored link
    GET /s/<brief>[/<number>]   the same from a text; /s/<brief>/u leads to the way out
    POST /u/<token>             RFC 8058: List-Unsubscribe=One-Click

Each is answered once its hit is committed. While the database is away, pixels and links that are known
here are still answered; their hits wait in this process and are written when it is back (they are lost if
the process ends before). An unsubscribe is answered 503 then, and the provider sends it again.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings

from kesher.lib import clock
from kesher.messages.receipts.hits import (
    CLICK,
    HONEYPOT,
    OPEN,
    PREFETCH,
    UNSUBSCRIBE,
    copy_line,
)
from kesher.messages.tokens import read_token
from kesher.public.batching import Batcher, Overloaded, Unreachable, write_hits
from kesher.public.links import Links, location
from kesher.public.short import long_form

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

log = logging.getLogger(__name__)

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
LONGEST_BODY = 8 * 1024
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{2,45}$")
_NUMBER = re.compile(r"(?:\d{1,6}|-1)$", re.ASCII)

_COMMON: Headers = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"x-content-type-options", b"nosniff"),
]
_GIF: Headers = [(b"content-type", b"image/gif"), (b"content-length", b"43"), *_COMMON]
_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), *_COMMON]


class Door:
    """The writer and the links of one event loop."""

    def __init__(self) -> None:
        # A full collection walks all that Django loaded, some 50 ms in which nobody is answered: what is here now
        # is here to stay, and is walked no more.
        gc.collect()
        gc.freeze()
        self.hits: Batcher[bytes, bool] = Batcher(write_hits, keeps=True)
        self.links = Links()

    async def close(self) -> None:
        await self.hits.close()
        await self.links.close()


_doors: WeakKeyDictionary[asyncio.AbstractEventLoop, Door] = WeakKeyDictionary()


def door() -> Door:
    """The door of the running loop."""
    loop = asyncio.get_running_loop()
    found = _doors.get(loop)
    if found is None:
        found = _doors[loop] = Door()
    return found


async def handle(scope: Scope, receive: Receive, send: Send) -> bool:
    """Answer a request if it is one of ours; False means that nothing was read or sent."""
    if scope["type"] != "http":
        return False
    path: str = scope["path"]
    kind, rest = path[:3], path[3:]
    method: str = scope["method"]
    if kind == "/o/" and method in ("GET", "HEAD"):
        return await _pixel(scope, send, rest)
    if kind == "/c/" and method in ("GET", "HEAD"):
        return await _click(scope, send, rest)
    if kind == "/s/" and method in ("GET", "HEAD"):
        return await _short(scope, send, rest)
    if kind == "/u/" and method == "POST" and "/" not in rest:
        return await _one_click(scope, receive, send, rest)
    return False


async def _pixel(scope: Scope, send: Send, rest: str) -> bool:
    message_id = read_token(rest[:-4]) if rest.endswith(".gif") else None
    if message_id is not None:
        await _store(_line(scope, OPEN, message_id, None))
    await _answer(scope, send, 200 if message_id is not None else 404, _GIF, PIXEL)
    return True


async def _click(scope: Scope, send: Send, rest: str) -> bool:
    token, _, number_text = rest.partition("/")
    message_id = read_token(token)
    if message_id is None or not _NUMBER.match(number_text):
        return False  # Django says so, in the visitor's language
    number = int(number_text)
    if number == HONEYPOT:
        target: str | None = f"{settings.BASE_URL}/v/{token}"
    else:
        try:
            target = await door().links.target(message_id, number)
        except (Unreachable, Overloaded):
            await _later(scope, send)
            return True
    if target is None:
        return False
    await _store(_line(scope, CLICK, message_id, number))
    headers = [(b"location", location(target)), (b"content-length", b"0"), *_COMMON]
    await _answer(scope, send, 302, headers, b"")
    return True


async def _short(scope: Scope, send: Send, rest: str) -> bool:
    address = long_form(rest)
    if address is None:
        return False
    if address.startswith("/c/"):
        return await _click(scope, send, address[3:])
    headers = [(b"location", address.encode()), (b"content-length", b"0"), *_COMMON]
    await _answer(scope, send, 302, headers, b"")
    return True


async def _one_click(scope: Scope, receive: Receive, send: Send, token: str) -> bool:
    message_id = read_token(token)
    body = await _body(receive)
    if message_id is None:
        await _say(scope, send, 404, b"This address is not known here.\n")
    elif body is None or b"List-Unsubscribe" not in body or b"One-Click" not in body:
        await _say(scope, send, 400, b"The body must be List-Unsubscribe=One-Click (RFC 8058).\n")
    elif await _store(_line(scope, UNSUBSCRIBE, message_id, None)):
        await _say(scope, send, 200, b"Unsubscribed.\n")
    else:
        await _later(scope, send)
    return True


async def _store(line: bytes) -> bool:
    """Whether the hit is committed. False: the database is away, and it waits its turn or is not taken."""
    try:
        return await door().hits.answer(line)
    except Overloaded:
        log.error("a hit was not taken: too many wait for the database")
        return False
    except Unreachable:
        return False


def _line(scope: Scope, kind: str, message_id: int, number: int | None) -> bytes:
    agent, forwarded, purpose = "", "", b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value.decode("latin-1")
        elif name == b"x-forwarded-for":
            forwarded = (
                f"{forwarded},{value.decode('latin-1')}" if forwarded else value.decode("latin-1")
            )
        elif name in (b"sec-purpose", b"purpose", b"x-moz", b"x-purpose"):
            purpose += value
    method = scope["method"]
    if method == "GET" and b"pre" in purpose.lower():  # prefetch, prerender, preview
        method = PREFETCH
    ip = _address(scope, forwarded)
    return copy_line(kind, message_id, number, clock.now().isoformat(), ip, agent, method)


def _address(scope: Scope, forwarded: str) -> str:
    """The visitor's address: as many entries of X-Forwarded-For are believed as there are trusted proxies."""
    proxies: int = settings.TRUSTED_PROXIES
    client = scope.get("client")
    address = client[0] if client else ""
    if proxies and forwarded:
        hops = [hop.strip() for hop in forwarded.split(",")]
        address = hops[max(0, len(hops) - proxies)]
    return address if _ADDRESS.match(address) else ""


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is longer than any one-click body or the visitor left."""
    parts: bytes = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts += event.get("body", b"")
        if len(parts) > LONGEST_BODY:
            return None
        if not event.get("more_body", False):
            return parts


async def _later(scope: Scope, send: Send) -> None:
    text = "Please try again in a moment.\nנסו שוב בעוד רגע.\n"
    await _say(scope, send, 503, text.encode(), [(b"retry-after", b"30")])


async def _say(
    scope: Scope, send: Send, status: int, text: bytes, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    length = (b"content-length", str(len(text)).encode())
    await _answer(scope, send, status, [length, *more, *_TEXT], text)


async def _answer(scope: Scope, send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
