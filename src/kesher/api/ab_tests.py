"""A/B tests of campaigns: set up, read, decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Router, Status
from pydantic import Field as Described

from kesher.api.campaign_refusals import find_campaign, refusing
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Strict
from kesher.campaigns import abtest
from kesher.campaigns.models import Campaign
from kesher.lib import clock

router = Router(tags=["campaigns"])


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


@router.put(
    "/campaigns/{campaign_id}/ab-test",
    response={200: AbTestOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def set_ab_test(request: ApiRequest, campaign_id: int, body: AbTestIn) -> dict[str, Any]:
    """Make a draft an A/B test, or change its test."""
    found = find_campaign(request.auth, campaign_id)
    plan = abtest.Plan(
        body.what,
        tuple(body.variants),
        body.sample_percent,
        timedelta(seconds=body.wait_seconds),
        body.measure,
    )
    with refusing():
        abtest.set_ab_test(request.auth, found, plan=plan)
    return _ab_test(found)


@router.get(
    "/campaigns/{campaign_id}/ab-test",
    response={200: AbTestOut, **ERRORS},
    auth=KeyAuth("campaigns:read"),
)
def ab_test(request: ApiRequest, campaign_id: int) -> dict[str, Any]:
    """The test, its numbers so far and its winner. 404 when the campaign is none."""
    return _ab_test(find_campaign(request.auth, campaign_id))


@router.delete(
    "/campaigns/{campaign_id}/ab-test",
    response={204: None, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def remove_ab_test(request: ApiRequest, campaign_id: int) -> Status[None]:
    """One message to everybody again, as variant A is."""
    found = find_campaign(request.auth, campaign_id)
    with refusing():
        abtest.remove_ab_test(request.auth, found)
    return Status(204, None)


@router.post(
    "/campaigns/{campaign_id}/ab-test/winner",
    response={200: AbTestOut, **ERRORS},
    auth=KeyAuth("campaigns:write"),
)
def choose_winner(request: ApiRequest, campaign_id: int, body: WinnerIn) -> dict[str, Any]:
    """Decide before the test does; everybody else gets this variant now."""
    found = find_campaign(request.auth, campaign_id)
    with refusing():
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
