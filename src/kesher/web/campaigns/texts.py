"""A campaign of texts on the screen: as it looks on a phone, and how much it is before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import translation

from kesher.accounts.models import Workspace
from kesher.campaigns.audience import reachable_where
from kesher.campaigns.models import Campaign
from kesher.channels.accounts import default_account, plain_settings, provider_of
from kesher.channels.policies import frame_of
from kesher.content.models import Document
from kesher.content.plan import Plan
from kesher.content.problems import Problems
from kesher.content.text_sizes import Sizes, sizes, text_for
from kesher.content.texts import SAMPLE_TOKEN, Frame
from kesher.content.workspace import compile_in
from kesher.lib import clock
from kesher.lib.patience import TooSlow
from kesher.web import formats

EXAMPLE = "k7Qp2xVn4RtB9c"  # what stands in the place of each message's own, as long as it


@dataclass(frozen=True)
class Shown:
    """One text as a phone shows it; `letter` of an A/B test's variant."""

    letter: str
    text: str
    direction: str


def text_context(campaign: Campaign) -> dict[str, Any]:
    """The texts of a campaign, of an A/B test each variant's. Nothing for a mail."""
    if campaign.channel == "email":
        return {}
    now, frame = clock.now(), _frame(campaign)
    shown = []
    for letter, body in _bodies(campaign):
        plan = _plan(campaign, body)
        text = text_for(campaign.workspace, plan, None, now=now, frame=frame) if plan else ""
        if text and plan:
            shown.append(Shown(letter, text.replace(SAMPLE_TOKEN, EXAMPLE), plan.direction))
    return {"texts": shown}


def size_context(campaign: Campaign) -> dict[str, Any]:
    """Parts, units and cost over those who can be reached; empty while there is no text or nobody."""
    plan = _plan(campaign, campaign.document.body)
    if campaign.channel == "email" or plan is None or plan.errors:
        return {}
    where = reachable_where(campaign, clock.now())
    if where is None:
        return {}
    account = default_account(campaign.workspace, campaign.channel)
    try:
        found = sizes(
            campaign.workspace,
            plan,
            where,
            now=clock.now(),
            frame=_frame(campaign),
            units=provider_of(account).units,
        )
    except TooSlow:
        return {}
    price = plain_settings(account).get("price")
    return {"sizes": _told(campaign.workspace, found, price)} if found.contacts else {}


def _told(workspace: Workspace, found: Sizes, price: Any) -> dict[str, Any]:
    """As `_sizes.html` shows it; `cost` empty while the gateway's price is not known."""
    return {
        "by_parts": sorted(found.by_parts.items()),
        "units": found.units,
        "cost": _cost(workspace, found.units, price),
        "nothing": found.nothing,
        "longest": found.longest[0],
        "about": found.about,
    }


def _cost(workspace: Workspace, units: int, price: Any) -> str:
    try:
        each = Decimal(str(price).strip().replace(",", "."))
    except InvalidOperation:
        return ""
    return formats.money(each * units, workspace.currency) if each > 0 else ""


def _frame(campaign: Campaign) -> Frame:
    if campaign.message_class != "advertising":
        return Frame()
    with translation.override(campaign.workspace.language):
        return Frame(*frame_of(campaign.workspace, campaign.channel))


def _bodies(campaign: Campaign) -> list[tuple[str, dict[str, Any]]]:
    """(letter, body): what is being written, or once it is frozen what leaves."""
    frozen = campaign.status != Campaign.Status.DRAFT
    found = []
    for variant in campaign.variants.select_related("document", "version"):
        document: Document = variant.document or campaign.document
        body = variant.version.body if frozen and variant.version else document.body
        found.append((variant.letter, body))
    if found:
        return found
    return [("", campaign.version.body if frozen and campaign.version else campaign.document.body)]


def _plan(campaign: Campaign, body: dict[str, Any]) -> Plan | None:
    try:
        return compile_in(campaign.workspace, body, subject="", preheader="", kind=campaign.channel)
    except Problems:
        return None
