"""The language of a screen, and toasts for answers that htmx swaps in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from kesher.web import toasts

Answer = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """The signed-in person's language, else the cookie's, else the browser's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(self.language_of(request)):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    def language_of(self, request: HttpRequest) -> str:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.user.is_authenticated:
            chosen = request.user.language
        return chosen if chosen in known else translation.get_language_from_request(request)


class ToastMiddleware:
    """An htmx answer carries its toasts in a header; one that moves on leaves them for the next page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        moves_on = {"HX-Redirect", "HX-Refresh", "HX-Location"} & set(response.headers)
        if request.headers.get("HX-Request") and response.status_code < 300 and not moves_on:
            toasts.into_header(request, response)
        return response
