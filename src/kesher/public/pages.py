"""Visitors' pages: plain HTML in one language, with everything in it, safe headers around it."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _

_PAGE_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def page(
    template: str, context: dict[str, Any], *, language: str, status: int = 200
) -> HttpResponse:
    """A page rendered without the request: no session, no cookie, no context processors."""
    nonce = secrets.token_urlsafe(12)
    with translation.override(language):
        given = {
            "nonce": nonce,
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            **context,
        }
        response = HttpResponse(get_template(template).render(given), status=status)
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Language"] = language
    response.headers["Content-Security-Policy"] = _PAGE_POLICY.format(nonce=nonce)
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """In the language that the visitor's browser asks for: nobody knows who they are."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        context = {
            "title": _("This link does not work"),
            "text": _(
                "It may have been cut off when it was copied, or it is too old. Open it from the mail itself."
            ),
        }
    return page("public/notice.html", context, language=language, status=404)
