"""Mails inside frames: the small pictures on cards. By the renderer that sends, shut off from the page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Workspace
from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.content.models import Document
from kesher.content.preview import preview
from kesher.content.problems import Problems
from kesher.content.tags import in_words
from kesher.content.templates import TEMPLATES
from kesher.content.texts import TEXT_CHANNELS, opening

# A mail has no scripts, and what a user pasted must not reach for the page around it.
_POLICY = (
    "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *; "
    "frame-ancestors 'self'; sandbox allow-popups"
)


def framed(html: str, *, max_age: int = 0) -> HttpResponse:
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={max_age}" if max_age else "private, no-cache"
    return response


@require_GET
@workspace_view()
def template_preview(request: WorkspaceRequest, key: str) -> HttpResponse:
    if key not in TEMPLATES:
        raise Http404
    template = TEMPLATES.get(key)
    shown = preview(
        template.body,
        template.subject,
        template.preheader,
        request.access.workspace,
        None,
        base_url="",
    )
    return framed(shown.html, max_age=300)


@require_GET
@workspace_view()
def document_preview(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """A document as it stands; `?revision=` only makes the address new when it changes."""
    document = request.access.get(Document, pk)
    return framed(_shown(document, request.access.workspace), max_age=300)


def _shown(document: Document, workspace: Workspace) -> str:
    if document.kind in TEXT_CHANNELS:
        return _as_text(document)
    try:
        return preview(
            document.body, document.subject, document.preheader, workspace, None, base_url=""
        ).html
    except Problems:
        return f"<p dir=auto>{_('This mail cannot be shown')}</p>"


_BUBBLE = """<!doctype html><meta name="color-scheme" content="light dark"><body dir="auto" style="margin:0;padding:36px 28px;
background:light-dark(#eef1ee,#141c1a);font:26px/1.5 system-ui,sans-serif;color:light-dark(#22302d,#e8efec)"><div dir="auto" style="background:{colour};border-radius:24px;
padding:20px 26px;white-space:pre-line;overflow-wrap:anywhere">{words}</div>"""


def _as_text(document: Document) -> str:
    """The small picture of a text: its first words in a bubble."""
    words = in_words(opening(document.body, 240), DEFAULT_FIELDS)
    whatsapp, sms = "light-dark(#d9f7cf,#1f4a35)", "light-dark(#fff,#26322f)"
    colour = whatsapp if document.kind == "whatsapp" else sms
    return _BUBBLE.format(colour=colour, words=escape(words) or "…")
