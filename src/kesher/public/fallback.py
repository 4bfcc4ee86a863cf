"""Pixel, click and short address as Django answers them, for servers without the thin door in front (tests, plain WSGI)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kesher.accounts.access import client_ip
from kesher.lib import clock
from kesher.messages.receipts import NewHit, store_hits
from kesher.messages.receipts.hits import CLICK, HONEYPOT, OPEN, PREFETCH
from kesher.messages.tokens import read_token
from kesher.public.asgi import PIXEL
from kesher.public.links import is_web_address, location
from kesher.public.pages import HEADERS, not_found
from kesher.public.personal import filled
from kesher.public.short import long_form


@require_safe
def pixel(request: HttpRequest, token: str) -> HttpResponse:
    message_id = read_token(token)
    if message_id is not None:
        store_hits([_hit(request, OPEN, message_id)])
    status = 200 if message_id is not None else 404
    return HttpResponse(PIXEL, "image/gif", status, headers=HEADERS)


@require_safe
def click(request: HttpRequest, token: str, number: int) -> HttpResponse:
    message_id = read_token(token)
    if message_id is not None and number == HONEYPOT:
        store_hits([_hit(request, CLICK, message_id, number)])
        return HttpResponse(status=302, headers={**HEADERS, "Location": f"/v/{token}"})
    url = filled(message_id, number) if message_id is not None else None
    if message_id is None or not url or not is_web_address(url):
        return not_found(request)
    store_hits([_hit(request, CLICK, message_id, number)])
    return HttpResponse(status=302, headers={**HEADERS, "Location": location(url).decode()})


@require_safe
def short(request: HttpRequest, rest: str) -> HttpResponse:
    """See `short`."""
    address = long_form(rest)
    if address is None:
        return not_found(request)
    if address.startswith("/u/"):
        return HttpResponse(status=302, headers={**HEADERS, "Location": address})
    token, number = address.removeprefix("/c/").split("/")
    return click(request, token, int(number))


def _hit(request: HttpRequest, kind: str, message_id: int, number: int | None = None) -> NewHit:
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return NewHit(
        kind,
        message_id,
        clock.now(),
        number,
        client_ip(request) or "",
        request.headers.get("User-Agent", ""),
        PREFETCH if "pre" in purpose.lower() else request.method or "GET",
    )
