"""Texts of this machine as on a phone: whom they went to, and one conversation."""

from __future__ import annotations

from collections.abc import Collection

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.channels import mailbox
from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import Contact
from kesher.content.texts import TEXT_CHANNELS
from kesher.lib import clock


def tabs(request: WorkspaceRequest, current: str) -> list[dict[str, object]]:
    """The channels, each with how much of it nobody has looked at."""
    here = reverse("mailbox_index", args=[request.access.workspace.key])
    counts = mailbox.counts(request.access.workspace.pk)
    return [
        {
            "href": here
            if channel.key == "email"
            else f"{here}?{urlencode({'channel': channel.key})}",
            "text": _("E-mail") if channel.key == "email" else channel.label,
            "current": channel.key == current,
            "count": counts.get(channel.key, (0, 0))[1] or None,
        }
        for channel in CHANNELS.values()
    ]


def index(request: WorkspaceRequest, channel: str, message_ids: list[int] | None) -> HttpResponse:
    """The conversations of a channel."""
    text = request.GET.get("q", "").strip()
    start = max(_number(request.GET.get("page", "")), 1)
    workspace_id = request.access.workspace.pk
    found = mailbox.conversations(
        workspace_id,
        channel,
        text=text,
        message_ids=message_ids,
        offset=(start - 1) * mailbox.PAGE,
        limit=mailbox.PAGE + 1,
    )
    names = _names(workspace_id, [one.recipient for one in found])
    context = {
        "nav": "mailbox",
        "channel": channel,
        "tabs": tabs(request, channel),
        "rows": [(one, names.get(one.recipient, "")) for one in found[: mailbox.PAGE]],
        "newer": start - 1,
        "older": start + 1 if len(found) > mailbox.PAGE else 0,
        "text": text,
        "campaign": request.GET.get("campaign", ""),
        "unseen": mailbox.counts(workspace_id).get(channel, (0, 0))[1],
    }
    template = "channels/_conversations.html" if request.htmx else "channels/conversations.html"
    return render(request, template, context)


@workspace_view("viewer")
def conversation(request: WorkspaceRequest, channel: str, recipient: str) -> HttpResponse:
    """All that one number got, as its phone shows it."""
    workspace_id = request.access.workspace.pk
    texts = mailbox.texts_to(workspace_id, channel, recipient) if channel in TEXT_CHANNELS else []
    if not texts:
        raise Http404
    mailbox.mark_texts_seen(workspace_id, channel, recipient, now=clock.now())
    contact = _contact(workspace_id, recipient)
    context = {
        "nav": "mailbox",
        "channel": CHANNELS[channel],
        "recipient": recipient,
        "contact": contact,
        "name": f"{contact.first_name} {contact.last_name}".strip() if contact else "",
        "texts": texts,
        "parts": sum(text.size.parts for text in texts),
    }
    return render(request, "channels/conversation.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _contact(workspace_id: int, number: str) -> Contact | None:
    mine = Contact.objects.filter(workspace_id=workspace_id, mobile=number, deleted_at=None)
    return mine.first()


def _names(workspace_id: int, numbers: Collection[str]) -> dict[str, str]:
    found = Contact.objects.filter(
        workspace_id=workspace_id, mobile__in=numbers, deleted_at=None
    ).values_list("mobile", "first_name", "last_name")
    return {mobile: f"{first} {last}".strip() for mobile, first, last in found}
