"""What of a contact's messages waits for the sending hours, on their card."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.channels import CHANNELS, ContactChannel
from kesher.contacts.models import Contact
from kesher.content.models import Version
from kesher.messages.models import Message
from kesher.messages.reasons import in_words
from kesher.messages.windows.queries import WINDOW

MOST = 5


@dataclass(frozen=True)
class Line:
    channel: ContactChannel
    subject: str
    words: str


@workspace_view()
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Asked by the card after it is shown; most have nothing that waits."""
    contact = request.access.get(Contact, pk, deleted_at=None)
    found = Message.objects.filter(
        workspace_id=contact.workspace_id, contact_id=contact.pk,
        status=Message.Status.QUEUED, reason=WINDOW,
    ).order_by("-id")[:MOST]  # fmt: skip
    messages = list(found)
    subjects = dict(
        Version.objects.filter(
            workspace=request.access.workspace, pk__in=[one.version_id for one in messages]
        ).values_list("pk", "subject")
    )
    lines = [
        Line(
            CHANNELS[one.channel],
            (one.data or {}).get("subject") or subjects.get(one.version_id, ""),
            in_words(one.reason, one.reason_data),
        )
        for one in messages
    ]
    return render(request, "windows/_on_card.html", {"contact": contact, "lines": lines})
