"""Error pages that say what happened and where to go on. They need no database and no session."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    icon: str
    title: Promise
    text: Promise


PAGES = {
    400: Words(
        "alert-circle",
        _("This request could not be understood"),
        _("Go back and try again. If it happens again, reload the page first."),
    ),
    403: Words(
        "lock",
        _("This is not open to you"),
        _("Your role in this workspace does not reach this page. A manager can change your role."),
    ),
    404: Words(
        "zoom-question",
        _("There is nothing here"),
        _("The page was deleted, moved, or belongs to a workspace that you are not a member of."),
    ),
    500: Words(
        "plug-x",
        _("Something broke on our side"),
        _(
            "What you saved before is safe. Try again in a moment; the error was written to the log."
        ),
    ),
    503: Words(
        "plug-x",
        _("The database does not answer just now"),
        _("It may be starting again. What you saved before is safe; try again in a few seconds."),
    ),
}
AGAIN_SECONDS = "5"


def _page(request: HttpRequest, status: int) -> HttpResponse:
    # LanguageMiddleware has already restored the language when an error leaves the view; without a database it never
    # learned whose the person's is.
    language = getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(
        request
    )
    with translation.override(language):
        given = {
            "status": status,
            "words": PAGES[status],
            "LANGUAGE_CODE": language,
            "LANGUAGE_BIDI": translation.get_language_bidi(),
        }
        # Without the request no context processor runs: this page stands when the database does not.
        return HttpResponse(render_to_string("error.html", given), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it where the error is caught. A page that was only asked for asks again by itself."""
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return _page(request, 500)
    response = _page(request, 503)
    response["Retry-After"] = AGAIN_SECONDS
    if request.method == "GET":
        response["Refresh"] = AGAIN_SECONDS
    return response
