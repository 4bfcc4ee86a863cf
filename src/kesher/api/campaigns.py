"""Campaigns: drafts, audiences, sending, pausing, sending again, the report. A/B tests are in `ab_tests`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.api.audiences import AudienceShape, audience_shape, read_audience
from kesher.api.campaign_refusals import find_campaign, refusing
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
from kesher.campaigns.audience import count_audience
from kesher.campaigns.models import Campaign
from kesher.campaigns.moves import MOVES, Move, move_campaign
from kesher.campaigns.resend import resend_campaign
from kesher.content.actions import Conflict, save_document
from kesher.lib import clock

router = Router(tags=["campaigns"])


class CampaignIn(Strict):
    name: str = Described(min_length=1, max_length=200)
    channel: Literal["email", "sms", "whatsapp"] = "email"
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
    channel: str
    status: str
    document: int
    subject: str
    preheader: str
    audience: AudienceShape
    sender_name: str
    sender_email: str
    reply_to: str
    message_class: str
    resend_of: int | None
    scheduled_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None


class AudienceCount(Strict):
    """`people` are in the audience; `reachable` of them can be written to, the others are told apart by reason."""

    people: int
    reachable: int
    no_address: int
    no_consent: int
    bounced: int


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
    names = (
        "name",
        "channel",
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
        "audience": audience_shape(campaign),
        "resend_of": campaign.parent_id,
    }


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
    audience = read_audience(access, body.audience)
    with refusing():
        campaign = actions.create_campaign(access, name=body.name, channel=body.channel)
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
    with refusing():
        actions.set_audience(access, campaign, audience=audience)
        actions.set_sender(
            access,
            campaign,
            name=body.sender_name,
            email=body.sender_email,
            reply_to=body.reply_to,
            message_class=body.message_class,
        )
    return Status(201, shape(find_campaign(access, campaign.pk)))


@router.get(
    "/campaigns/{campaign_id}",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def campaign(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    return shape(find_campaign(request.auth, campaign_id))


@router.post(
    "/campaigns/{campaign_id}/send",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def send(request: ApiRequest, campaign_id: int, body: SendIn) -> dict[str, Any]:
    """Send now or at a time, at once or `pulse_size` each `pulse_seconds`. A time without an offset is refused."""
    found = find_campaign(request.auth, campaign_id)
    with refusing():
        sent = actions.send_campaign(
            request.auth,
            found,
            now=clock.now(),
            at=body.at,
            pulse_size=body.pulse_size,
            pulse_every=timedelta(seconds=body.pulse_seconds) if body.pulse_seconds else None,
        )
    return shape(sent)


_MOVE_WORDS = {
    "pause": "Nothing more leaves until it is resumed.",
    "resume": "Go on where it stopped.",
    "cancel": "Whoever was not written to yet will not be.",
    "unschedule": "Back to a draft, before its time came.",
}


def _endpoint(move: Move) -> Callable[[ApiRequest, int], dict[str, Any]]:
    """One operation for each move."""

    def operation(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
        found = find_campaign(request.auth, campaign_id)
        with refusing():
            move_campaign(request.auth, found, move.key, now=clock.now())
        return shape(found)

    operation.__name__, operation.__doc__ = move.key, _MOVE_WORDS[move.key]
    return operation


for _move in MOVES.values():
    router.post(
        f"/campaigns/{{campaign_id}}/{_move.key}",
        response={200: CampaignOut, **ERRORS},
        auth=KeyAuth("campaigns:write"),
    )(_endpoint(_move))


@router.put(
    "/campaigns/{campaign_id}/audience",
    response={200: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def set_audience(request: ApiRequest, campaign_id: int, body: AudienceShape) -> dict[str, Any]:
    """Of a draft. A resend goes to those who did not open, narrowed by `require` and `exclude`."""
    found = find_campaign(request.auth, campaign_id)
    with refusing():
        actions.set_audience(request.auth, found, audience=read_audience(request.auth, body))
    return shape(find_campaign(request.auth, campaign_id))


@router.get(
    "/campaigns/{campaign_id}/audience/count",
    response={200: AudienceCount, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def audience_count(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """As of now, exact."""
    return vars(count_audience(find_campaign(request.auth, campaign_id), clock.now()))


@router.post(
    "/campaigns/{campaign_id}/resend",
    response={201: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def resend(request: ApiRequest, campaign_id: int) -> Status[dict[str, Any]]:
    """A draft with the same content to those who got it and did not open, until the moment of sending. Once."""
    found = find_campaign(request.auth, campaign_id)
    with refusing():
        made = resend_campaign(request.auth, found)
    return Status(201, shape(find_campaign(request.auth, made.pk)))


@router.get(
    "/campaigns/{campaign_id}/report",
    response={200: ReportOut, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def report(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """The numbers so far; `links`, `domains` and `hours` of a large campaign may be a minute old."""
    found = find_campaign(request.auth, campaign_id)
    if found.planned <= rollup.SMALL and found.version_id is not None:
        rollup.refresh(found)
    parts = {name: found.rollup.get(name, []) for name in ("links", "domains", "hours")}
    return {"numbers": rollup.counts(found), **parts}
