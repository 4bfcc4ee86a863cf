"""Reading campaigns: the table, the report's numbers, and the people behind each number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
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
    """sent, delivered, opened, clicked of each, in one statement."""
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
    return numbers


@dataclass(frozen=True)
class Facet:
    """A number of the report and the condition over `message m` that its people meet."""

    key: str
    label: str | Promise
    where: str
    at: str = "m.sent_at"


_TROUBLE = (
    "(m.bounced_at IS NOT NULL OR m.complained_at IS NOT NULL OR m.unsubscribed_at IS NOT NULL"
    " OR m.status IN ('refused', 'failed', 'unknown', 'held')) AND "
)
FACETS: dict[str, Facet] = {
    facet.key: facet
    for facet in (
        Facet("planned", _("In the audience"), "true", "m.queued_at"),
        Facet("waiting", _("Waiting"), "m.status IN ('queued', 'sending')", "m.queued_at"),
        Facet("sent", _("Sent"), "m.status = 'sent'"),
        Facet(
            "delivered",
            _("Delivered"),
            "m.delivered_at IS NOT NULL AND m.bounced_at IS NULL",
            "m.delivered_at",
        ),
        Facet("opened", _("Opened"), "m.opened_at IS NOT NULL", "m.opened_at"),
        Facet("not_opened", _("Did not open"), "m.sent_at IS NOT NULL AND m.opened_at IS NULL"),
        Facet("clicked", _("Clicked"), "m.clicked_at IS NOT NULL", "m.clicked_at"),
        Facet(
            "unsubscribed",
            _("Unsubscribed"),
            _TROUBLE + "m.unsubscribed_at IS NOT NULL",
            "m.unsubscribed_at",
        ),
        Facet("bounced", _("Bounced"), _TROUBLE + "m.bounced_at IS NOT NULL", "m.bounced_at"),
        Facet(
            "complained",
            _("Marked as spam"),
            _TROUBLE + "m.complained_at IS NOT NULL",
            "m.complained_at",
        ),
        Facet("refused", _("Not sent"), _TROUBLE + "m.status = 'refused'", "m.queued_at"),
        Facet(
            "failed",
            _("Could not be sent"),
            _TROUBLE + "m.status IN ('failed', 'unknown')",
            "m.queued_at",
        ),
        Facet(
            "machine_opened",
            _("Opened by a machine"),
            "m.machine_opened_at IS NOT NULL",
            "m.machine_opened_at",
        ),
    )
}


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
       coalesce(nullif(p.address, ''), c.email, ''), p.at, p.status, p.reason,
       c.id IS NULL OR c.deleted_at IS NOT NULL
FROM page p LEFT JOIN LATERAL (
    SELECT id, first_name, last_name, email, deleted_at FROM contact
    WHERE contact.workspace_id = p.workspace_id AND contact.id = p.contact_id
) c ON true
ORDER BY p.contact_id
"""
_CLICKED_LINK = """EXISTS (SELECT 1 FROM receipt r WHERE r.workspace_id = m.workspace_id AND r.message_id = m.id
    AND r.kind = 'click' AND NOT r.is_machine AND r.link_number = %(link)s)"""
_OF_DOMAIN = "split_part(m.address, '@', 2) = %(domain)s"
_OF_REASON = _TROUBLE + "m.reason = %(reason)s"


def people(
    campaign: Campaign,
    *,
    facet: str = "planned",
    link: int | None = None,
    domain: str = "",
    reason: str = "",
    after: int = 0,
    limit: int = 50,
) -> list[Person]:
    """Those behind a number, by contact id after `after`. Unknown facets read as everybody planned."""
    chosen = FACETS.get(facet, FACETS["planned"])
    conditions = [chosen.where]
    if link is not None:
        conditions.append(_CLICKED_LINK)
    if domain:
        conditions.append(_OF_DOMAIN)
    if reason:
        conditions.append(_OF_REASON)
    found = sql.rows(
        _PEOPLE.format(at=chosen.at, where=" AND ".join(conditions)),
        {
            "workspace": campaign.workspace_id,
            "campaign": str(campaign.pk),
            "after": after,
            "limit": limit,
            "link": link,
            "domain": domain,
            "reason": reason,
        },
    )
    return [Person(*row) for row in found]


def all_people(campaign: Campaign, **conditions: Any) -> Iterator[Person]:
    """Every person behind a number, read in pages of 5,000, for an export."""
    after = 0
    while page := people(campaign, after=after, limit=5000, **conditions):
        yield from page
        after = page[-1].contact_id
