"""Campaigns: drafts, sending, pausing, the report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.accounts.access import Access
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
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
from kesher.campaigns import actions, rollup
from kesher.campaigns.actions import BadValue, CannotSend, WrongState
from kesher.campaigns.audience import Audience
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import Conflict, save_document
from kesher.lib import clock

router = Router(tags=["campaigns"])


class AudienceShape(Strict):
    """Keys of lists. Whoever is in one of `include` and in none of `exclude`."""

    include: list[str] = []
    exclude: list[str] = []


class CampaignIn(Strict):
    name: str = Described(min_length=1, max_length=200)
    subject: str = ""
    preheader: str = ""
    body: dict[str, Any] | None = Described(default=None, description="a document, as in FORMATS")
    audience: AudienceShape = AudienceShape()
    sender_name: str = ""
    sender_email: str = ""
    reply_to: str = ""
    message_class: Literal["advertising", "service"] = "advertising"


class CampaignOut(Strict):
    id: int
    name: str
    status: str
    document: int
    subject: str
    preheader: str
    audience: AudienceShape
    sender_name: str
    sender_email: str
    reply_to: str
    message_class: str
    scheduled_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class SendIn(Strict):
    """Now and at once, unless said otherwise."""

    at: Instant | None = None
    pulse_size: int | None = Described(default=None, ge=1)
    pulse_seconds: int | None = Described(default=None, ge=60, le=31 * 86400)


class ReportOut(Strict):
    numbers: dict[str, int]
    links: list[dict[str, Any]]
    domains: list[dict[str, Any]]
    hours: list[dict[str, Any]]


class CampaignQuery(Strict):
    status: str | None = None
    cursor: str | None = None
    limit: int = Limit


def shape(campaign: Campaign) -> dict[str, Any]:
    keys = dict(
        ContactList.objects.filter(workspace_id=campaign.workspace_id).values_list("pk", "key")
    )
    audience = Audience.of(campaign.audience)
    names = (
        "name",
        "status",
        "sender_name",
        "sender_email",
        "reply_to",
        "message_class",
        "scheduled_at",
        "started_at",
        "finished_at",
    )
    return {
        "id": campaign.pk,
        **{name: getattr(campaign, name) for name in names},
        "document": campaign.document_id,
        "subject": campaign.document.subject,
        "preheader": campaign.document.preheader,
        "audience": {
            "include": [keys[number] for number in audience.include if number in keys],
            "exclude": [keys[number] for number in audience.exclude if number in keys],
        },
    }


def _campaign(access: Access, campaign_id: int) -> Campaign:
    found = access.get(Campaign, campaign_id, archived_at=None)
    found.workspace = access.workspace
    return found


def _audience(access: Access, given: AudienceShape) -> Audience:
    lists = ContactList.objects.filter(workspace=access.workspace, archived_at=None)
    numbers = dict(lists.filter(key__in=[*given.include, *given.exclude]).values_list("key", "pk"))
    if unknown := [key for key in (*given.include, *given.exclude) if key not in numbers]:
        errors = [
            {"path": "audience", "message": f"There is no list with the key {key!r}."}
            for key in unknown
        ]
        raise Problem(422, "unknown-list", "A list is not there; see GET /lists.", errors=errors)
    return Audience(
        tuple(numbers[key] for key in given.include), tuple(numbers[key] for key in given.exclude)
    )


def _refusal(error: BadValue | WrongState | CannotSend) -> Problem:
    if isinstance(error, WrongState):
        return Problem(409, "wrong-state", f"The campaign is now {error.status}.")
    if isinstance(error, CannotSend):
        errors = [
            {"path": problem.step, "message": str(problem.text)} for problem in error.problems
        ]
        return Problem(409, "not-ready", "The campaign cannot be sent yet.", errors=errors)
    return Problem(
        422, "invalid", error.text, errors=[{"path": error.field, "message": error.text}]
    )


@router.get(
    "/campaigns", response={200: PageOf[CampaignOut], **ERRORS}, auth=KeyAuth("campaigns:read")
)
def campaigns(request: ApiRequest, query: Query[CampaignQuery]) -> dict[str, Any]:
    found = Campaign.objects.filter(
        workspace=request.auth.workspace, archived_at=None, pk__gt=read_cursor(query.cursor)
    )
    if query.status:
        found = found.filter(status=query.status.replace("\x00", ""))
    rows = list(found.select_related("document").order_by("pk")[: query.limit + 1])
    return page_of(rows, query.limit, shape)


@router.post("/campaigns", response={201: CampaignOut, **ERRORS}, auth=KeyAuth("campaigns:write"))
def create(request: ApiRequest, body: CampaignIn) -> Status[dict[str, Any]]:
    """A draft, with its content and audience."""
    access = request.auth
    audience = _audience(access, body.audience)
    campaign = actions.create_campaign(access, name=body.name)
    document = campaign.document
    saved = save_document(
        access,
        document,
        body=document.body if body.body is None else body.body,
        subject=body.subject,
        preheader=body.preheader,
        name=body.name,
        revision=document.revision,
    )
    if isinstance(saved, Conflict):
        raise Problem(409, "changed-meanwhile", "The document was changed meanwhile; try again.")
    try:
        actions.set_audience(access, campaign, audience=audience)
        actions.set_sender(
            access,
            campaign,
            name=body.sender_name,
            email=body.sender_email,
            reply_to=body.reply_to,
            message_class=body.message_class,
        )
    except (BadValue, WrongState) as error:
        raise _refusal(error) from error
    return Status(201, shape(_campaign(access, campaign.pk)))


@router.get(
    "/campaigns/{campaign_id}",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def campaign(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    return shape(_campaign(request.auth, campaign_id))


@router.post(
    "/campaigns/{campaign_id}/send",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def send(request: ApiRequest, campaign_id: int, body: SendIn) -> dict[str, Any]:
    """Send now or at a time, at once or `pulse_size` each `pulse_seconds`. A time without an offset is refused."""
    found = _campaign(request.auth, campaign_id)
    try:
        sent = actions.send_campaign(
            request.auth,
            found,
            now=clock.now(),
            at=body.at,
            pulse_size=body.pulse_size,
            pulse_every=timedelta(seconds=body.pulse_seconds) if body.pulse_seconds else None,
        )
    except (BadValue, WrongState, CannotSend) as error:
        raise _refusal(error) from error
    return shape(sent)


@router.post(
    "/campaigns/{campaign_id}/pause",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def pause(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    found = _campaign(request.auth, campaign_id)
    try:
        actions.pause_campaign(request.auth, found)
    except WrongState as error:
        raise _refusal(error) from error
    return shape(found)


@router.post(
    "/campaigns/{campaign_id}/resume",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def resume(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    found = _campaign(request.auth, campaign_id)
    try:
        actions.resume_campaign(request.auth, found, now=clock.now())
    except WrongState as error:
        raise _refusal(error) from error
    return shape(found)


@router.post(
    "/campaigns/{campaign_id}/cancel",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def cancel(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """Whoever was not written to yet will not be."""
    found = _campaign(request.auth, campaign_id)
    try:
        actions.cancel_campaign(request.auth, found, now=clock.now())
    except WrongState as error:
        raise _refusal(error) from error
    return shape(found)


@router.get(
    "/campaigns/{campaign_id}/report",
    response={200: ReportOut, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def report(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """The numbers so far; `links`, `domains` and `hours` of a large campaign may be a minute old."""
    found = _campaign(request.auth, campaign_id)
    if found.planned <= rollup.SMALL and found.version_id is not None:
        rollup.refresh(found)
    parts = {name: found.rollup.get(name, []) for name in ("links", "domains", "hours")}
    return {"numbers": rollup.counts(found), **parts}
