"""Unsubscribing, choosing lists, reading a mail in the browser. A GET changes nothing; a POST needs no cookie:
the signed token in the address says who it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from kesher.accounts.access import client_ip
from kesher.lib import clock
from kesher.messages.receipts import choose_lists, resubscribe, unsubscribe
from kesher.messages.receipts.unsubscribing import REASONS
from kesher.public.pages import HEADERS, not_found, page
from kesher.public.reading import mail_page
from kesher.public.visitors import Visitor, offered_lists, visitor_of

LONGEST_REASON = 500

View = Callable[[HttpRequest, str, Visitor], HttpResponse]


def visitor_view(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Wrap a view of an address with a message's token: the visitor, in their language, or the kind 404."""

    @csrf_exempt
    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        visitor = visitor_of(token)
        if visitor is None:
            return not_found(request)
        with translation.override(visitor.language):
            response = view(request, token, visitor)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return inner


@visitor_view
def preferences(request: HttpRequest, token: str, visitor: Visitor) -> HttpResponse:
    """GET shows what the person gets and how to stop it. POST is a provider's one-click (RFC 8058)."""
    if request.method == "POST":
        return _one_click(request, visitor)
    lists = offered_lists(visitor)
    context = {
        "token": token,
        "visitor": visitor,
        "lists": lists,
        "lists_first": request.GET.get("all") == "0" and bool(lists),
        "is_saved": request.GET.get("saved") == "1",
        "is_changed": request.GET.get("changed") == "1",
        "reasons": _reasons(),
        "consent_text": consent_text(visitor),
    }
    return page("public/preferences.html", context, language=visitor.language)


def _one_click(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponse(
            "The body must be List-Unsubscribe=One-Click (RFC 8058).\n", "text/plain", 400
        )
    unsubscribe(visitor.message.pk, now=clock.now(), by="one_click", evidence=_evidence(request))
    return HttpResponse("Unsubscribed.\n", "text/plain")


@visitor_view
@require_safe
def mail(request: HttpRequest, token: str, visitor: Visitor) -> HttpResponse:
    """View in browser."""
    return mail_page(request, token, visitor)


@visitor_view
@require_POST
def stop(request: HttpRequest, token: str, visitor: Visitor) -> HttpResponse:
    """No more advertising mail."""
    unsubscribe(
        visitor.message.pk,
        now=clock.now(),
        reason=_given_reason(request),
        evidence=_evidence(request),
    )
    return _back(token, "?changed=1")


@visitor_view
@require_POST
def again(request: HttpRequest, token: str, visitor: Visitor) -> HttpResponse:
    """Changed their mind: a new consent, with the words they saw."""
    evidence = {"text": consent_text(visitor), "by": "preference centre", **_evidence(request)}
    resubscribe(visitor.message.pk, now=clock.now(), evidence=evidence)
    return _back(token, "?changed=1")


@visitor_view
@require_POST
def lists(request: HttpRequest, token: str, visitor: Visitor) -> HttpResponse:
    """Which of the offered lists they want to be in."""
    offered = {row.id for row in offered_lists(visitor)}
    wanted = {
        int(text) for text in request.POST.getlist("list") if text.isascii() and text.isdigit()
    }
    choose_lists(visitor.message.pk, wanted=wanted, offered=offered, now=clock.now())
    return _back(token, "?saved=1&all=0")


def _back(token: str, query: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("public_preferences", args=[token]) + query)
    response.status_code = 303
    return response


def consent_text(visitor: Visitor) -> str:
    """The very words that a person agrees to; kept as the evidence of their consent."""
    return _(
        "I agree to receive news and offers from %(workspace)s by e-mail. I can stop them at any time."
    ) % {"workspace": visitor.workspace.name}


def _reasons() -> list[tuple[str, str]]:
    words = {
        "too_many": _("Too many messages"),
        "not_relevant": _("Not relevant to me"),
        "never_signed_up": _("I never signed up"),
        "other": _("Something else"),
    }
    return [(key, words[key]) for key in REASONS]


def _given_reason(request: HttpRequest) -> str:
    key = request.POST.get("reason", "")
    words = " ".join(request.POST.get("words", "").replace("\0", "").split())[:LONGEST_REASON]
    if key not in REASONS:
        return ""
    return words if key == "other" and words else key


def _evidence(request: HttpRequest) -> dict[str, str]:
    return {
        "ip": client_ip(request) or "",
        "agent": request.headers.get("User-Agent", "")[:400],
    }


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    closed = "".join(
        f"Disallow: /{place}/\n" for place in ("o", "c", "u", "v", "s", "me", "w", "api")
    )
    return HttpResponse(f"User-agent: *\n{closed}", "text/plain")


_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0c6b68"/>'
    '<path d="M9 16a5 5 0 0 1 5-5h2M23 16a5 5 0 0 1-5 5h-2M12.500 16h7" fill="none" stroke="#fff" stroke-width="2.600" '
    'stroke-linecap="round"/></svg>'
)


@require_GET
def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_ICON, "image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
