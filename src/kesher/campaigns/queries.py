"""Reading campaigns: the table, the report's numbers, and the people behind each number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kesher.accounts.models import Workspace
from kesher.campaigns.abtest import ab_test_of
from kesher.campaigns.facets import FACETS, refused_where
from kesher.campaigns.models import Campaign
from kesher.campaigns.split import in_sample_sql
from kesher.contacts.channels import CHANNELS
from kesher.events import counters
from kesher.lib import sql


def campaigns_of(workspace: Workspace, *, status: str = "", text: str = "") -> QuerySet[Campaign]:
    """Newest first, archived ones left out."""
    found = Campaign.objects.filter(workspace=workspace, archived_at=None).order_by(
        "-created_at", "-pk"
    )
    if status:
        found = found.filter(status=status)
    if text:
        found = found.filter(name__icontains=text)
    return found.select_related("document")


def numbers_of(campaigns: list[Campaign]) -> dict[int, dict[str, int]]:
    """sent, delivered, opened, clicked of each, in one statement; `reached` is of whom shares are told.

    That is whom a mail was delivered to; of texts, whom one was sent to: not every gateway tells what arrived.
    """
    names = ("planned", "sent", "delivered", "opened", "clicked", "bounced", "unsubscribed")
    if not campaigns:
        return {}
    wanted = {
        f"campaign.{campaign.pk}.{name}": (campaign.pk, name)
        for campaign in campaigns
        for name in names
    }
    found = counters.read(campaigns[0].workspace_id, wanted)
    numbers: dict[int, dict[str, int]] = {}
    for key, (number, name) in wanted.items():
        numbers.setdefault(number, {})[name] = found[key]
    for campaign in campaigns:
        told = numbers[campaign.pk]
        told["reached"] = told["delivered" if campaign.channel == "email" else "sent"]
    return numbers


@dataclass(frozen=True)
class Person:
    """One contact behind a number. `contact_id` None: the contact was erased."""

    contact_id: int
    name: str
    address: str
    at: datetime | None
    status: str
    reason: str
    is_gone: bool


# The page of messages first, then its few contacts: joined at once, the planner reads every contact.
_PEOPLE = """
WITH page AS MATERIALIZED (
    SELECT m.workspace_id, m.contact_id, m.address, {at} AS at, m.status, m.reason FROM message m
    WHERE m.workspace_id = %(workspace)s AND m.source = 'campaign' AND m.source_id = %(campaign)s
      AND m.contact_id > %(after)s AND {where}
    ORDER BY m.contact_id LIMIT %(limit)s
)
SELECT p.contact_id, trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')),
       coalesce(nullif(p.address, ''), c.{address}, ''), p.at, p.status, p.reason,
       c.id IS NULL OR c.deleted_at IS NOT NULL
FROM page p LEFT JOIN LATERAL (
    SELECT id, first_name, last_name, {address}, deleted_at FROM contact
    WHERE contact.workspace_id = p.workspace_id AND contact.id = p.contact_id
) c ON true
ORDER BY p.contact_id
"""
_CLICKED_LINK = """EXISTS (SELECT 1 FROM receipt r WHERE r.workspace_id = m.workspace_id AND r.message_id = m.id
    AND r.kind = 'click' AND NOT r.is_machine AND r.link_number = %(link)s)"""
_OF_DOMAIN = "split_part(m.address, '@', 2) = %(domain)s"
_OF_VERSION = "m.version_id = %(version)s"
_OF_VARIANT = "m.version_id = %(version)s AND m.due_at IS NOT NULL AND " + in_sample_sql(
    "m.contact_id"
)


@dataclass(frozen=True)
class Asked:
    """Who of a campaign: a key of FACETS, and of those a link's, a domain's, a reason's, a variant's sample."""

    facet: str = "planned"
    link: int | None = None
    domain: str = ""
    reason: str = ""
    variant: int | None = None


def people(
    campaign: Campaign, asked: Asked = Asked(), *, after: int = 0, limit: int = 50
) -> list[Person]:
    """Those behind a number, by contact id after `after`. Unknown facets read as everybody planned."""
    chosen = FACETS.get(asked.facet, FACETS["planned"])
    conditions, parameters = [chosen.where], {}
    if asked.link is not None:
        conditions.append(_CLICKED_LINK)
    if asked.domain:
        conditions.append(_OF_DOMAIN)
    if asked.reason:
        conditions.append(refused_where(asked.reason))
    if asked.variant is not None and (part := sample_of(campaign, asked.variant)):
        conditions.append(_OF_VARIANT if asked.link is None else _OF_VERSION)
        parameters = part
    found = sql.rows(
        _PEOPLE.format(at=chosen.at, where=" AND ".join(conditions), address=_address(campaign)),
        {
            **parameters,
            "workspace": campaign.workspace_id,
            "campaign": str(campaign.pk),
            "after": after,
            "limit": limit,
            "link": asked.link,
            "domain": asked.domain,
            "reason": asked.reason,
        },
    )
    return [Person(*row) for row in found]


def sample_of(campaign: Campaign, number: int) -> dict[str, Any]:
    """The parameters that name a variant's part of the sample; empty when there is no such variant."""
    test = ab_test_of(campaign)
    variant = campaign.variants.filter(number=number).first()
    if test is None or variant is None:
        return {}
    return {
        "version": variant.version_id,
        "split_campaign": str(campaign.pk),
        "split_sample": test.sample_percent,
    }


def _address(campaign: Campaign) -> str:
    return CHANNELS[campaign.channel].address


def all_people(campaign: Campaign, asked: Asked) -> Iterator[Person]:
    """Every person behind a number, read in pages of 5,000, for an export."""
    after = 0
    while page := people(campaign, asked, after=after, limit=5000):
        yield from page
        after = page[-1].contact_id
