"""Campaigns: drafts, audiences, A/B tests, sending, pausing, sending again, the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from kesher.campaigns import abtest, actions, rollup
from kesher.campaigns.audience import count_audience
from kesher.campaigns.errors import BadValue, CannotSend, WrongState
from kesher.campaigns.models import Campaign
from kesher.campaigns.moves import MOVES, Move, move_campaign
from kesher.campaigns.resend import resend_campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import Conflict, save_document
from kesher.lib import clock
from kesher.segments.audience import Audience, Part
from kesher.segments.models import Segment

router = Router(tags=["campaigns"])


class SegmentPart(Strict):
    """A segment, by its key."""

    segment: str


class ListPart(Strict):
    """A list, by its key."""

    list: str


AudiencePart = str | ListPart | SegmentPart


class AudienceShape(Strict):
    """Whoever is in one of `include`, in each of `require` and in none of `exclude`. A bare text is a list's key."""

    include: list[AudiencePart] = []
    require: list[AudiencePart] = []
    exclude: list[AudiencePart] = []


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


class AbTestIn(Strict):
    """`variants`: what B, C and D say instead: subjects or sender names; for `content`, their documents start as copies
    of the campaign's and only their number counts. `sample_percent` 100 shares the whole audience evenly."""

    what: Literal["subject", "sender", "content"] = "subject"
    variants: list[str] = Described(min_length=1, max_length=3)
    sample_percent: int = Described(default=20, ge=2, le=100)
    wait_seconds: int = Described(default=4 * 3600, ge=900, le=14 * 86400)
    measure: Literal["opens", "clicks", "hand"] = "opens"


class VariantOut(Strict):
    """One variant and what became of it in the sample; opens and clicks are people's."""

    letter: str
    subject: str
    sender_name: str
    document: int
    sent: int
    delivered: int
    opened: int
    clicked: int
    unsubscribed: int
    machine_opened: int


class AbTestOut(Strict):
    """`decides_at` is null until the sample has left, and where people decide. `decided_how`: rate (the best share),
    tie and nothing (the first of equals), hand; empty while nothing is decided."""

    what: str
    sample_percent: int
    wait_seconds: int
    measure: str
    variants: list[VariantOut]
    sample_left_at: datetime | None
    decides_at: datetime | None
    decided_at: datetime | None
    decided_how: str
    winner: str | None


class WinnerIn(Strict):
    variant: Literal["A", "B", "C", "D"]


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
        "audience": _audience_shape(campaign),
        "resend_of": campaign.parent_id,
    }


def _audience_shape(campaign: Campaign) -> dict[str, Any]:
    """By keys; what is no longer there is left out."""
    audience = Audience.of(campaign.audience)
    keys: dict[Part, dict[str, str]] = {}
    for kind, model in (("list", ContactList), ("segment", Segment)):
        found = model._default_manager.filter(
            workspace_id=campaign.workspace_id,
            pk__in=audience.ids("list" if kind == "list" else "segment"),
        )
        for number, key in found.values_list("pk", "key"):
            keys[Part("list" if kind == "list" else "segment", number)] = {kind: key}
    groups = ("include", "require", "exclude")
    return {
        group: [keys[part] for part in getattr(audience, group) if part in keys] for group in groups
    }


def _campaign(access: Access, campaign_id: int) -> Campaign:
    found = access.get(Campaign, campaign_id, archived_at=None)
    found.workspace = access.workspace
    return found


def _audience(access: Access, given: AudienceShape) -> Audience:
    lists = dict(
        ContactList.objects.filter(workspace=access.workspace, archived_at=None).values_list(
            "key", "pk"
        )
    )
    segments = dict(
        Segment.objects.filter(workspace=access.workspace, archived_at=None).values_list(
            "key", "pk"
        )
    )
    errors: list[dict[str, str]] = []

    def part(path: str, entry: AudiencePart) -> Part | None:
        kind, key, known = "list", entry, lists
        if isinstance(entry, ListPart):
            key = entry.list
        elif isinstance(entry, SegmentPart):
            kind, key, known = "segment", entry.segment, segments
        if key not in known:
            errors.append({"path": path, "message": f"There is no {kind} with the key {key!r}."})
            return None
        return Part("segment" if kind == "segment" else "list", known[str(key)])

    groups = {
        group: tuple(
            found
            for number, entry in enumerate(getattr(given, group))
            if (found := part(f"audience.{group}[{number}]", entry))
        )
        for group in ("include", "require", "exclude")
    }
    if errors:
        text = "A list or segment is not there; see GET /lists and GET /segments."
        raise Problem(422, "unknown-audience", text, errors=errors)
    return Audience(**groups)


@contextmanager
def _refusing() -> Iterator[None]:
    """What an action refuses becomes a problem document."""
    try:
        yield
    except WrongState as error:
        raise Problem(409, "wrong-state", f"The campaign is now {error.status}.") from error
    except CannotSend as error:
        errors = [
            {"path": problem.step, "message": str(problem.text)} for problem in error.problems
        ]
        text = "The campaign cannot be sent yet."
        raise Problem(409, "not-ready", text, errors=errors) from error
    except BadValue as error:
        errors = [{"path": error.field, "message": error.text}]
        raise Problem(422, "invalid", error.text, errors=errors) from error


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
    with _refusing():
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
    with _refusing():
        actions.set_audience(access, campaign, audience=audience)
        actions.set_sender(
            access,
            campaign,
            name=body.sender_name,
            email=body.sender_email,
            reply_to=body.reply_to,
            message_class=body.message_class,
        )
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
    with _refusing():
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
        found = _campaign(request.auth, campaign_id)
        with _refusing():
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
    found = _campaign(request.auth, campaign_id)
    with _refusing():
        actions.set_audience(request.auth, found, audience=_audience(request.auth, body))
    return shape(_campaign(request.auth, campaign_id))


@router.get(
    "/campaigns/{campaign_id}/audience/count",
    response={200: AudienceCount, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def audience_count(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """As of now, exact."""
    return vars(count_audience(_campaign(request.auth, campaign_id), clock.now()))


@router.put(
    "/campaigns/{campaign_id}/ab-test",
    response={200: AbTestOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def set_ab_test(request: ApiRequest, campaign_id: int, body: AbTestIn) -> dict[str, Any]:
    """Make a draft an A/B test, or change its test."""
    found = _campaign(request.auth, campaign_id)
    plan = abtest.Plan(
        body.what,
        tuple(body.variants),
        body.sample_percent,
        timedelta(seconds=body.wait_seconds),
        body.measure,
    )
    with _refusing():
        abtest.set_ab_test(request.auth, found, plan=plan)
    return _ab_test(found)


@router.get(
    "/campaigns/{campaign_id}/ab-test",
    response={200: AbTestOut, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def ab_test(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """The test, its numbers so far and its winner. 404 when the campaign is none."""
    return _ab_test(_campaign(request.auth, campaign_id))


@router.delete(
    "/campaigns/{campaign_id}/ab-test",
    response={204: None, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def remove_ab_test(request: ApiRequest, campaign_id: int) -> Status[None]:
    """One message to everybody again, as variant A is."""
    found = _campaign(request.auth, campaign_id)
    with _refusing():
        abtest.remove_ab_test(request.auth, found)
    return Status(204, None)


@router.post(
    "/campaigns/{campaign_id}/ab-test/winner",
    response={200: AbTestOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def choose_winner(request: ApiRequest, campaign_id: int, body: WinnerIn) -> dict[str, Any]:
    """Decide before the test does; everybody else gets this variant now."""
    found = _campaign(request.auth, campaign_id)
    with _refusing():
        abtest.choose_winner(
            request.auth, found, number="ABCD".index(body.variant), now=clock.now()
        )
    return _ab_test(found)


def _ab_test(campaign: Campaign) -> dict[str, Any]:
    test = abtest.ab_test_of(campaign)
    if test is None:
        raise Problem(404, "not-found", "This campaign is no A/B test.")
    counted = ("sent", "delivered", "opened", "clicked", "unsubscribed", "machine_opened")
    return {
        "what": test.what,
        "sample_percent": test.sample_percent,
        "wait_seconds": test.wait_seconds,
        "measure": test.measure,
        "variants": [
            {
                "letter": one.variant.letter,
                "subject": one.variant.subject or campaign.document.subject,
                "sender_name": one.variant.sender_name or campaign.sender_name,
                "document": one.variant.document_id or campaign.document_id,
                **{name: getattr(one, name) for name in counted},
            }
            for one in abtest.numbers_of(campaign, test)
        ],
        "sample_left_at": test.sample_left_at,
        "decides_at": abtest.decides_at(test),
        "decided_at": test.decided_at,
        "decided_how": test.decided_how,
        "winner": test.winner.letter if test.winner else None,
    }


@router.post(
    "/campaigns/{campaign_id}/resend",
    response={201: CampaignOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def resend(request: ApiRequest, campaign_id: int) -> Status[dict[str, Any]]:
    """A draft with the same content to those who got it and did not open, until the moment of sending. Once."""
    found = _campaign(request.auth, campaign_id)
    with _refusing():
        made = resend_campaign(request.auth, found)
    return Status(201, shape(_campaign(request.auth, made.pk)))


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
