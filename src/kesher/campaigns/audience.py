"""Who a campaign goes to: its lists and segments, and of a resend only those who did not open. Counted with reasons.

The audience is judged when sending is planned, chunk by chunk: a segment that changes meanwhile is asked as it is
when a chunk's turn comes, and nobody is planned twice. Who may be written to is asked again for each message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from kesher.accounts.models import Workspace
from kesher.campaigns.models import Campaign
from kesher.campaigns.resend import where_not_opened
from kesher.contacts.channels import CHANNELS
from kesher.lib import sql
from kesher.segments.audience import Audience, Named, joined_of, names_of
from kesher.segments.audience import where_of as parts_where


@dataclass(frozen=True)
class Count:
    """How many are in the audience, and how many of them can be written to on the campaign's channel."""

    people: int
    reachable: int
    no_address: int
    no_consent: int
    bounced: int


NOBODY = Count(0, 0, 0, 0, 0)

# The same reasons as messages.eligibility, in its order, so that the number before sending is the number after;
# suppressed addresses are few and asked for at sending.
_REACH = """
count(*),
count(*) FILTER (WHERE c.{address} = ''),
count(*) FILTER (WHERE c.{address} <> '' AND {bounced}),
count(*) FILTER (WHERE c.{address} <> '' AND NOT {bounced}
                 AND (c.{consent} = 'withdrawn' OR %(advertising)s AND c.{consent} <> 'granted'))
"""


def _reach(channel: str) -> str:
    known = CHANNELS[channel]
    bounced = "(c.email_bounced_at IS NOT NULL)" if channel == "email" else "false"
    return _REACH.format(address=known.address, consent=known.consent, bounced=bounced)


_REACHES = {channel: _reach(channel) for channel in CHANNELS}


def count_audience(campaign: Campaign, now: datetime) -> Count:
    """Exact, in one statement."""
    chosen = Audience.of(campaign.audience)
    if not chosen.include:
        return NOBODY
    made = joined_of(campaign.workspace, chosen, now)
    where, parameters = made.text, made.parameters
    if campaign.parent_id is not None:
        more, extra = where_not_opened(campaign)
        where, parameters = f"({where}) AND {more}", {**parameters, **extra}
    people, no_address, bounced, no_consent = sql.rows(
        f"SELECT {_REACHES[campaign.channel]} FROM contact c {made.joins}"
        f" WHERE c.workspace_id = %(workspace_id)s AND ({where})",
        {
            **parameters,
            "workspace_id": campaign.workspace_id,
            "advertising": campaign.message_class == "advertising",
        },
    )[0]
    return Count(
        people, people - no_address - bounced - no_consent, no_address, no_consent, bounced
    )


def where_of(campaign: Campaign, now: datetime) -> tuple[str, dict[str, Any]]:
    """The audience as a condition over `contact c`, for planning in chunks, and its parameters."""
    where, parameters = parts_where(campaign.workspace, Audience.of(campaign.audience), now)
    if campaign.parent_id is None:
        return where, parameters
    more, extra = where_not_opened(campaign)
    return f"({where}) AND {more}", {**parameters, **extra}


def reachable_where(campaign: Campaign, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Those of the audience who can be written to, over `contact c`; None when no audience is chosen."""
    if not Audience.of(campaign.audience).include:
        return None
    where, parameters = where_of(campaign, now)
    known = CHANNELS[campaign.channel]
    agreed = "= 'granted'" if campaign.message_class == "advertising" else "<> 'withdrawn'"
    reach = f"c.{known.address} <> '' AND c.{known.consent} {agreed}"
    return f"({where}) AND {reach}", parameters


@dataclass(frozen=True)
class Names:
    """An audience with the names that people know its parts by; `is_gone` those no longer there."""

    include: list[Named]
    require: list[Named]
    exclude: list[Named]

    @property
    def gone(self) -> list[Named]:
        return [part for part in (*self.include, *self.require, *self.exclude) if part.is_gone]


def named(workspace: Workspace, audience: Audience) -> Names:
    groups = (audience.include, audience.require, audience.exclude)
    # Asked for together: two statements for all three.
    found = {one.part: one for one in names_of(workspace, [*chain(*groups)])}
    return Names(*([found[part] for part in parts] for parts in groups))
