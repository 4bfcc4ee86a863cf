"""One contact's card: what is known, lists, consent, blocks, and everything that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.accounts.undo import offer_undo
from kesher.channels.models import LocalMessage
from kesher.contacts import actions
from kesher.contacts import lists as listing
from kesher.contacts.channels import CHANNELS, ContactChannel
from kesher.contacts.consent import ConsentChange, history, record_consent
from kesher.contacts.events import BASES
from kesher.contacts.models import Contact, Note, Suppression
from kesher.contacts.queries import lists_of, lists_to_join, suppressions_of
from kesher.contacts.suppression import unsuppress
from kesher.contacts.vocabulary import fields_of
from kesher.events import log
from kesher.lib import clock
from kesher.messages.models import Message
from kesher.web.contacts.table import CONSENT_TONES, CONSENT_WORDS
from kesher.web.toasts import toast

TIMELINE_ROWS = 25
STREAMS: dict[str, tuple[str, ...]] = {
    "messages": ("message.",), "consent": ("consent.", "list."), "changes": ("contact.", "note."),
}  # fmt: skip
STREAM_WORDS = {
    "": gettext_lazy("Everything"), "messages": gettext_lazy("Messages"),
    "consent": gettext_lazy("Lists and consent"), "changes": gettext_lazy("Changes and notes"),
}  # fmt: skip


def contact_of(request: WorkspaceRequest, pk: int) -> Contact:
    """The living contact of this workspace, or 404."""
    return request.access.get(Contact, pk, deleted_at=None)


def full_name(contact: Contact) -> str:
    """What a card is called: the name, else an address, else words."""
    name = f"{contact.first_name} {contact.last_name}".strip()
    return name or contact.email or contact.mobile or _("No name")


@dataclass(frozen=True)
class Detail:
    """A field as the card shows it."""

    key: str
    label: str
    type: str
    value: Any
    shown: str


def details_of(access: Access, contact: Contact) -> list[Detail]:
    """The fields that have a value, in order."""
    found = []
    for info in fields_of(access.workspace):
        raw = getattr(contact, info.column) if info.column else contact.fields.get(info.key)
        if raw not in (None, "", []):
            shown = info.field_type.show(raw, info.options, get_language() or "he")
            found.append(Detail(info.key, str(info.label), info.type, raw, shown))
    return found


@dataclass(frozen=True)
class ChannelState:
    """What the card says of one channel."""

    channel: ContactChannel
    address: str
    state: str
    words: str
    tone: str
    blocked: str


def channels_of(access: Access, contact: Contact) -> list[ChannelState]:
    blocked = suppressions_of(access.workspace, contact)
    labels = dict(Suppression.Reason.choices)
    states = []
    for channel in CHANNELS.values():
        state = getattr(contact, channel.consent)
        reason = str(labels.get(blocked.get(channel.key, ""), ""))
        states.append(
            ChannelState(
                channel,
                getattr(contact, channel.address),
                state,
                str(CONSENT_WORDS[state]),
                CONSENT_TONES[state],
                reason,
            )
        )
    return states


@dataclass(frozen=True)
class ConsentLine:
    """A change of consent as the history shows it."""

    change: ConsentChange
    channel: str
    words: str
    basis: str


def _consent_lines(contact: Contact) -> list[ConsentLine]:
    return [
        ConsentLine(
            change,
            str(CHANNELS[change.channel].label),
            str(CONSENT_WORDS.get(change.state, "")),
            str(BASES.get(change.basis, change.basis)),
        )
        for change in history(contact)
    ]


@workspace_view("viewer")
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    access = request.access
    given = {
        "nav": "contacts", "contact": contact, "name": full_name(contact),
        "details": details_of(access, contact), "channels": channels_of(access, contact),
        "lists": lists_of(contact), "joinable": lists_to_join(contact),
        "consents": _consent_lines(contact),
        "notes": Note.objects.filter(contact=contact).select_related("user").order_by("-created_at"),
        **_timeline(request, contact),
    }  # fmt: skip
    return render(request, "contacts/card.html", given)


def _timeline(request: WorkspaceRequest, contact: Contact) -> dict[str, Any]:
    stream = request.GET.get("stream", "")
    entries = log.timeline(
        contact.workspace_id, contact.pk, before=_before(request.GET.get("before", "")),
        kinds=_kinds(stream), limit=TIMELINE_ROWS + 1,
    )  # fmt: skip
    more = entries[TIMELINE_ROWS - 1] if len(entries) > TIMELINE_ROWS else None
    return {
        "entries": _with_messages(contact, entries[:TIMELINE_ROWS]), "stream": stream, "streams": STREAM_WORDS.items(),
        "before": f"{more.at.isoformat()}_{more.id}" if more else "",
    }  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of the timeline: `copy` is the mail kept on this machine, `delivered_at` what became of one sent."""

    entry: log.TimelineEntry
    copy: int | None = None
    delivered_at: datetime | None = None


def _with_messages(contact: Contact, entries: list[log.TimelineEntry]) -> list[Line]:
    """Each entry with what is known of the message that it is about, in two statements for all."""
    numbers = [
        number for entry in entries if isinstance(number := entry.data.get("message_id"), int)
    ]
    mine = {"workspace_id": contact.workspace_id}
    copies = dict(
        LocalMessage.objects.filter(**mine, message_id__in=numbers).values_list("message_id", "pk")
    )
    delivered = dict(
        Message.objects.filter(**mine, pk__in=numbers, bounced_at=None).values_list(
            "pk", "delivered_at"
        )
    )
    return [_line(entry, copies, delivered) for entry in entries]


def _line(
    entry: log.TimelineEntry, copies: dict[int | None, int], delivered: dict[int, datetime | None]
) -> Line:
    number = entry.data.get("message_id")
    if not isinstance(number, int):
        return Line(entry)
    arrived = delivered.get(number) if entry.kind == "message.sent" else None
    return Line(entry, copies.get(number), arrived)


def _kinds(stream: str) -> list[str] | None:
    from kesher.events.kinds import EVENT_KINDS

    starts = STREAMS.get(stream)
    return [kind.key for kind in EVENT_KINDS if kind.key.startswith(starts)] if starts else None


def _before(text: str) -> tuple[datetime, int] | None:
    at, _sep, number = text.rpartition("_")
    try:
        return (datetime.fromisoformat(at), int(number)) if at else None
    except ValueError:
        return None


@workspace_view("viewer")
def timeline(request: WorkspaceRequest, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    template = "contacts/_entries.html" if request.GET.get("before") else "contacts/_timeline.html"
    return render(request, template, {"contact": contact, **_timeline(request, contact)})


def back_to(request: WorkspaceRequest, contact: Contact) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("contact_card", args=[request.access.workspace.key, contact.pk])
    )


@require_POST
@workspace_view("editor")
def delete(request: WorkspaceRequest, pk: int) -> HttpResponse:
    contact = contact_of(request, pk)
    gone = actions.delete_contacts(request.access, ids=[contact.pk], now=clock.now())
    undo = offer_undo(request.access, kind="contacts.deleted", data={"ids": gone})
    toast(request, _("%(name)s was deleted.") % {"name": full_name(contact)}, undo=undo)
    return HttpResponseRedirect(reverse("contacts_index", args=[request.access.workspace.key]))


@require_POST
@workspace_view("editor")
def lists(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Join or leave one list."""
    from kesher.web.contacts.table import list_or_none

    contact = contact_of(request, pk)
    act = "leave" if "leave" in request.POST else "join"
    row = list_or_none(request, request.POST.get(act, ""))
    kind = "contacts.left" if act == "leave" else "contacts.joined"
    change = listing.leave if act == "leave" else listing.join
    done = change(
        request.access.workspace.pk, list_id=row.pk, contact_ids=[contact.pk], now=clock.now(), source="staff"
    )  # fmt: skip
    if done:
        undo = offer_undo(request.access, kind=kind, data={"list_id": row.pk, "ids": done})
        words = (
            _("Out of the list “%(list)s”.")
            if act == "leave"
            else _("Added to the list “%(list)s”.")
        )
        toast(request, words % {"list": row.name}, undo=undo)
    return back_to(request, contact)


@require_POST
@workspace_view("editor")
def consent(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Staff write down what the person said. To agree needs words on how we know."""
    contact = contact_of(request, pk)
    channel, state = request.POST.get("channel", ""), request.POST.get("state", "")
    statement = " ".join(request.POST.get("statement", "").split())[:500]
    if channel not in CHANNELS or state not in ("granted", "withdrawn"):
        return HttpResponse(status=400)
    if state == "granted" and not statement:
        toast(
            request,
            _("Write how the person agreed: without it the consent is worth nothing."),
            bad=True,
        )
        return back_to(request, contact)
    record_consent(
        request.access.workspace.pk, contact_ids=[contact.pk], channel=channel, state=state, basis="staff",
        evidence={"statement": statement, "ip": request.access.ip} if statement else {"ip": request.access.ip},
        now=clock.now(), user_id=request.user.pk,
    )  # fmt: skip
    request.access.audit(f"consent.{state}", contact, statement, channel=channel)
    toast(request, _("Written down."))
    return back_to(request, contact)


@require_POST
@workspace_view("manager")
def allow(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Lift the block of one channel's address."""
    contact = contact_of(request, pk)
    channel = CHANNELS.get(request.POST.get("channel", ""))
    if channel is None:
        return HttpResponse(status=400)
    address = getattr(contact, channel.address)
    unsuppress(request.access.workspace, channel=channel.key, addresses=[address])
    request.access.audit("suppression.lifted", contact, address, channel=channel.key)
    toast(request, _("%(address)s may be written to again.") % {"address": address})
    return back_to(request, contact)
