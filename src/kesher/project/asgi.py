"""The ASGI application: tracking first, in front of Django; everything else is Django, on threads.

Why WSGI inside ASGI: docs/decisions/0002.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote_from_bytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from kesher.project import environment as env  # noqa: E402 (Django first)
from kesher.project import health  # noqa: E402
from kesher.public import asgi as public  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

on_threads = WSGIMiddleware(django_application, workers=env.WEB_THREADS.number())


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    clean = cleaned(scope)
    if await health.handle(clean, send, on_threads.executor):
        return
    if await public.handle(clean, receive, send):
        return
    await on_threads(clean, whole(receive), send)


def cleaned(scope: Scope) -> Scope:
    """What WSGI cannot tell apart or cannot carry: X_Forwarded_For would pass for X-Forwarded-For."""
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query = quote_from_bytes(scope["query_string"], safe="%/?:@!$&'()*+,;=~-._[]{}|\\^`\"<>#")
    return {**scope, "headers": headers, "query_string": query.encode()}


def whole(receive: Receive) -> Receive:
    """A body cut off by its sender must not pass for a shorter one: Django then answers nobody."""
    complete = False

    async def receive_or_fail() -> Message:
        nonlocal complete
        message = await receive()
        if message["type"] == "http.disconnect" and not complete:
            raise OSError("the sender went away in the middle of a body")
        complete = complete or not message.get("more_body", False)
        return message

    return receive_or_fail
