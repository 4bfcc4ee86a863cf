"""The mailbox of this machine: what would have left, as its recipients would see it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.channels import mailbox
from kesher.channels.models import LocalMessage
from kesher.content.texts import TEXT_CHANNELS
from kesher.lib import clock
from kesher.messages.models import Message
from kesher.web.channels import conversations
from kesher.web.toasts import toast

# A mail may show pictures and its own styles, and nothing more: no scripts, no forms, no access to Kesher.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " img-src * data:; style-src 'unsafe-inline'; font-src * data:"
)


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    campaign = request.GET.get("campaign", "")
    workspace_id = request.access.workspace.pk
    if (channel := request.GET.get("channel", "")) in TEXT_CHANNELS:
        return conversations.index(request, channel, _messages_of(workspace_id, campaign))
    found = mailbox.kept(workspace_id, text=text, message_ids=_messages_of(workspace_id, campaign))
    page = Paginator(found, mailbox.PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "mailbox",
        "page": page,
        "text": text,
        "campaign": campaign,
        "tabs": conversations.tabs(request, "email"),
        "unseen": mailbox.counts(workspace_id).get("email", (0, 0))[1],
    }
    template = "channels/_mails.html" if request.htmx else "channels/mailbox.html"
    return render(request, template, context)


def _messages_of(workspace_id: int, campaign: str) -> list[int] | None:
    if not campaign:
        return None
    return list(
        Message.objects.filter(
            workspace_id=workspace_id, source="campaign", source_id=campaign
        ).values_list("id", flat=True)
    )


@workspace_view("viewer")
@require_POST
def all_seen(request: WorkspaceRequest) -> HttpResponseBase:
    LocalMessage.objects.filter(workspace_id=request.access.workspace.pk, seen_at=None).update(
        seen_at=clock.now()
    )
    toast(request, _("All is marked as seen."))
    return redirect("mailbox_index", request.access.workspace.key)


@workspace_view("viewer")
def mail(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    kept = request.access.get(LocalMessage, pk)
    if kept.channel != "email":
        key = request.access.workspace.key
        return redirect("mailbox_conversation", key, kept.channel, kept.recipient)
    mailbox.mark_seen(kept, now=clock.now())
    around = LocalMessage.objects.filter(workspace_id=kept.workspace_id, channel="email").only("pk")
    context = {
        "nav": "mailbox",
        "kept": kept,
        "mail": mailbox.open_mail(kept),
        "newer": around.filter(pk__gt=pk).order_by("pk").first(),
        "older": around.filter(pk__lt=pk).order_by("-pk").first(),
        "message": Message.objects.filter(
            workspace_id=kept.workspace_id, pk=kept.message_id or 0
        ).first(),
    }
    return render(request, "channels/mail.html", context)


@workspace_view("viewer")
@xframe_options_sameorigin
def body(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The HTML part alone, for the frame. Links open in a tab of their own."""
    opened = mailbox.open_mail(request.access.get(LocalMessage, pk))
    html = opened.html or f"<pre>{opened.text}</pre>"
    response = HttpResponse('<base target="_blank">' + html)
    response["Content-Security-Policy"] = FRAME_POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


@workspace_view("viewer")
def source(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The mail as bytes, to open in a mail program."""
    kept = request.access.get(LocalMessage, pk)
    response = HttpResponse(bytes(kept.raw), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="mail-{kept.pk}.eml"'
    return response


@workspace_view("viewer")
def attachment(request: WorkspaceRequest, pk: int, number: int) -> HttpResponse:
    opened = mailbox.open_mail(request.access.get(LocalMessage, pk))
    if number >= len(opened.attachments):
        raise Http404
    response = HttpResponse(
        opened.attachments[number].content, content_type="application/octet-stream"
    )
    response["Content-Disposition"] = "attachment"
    return response
