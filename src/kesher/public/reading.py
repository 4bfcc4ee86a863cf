"""A mail read in the browser: rendered again as it was sent, for the person it was sent to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kesher.content.constants import Constants
from kesher.content.models import Version
from kesher.content.plan import Plan
from kesher.content.render import Renderer
from kesher.lib import clock
from kesher.messages.tokens import message_token
from kesher.public.pages import HEADERS, page
from kesher.public.personal import values_for
from kesher.public.visitors import Visitor

# The mail is somebody's markup: it may show pictures and be left by its links, and nothing else.
_MAIL_POLICY = (
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; font-src http: https:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


def mail_page(request: HttpRequest, token: str, visitor: Visitor) -> HttpResponse:
    """The message's HTML, or a kind word when its content is gone."""
    shown = html_of(visitor)
    if shown is None:
        context = {
            "title": _("This mail cannot be shown any more"),
            "text": _("Its content was removed by the sender."),
        }
        return page("public/notice.html", context, language=visitor.language, status=404)
    response = HttpResponse(shown, headers=HEADERS)
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    return response


def html_of(visitor: Visitor) -> bytes | None:
    """None when the version is gone. A person who was erased is not written into it again."""
    message = visitor.message
    version = Version.objects.filter(workspace=visitor.workspace, pk=message.version_id).first()
    if version is None or not version.plan:
        return None
    plan = Plan.from_json(version.plan)
    constants = Constants.of(visitor.workspace, now=message.sent_at or clock.now())
    renderer = Renderer(plan, constants)
    return renderer.render(message_token(message.pk), values_for(message, plan)).html
