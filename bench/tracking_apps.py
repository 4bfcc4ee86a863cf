"""The three servers that the tracking benchmark compares, each an ASGI application for granian.

`tracking` is the product's own door; `bare` answers the pixel and keeps nothing (the limit); `view` is a
Django view that writes nothing (the obvious place to put it).
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.project.settings")

import django

django.setup()

from kesher.public import asgi as public  # noqa: E402


async def tracking(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and not await public.handle(scope, receive, send):
        await bare(scope, receive, send)


async def bare(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": public._GIF})
    await send({"type": "http.response.body", "body": public.PIXEL})


def _view_application() -> Any:
    """Under WSGI, where Django is at its fastest."""
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    def pixel(request: HttpRequest, rest: str) -> HttpResponse:
        return HttpResponse(public.PIXEL, "image/gif", headers={"Content-Length": "43"})

    class Urls:
        urlpatterns = [path("o/<path:rest>", pixel), path("c/<path:rest>", pixel)]

    settings.ROOT_URLCONF = Urls
    settings.MIDDLEWARE = []
    return WSGIHandler()


view = _view_application() if os.environ.get("BENCH_VIEW") else None
