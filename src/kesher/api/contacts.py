"""Contacts, their fields and lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.api.keys import KeyAuth
from kesher.api.lists import lists_by_key
from kesher.api.schemas import (
    ERRORS,
    ApiRequest,
    Instant,
    Limit,
    PageOf,
    Strict,
    page_of,
    read_cursor,
)
from kesher.api.segments import passing
from kesher.contacts import actions, lists
from kesher.contacts.bulk import delete_contacts
from kesher.contacts.changes import read_changes
from kesher.contacts.channels import CHANNELS
from kesher.contacts.consent import record_consent
from kesher.contacts.models import Consent, Contact, ContactList, ListMembership
from kesher.contacts.queries import lists_of
from kesher.contacts.values import current_value
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.events.log import timeline
from kesher.journeys.engine import drain
from kesher.lib import clock
from kesher.lib.addresses import normalise_email, normalise_phone

router = Router(tags=["contacts"])
Channel = Literal["email", "sms", "whatsapp"]


class ConsentIn(Strict):
    """What a consent rests on. `at`: when it was given, if not now."""

    basis: Literal["form", "api", "import", "staff", "reply", "link"] = "api"
    evidence: dict[str, Any] = {}
    at: Instant | None = None


class ContactIn(Strict):
    """`fields` by key, default ones (first_name, city, …) and custom ones; null clears. `lists` by key, to join."""

    email: str | None = None
    mobile: str | None = None
    phone: str | None = None
    external_id: str | None = None
    language: Literal["he", "en", ""] | None = None
    fields: dict[str, Any] = {}
    lists: list[str] = []
    consent: dict[Channel, ConsentIn] = {}
    submitted: bool = Described(
        default=False,
        description="the person gave these values: journeys may start on them even if they are what they were",
    )


class ContactChangeIn(ContactIn):
    changes: list[Any] = Described(
        default=[],
        description="steps as GET /contacts/changes/schema describes them",
        examples=[[{"field": "visits", "do": "add", "value": 1}]],
    )


class ContactOut(Strict):
    id: int
    email: str
    mobile: str
    phone: str
    external_id: str
    language: str
    fields: dict[str, Any]
    lists: list[str] = Described(description="keys of the lists it is in")
    consent: dict[str, str] = Described(description="by channel: granted, withdrawn or empty")
    email_bounced: bool
    created_at: datetime
    updated_at: datetime


class UpsertOut(Strict):
    created: bool
    contact: ContactOut
    consent_not_taken: list[str] = Described(
        default=[],
        description="channels on which the contact has refused since; a new consent must be given after that",
    )


IDENTITY = ("email", "mobile", "phone", "external_id", "language")


def shape(
    access: Access, contact: Contact, fields: list[FieldInfo] | None = None
) -> dict[str, Any]:
    """A contact as the API shows it."""
    known = fields or fields_of(access.workspace)
    values = {
        info.key: current_value(contact, info.key) for info in known if info.key not in IDENTITY
    }
    return {
        "id": contact.pk,
        **{key: getattr(contact, key) for key in IDENTITY},
        "fields": {key: value for key, value in values.items() if value not in (None, "", [])},
        "lists": [row.key for row in _lists(contact)],
        "consent": {key: getattr(contact, channel.consent) for key, channel in CHANNELS.items()},
        "email_bounced": contact.email_bounced_at is not None,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
    }


def _lists(contact: Contact) -> list[ContactList]:
    wanted = [row.id for row in lists_of(contact)]
    return list(
        ContactList.objects.filter(workspace_id=contact.workspace_id, pk__in=wanted).order_by("pk")
    )


@router.post(
    "/contacts", response={200: UpsertOut, 201: UpsertOut, **ERRORS}, auth=KeyAuth("contacts:write")
)
def upsert(request: ApiRequest, body: ContactIn, wait: bool = False) -> Status[dict[str, Any]]:
    """Create or update a contact by outside id, e-mail or mobile. Consent is recorded, never overwritten.

    With `wait`, what journeys do at once is done before the answer is made.
    """
    access, now = request.auth, clock.now()
    with transaction.atomic():
        contact, created = actions.upsert_contact(
            access,
            values=_values(access, body),
            now=now,
            source="api",
            is_submission=body.submitted,
        )
        _join(access, contact, body.lists, now)
        refused = _consents(access, contact, body.consent, now)
    if wait:
        drain(access.workspace, contact_id=contact.pk, now=now)
    contact.refresh_from_db()
    answer = {"created": created, "contact": shape(access, contact), "consent_not_taken": refused}
    return Status(201 if created else 200, answer)


def _values(access: Access, body: ContactIn) -> dict[str, Any]:
    """The values that were given. A mobile number sent as `phone`, without a `mobile`, identifies too."""
    given = body.model_dump(exclude_unset=True)
    values = {**given.get("fields", {}), **{key: given[key] for key in IDENTITY if key in given}}
    if values.get("phone") and "mobile" not in values:
        number = normalise_phone(values["phone"], access.workspace.country)
        if number and number.is_mobile:
            values["mobile"] = values.pop("phone")
    return values


def _join(access: Access, contact: Contact, keys: list[str], now: datetime) -> None:
    for row in lists_by_key(access, keys):
        lists.join_list(
            access.workspace.pk, list_id=row.pk, contact_ids=[contact.pk], now=now, source="api"
        )


def _consents(
    access: Access, contact: Contact, given: dict[Channel, ConsentIn], now: datetime
) -> list[str]:
    """Record each; answers the channels on which a later refusal stands against it."""
    refused: list[str] = []
    for channel, consent in given.items():
        state = getattr(contact, CHANNELS[channel].consent)
        if state == Contact.ConsentState.WITHDRAWN and not _is_later(contact, channel, consent.at):
            refused.append(channel)
            continue
        record_consent(
            access.workspace.pk,
            contact_ids=[contact.pk],
            channel=channel,
            state="granted",
            basis=consent.basis,
            evidence={**consent.evidence, **({"at": consent.at.isoformat()} if consent.at else {})},
            now=now,
            source="api",
        )
    return refused


def _is_later(contact: Contact, channel: str, at: datetime | None) -> bool:
    """Whether the consent was given after the refusal that holds now."""
    last = (
        Consent.objects.filter(
            workspace_id=contact.workspace_id, contact_id=contact.pk, channel=channel
        )
        .order_by("-pk")
        .first()
    )
    return (
        at is not None
        and at.tzinfo is not None
        and last is not None
        and last.at < at <= clock.now()
    )


class ContactQuery(Strict):
    email: str | None = None
    mobile: str | None = None
    external_id: str | None = None
    list: str | None = Described(default=None, description="key of a list")
    segment: str | None = Described(default=None, description="key of a segment")
    rule: str | None = Described(default=None, max_length=20_000, description="a rule as JSON")
    updated_since: Instant | None = None
    cursor: str | None = None
    limit: int = Limit


@router.get(
    "/contacts", response={200: PageOf[ContactOut], **ERRORS}, auth=KeyAuth("contacts:read")
)
def contacts(request: ApiRequest, query: Query[ContactQuery]) -> dict[str, Any]:
    """Contacts by id, narrowed by address, list, segment, rule or change."""
    access = request.auth
    found = Contact.objects.filter(
        workspace=access.workspace, deleted_at=None, pk__gt=read_cursor(query.cursor)
    ).order_by("pk")
    if query.email is not None:
        found = found.filter(email=normalise_email(query.email) or "-")
    if query.mobile is not None:
        number = normalise_phone(query.mobile, access.workspace.country)
        found = found.filter(mobile=number.number if number else "-")
    if query.external_id is not None:
        found = found.filter(external_id=_clean(query.external_id) or "-")
    if query.updated_since is not None:
        found = found.filter(updated_at__gte=query.updated_since)
    if query.list is not None:
        found = found.filter(pk__in=_members(access, query.list))
    if query.segment is not None or query.rule is not None:
        found = found.filter(pk__in=passing(access, segment=query.segment, rule=query.rule))
    fields = fields_of(access.workspace)
    return page_of(
        list(found[: query.limit + 1]), query.limit, lambda row: shape(access, row, fields)
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def _members(access: Access, key: str) -> Any:
    row = lists_by_key(access, [_clean(key)])[0]
    if row.is_all:
        return Contact.objects.filter(workspace=access.workspace).values("pk")
    return ListMembership.objects.filter(workspace_id=access.workspace.pk, list_id=row.pk).values(
        "contact_id"
    )


def _contact(access: Access, contact_id: int) -> Contact:
    return access.get(Contact, contact_id, deleted_at=None)


@router.get(
    "/contacts/{contact_id}",
    response={200: ContactOut, **ERRORS},
    auth=KeyAuth("contacts:read"),
)
def contact(request: ApiRequest, contact_id: int) -> dict[str, Any]:
    return shape(request.auth, _contact(request.auth, contact_id))


@router.patch(
    "/contacts/{contact_id}",
    response={200: ContactOut, **ERRORS},
    auth=KeyAuth("contacts:write"),
)
def change(
    request: ApiRequest, contact_id: int, body: ContactChangeIn, wait: bool = False
) -> dict[str, Any]:
    """Change what is named; null clears. Lists are joined, never left; consent as in POST.

    `changes` are made after that, in their order: numbers are added to in one step, so that none is lost. All that
    one call changes of the fields is one event: a journey on any of them starts once.
    With `wait`, what journeys do at once is done before the answer is made.
    """
    access, now = request.auth, clock.now()
    changes = read_changes(access.workspace, body.changes)
    with transaction.atomic():
        found = actions.update_contact(
            access,
            _contact(access, contact_id),
            values=_values(access, body),
            now=now,
            source="api",
            is_submission=body.submitted,
            changes=changes,
        )
        _join(access, found, body.lists, now)
        _consents(access, found, body.consent, now)
    if wait:
        drain(access.workspace, contact_id=found.pk, now=now)
    found.refresh_from_db()
    return shape(access, found)


@router.delete(
    "/contacts/{contact_id}", response={204: None, **ERRORS}, auth=KeyAuth("contacts:write")
)
def delete(request: ApiRequest, contact_id: int) -> Status[None]:
    """Into the bin, for 30 days; then for good."""
    delete_contacts(request.auth, ids=[_contact(request.auth, contact_id).pk], now=clock.now())
    return Status(204, None)


class TimelineOut(Strict):
    id: int
    kind: str
    at: datetime
    text: str
    data: dict[str, Any]
    source: str


@router.get(
    "/contacts/{contact_id}/timeline",
    response={200: list[TimelineOut], **ERRORS},
    auth=KeyAuth("events:read"),
)
def contact_timeline(
    request: ApiRequest,
    contact_id: int,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    machines: bool = False,
) -> list[dict[str, Any]]:
    """What happened to a contact, newest first, each with a sentence; `machines`: what scanners did, too."""
    found = _contact(request.auth, contact_id)
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "at": row.at,
            "text": row.text,
            "data": row.data,
            "source": row.source,
        }
        for row in timeline(request.auth.workspace.pk, found.pk, limit=limit, machines=machines)
    ]
