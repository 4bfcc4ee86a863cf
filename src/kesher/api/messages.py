"""Messages: sending one to one contact, and what became of it. Events from outside."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Header, Router, Status
from pydantic import Field as Described

from kesher.api.contacts import ContactOut, _contact
from kesher.api.contacts import shape as contact_shape
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Instant, Strict
from kesher.contacts.actions import find_contact
from kesher.contacts.values import check_values
from kesher.content.actions import publish_version
from kesher.content.models import Document
from kesher.events.kinds import EVENT_KINDS
from kesher.events.log import NewEvent, record
from kesher.journeys.engine import drain
from kesher.lib import clock
from kesher.messages.actions import queue_message
from kesher.messages.models import Message
from kesher.messages.reasons import in_words

router = Router(tags=["messages"])


class MessageIn(Strict):
    """A document to one contact: a mail, or a text to the mobile number, by the document's kind.

    `values` fill merge tags beside (and before) the contact's own. `subject` is of mails only.
    """

    contact: int
    document: int
    message_class: Literal["transactional", "service"] = "transactional"
    subject: str | None = Described(default=None, max_length=900)
    values: dict[str, str] = {}


class MessageOut(Strict):
    id: int
    contact: int | None
    channel: str
    status: str
    reason: str
    reason_words: str
    address: str
    parts: int | None
    units: int | None
    queued_at: datetime
    due_at: datetime | None = Described(
        description="when it may leave; null while it waits to be let go in pulses"
    )
    sent_at: datetime | None
    delivered_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    bounced_at: datetime | None
    complained_at: datetime | None
    unsubscribed_at: datetime | None


def shape(message: Message) -> dict[str, Any]:
    names = (
        "channel",
        "status",
        "reason",
        "address",
        "parts",
        "units",
        "queued_at",
        "due_at",
        "sent_at",
        "delivered_at",
        "opened_at",
        "clicked_at",
        "bounced_at",
        "complained_at",
        "unsubscribed_at",
    )
    return {
        "id": message.pk,
        "contact": message.contact_id,
        **{name: getattr(message, name) for name in names},
        "reason_words": in_words(message.reason, message.reason_data) if message.reason else "",
    }


@router.post("/messages", response={201: MessageOut, **ERRORS}, auth=KeyAuth("messages:write"))
def send(
    request: ApiRequest,
    body: MessageIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Status[dict[str, Any]]:
    """Send one message. With an Idempotency-Key it is sent once, however often asked for."""
    access, now = request.auth, clock.now()
    contact = _contact(access, body.contact)
    document = access.get(Document, body.document, archived_at=None)
    data: dict[str, Any] = {
        "values": body.values,
        **({"subject": body.subject} if body.subject else {}),
    }
    with transaction.atomic():
        version = publish_version(access, document, now=now)
        number = queue_message(
            access.workspace.pk,
            contact_id=contact.pk,
            version_id=version.pk,
            source="api",
            source_id=idempotency_key or secrets.token_hex(12),
            now=now,
            message_class=body.message_class,
            channel=document.kind,
            data=data,
        )
        if number is None:
            raise Problem(
                409, "sent-before", "This Idempotency-Key already sent a message to this contact."
            )
        access.audit("message.queued", document, document.name, contact=contact.pk)
    return Status(201, shape(access.get(Message, number)))


@router.get(
    "/messages/{message_id}",
    response={200: MessageOut, **ERRORS},
    auth=KeyAuth("messages:read"),
)
def message(request: ApiRequest, message_id: int) -> dict[str, Any]:
    return shape(request.auth.get(Message, message_id))


class EventContact(Strict):
    """One of them."""

    id: int | None = None
    email: str | None = None
    mobile: str | None = None
    external_id: str | None = None


class EventIn(Strict):
    """`source_id` tells the same event again: the second time is not recorded."""

    kind: str
    contact: EventContact
    data: dict[str, Any] = {}
    at: Instant | None = None
    source_id: str | None = Described(default=None, max_length=200)


class EventOut(Strict):
    """`contact` and `finished` come with `?wait=true`: as the journeys that the event set off have left it."""

    recorded: bool = Described(description="false when this source_id was told before")
    id: int | None
    contact: ContactOut | None = None
    finished: bool | None = Described(
        default=None, description="false when some of it goes on in the background"
    )


@router.post(
    "/events",
    response={200: EventOut, 201: EventOut, **ERRORS},
    tags=["events"],
    auth=KeyAuth("events:write"),
    exclude_unset=True,
)
def tell(request: ApiRequest, body: EventIn, wait: bool = False) -> Status[dict[str, Any]]:
    """Record that something happened to a contact. With `wait`, what it sets off up to the first waits is done first."""
    access = request.auth
    if body.kind not in EVENT_KINDS or not EVENT_KINDS.get(body.kind).from_outside:
        known = ", ".join(kind.key for kind in EVENT_KINDS if kind.from_outside) or "none yet"
        raise Problem(
            422, "unknown-kind", f"Events of the kind {body.kind!r} are not taken; known: {known}."
        )
    at = body.at or clock.now()
    whose = _whose(request, body.contact)
    number = record(
        access.workspace.pk, NewEvent(body.kind, whose, at, body.data, "api", body.source_id)
    )
    answer: dict[str, Any] = {"recorded": number is not None, "id": number}
    if wait:
        finished = drain(access.workspace, contact_id=whose, now=clock.now())
        answer |= {"finished": finished, "contact": contact_shape(access, _contact(access, whose))}
    return Status(201 if number else 200, answer)


def _whose(request: ApiRequest, given: EventContact) -> int:
    access = request.auth
    if given.id is not None:
        return _contact(access, given.id).pk
    values = {
        key: value for key in ("external_id", "email", "mobile") if (value := getattr(given, key))
    }
    found = find_contact(access, check_values(access.workspace, values).columns) if values else None
    if found is None:
        raise Problem(404, "no-contact", "No contact has this id or address; POST /contacts first.")
    return found.pk
