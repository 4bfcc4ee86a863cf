"""A campaign's report by link, by hour and by domain: counted when something changed, kept on the campaign.

Counting a million messages takes a second; a screen must not. The worker refreshes what changed, and the
screen itself does for campaigns so small that nobody notices.
"""

from __future__ import annotations

from typing import Any

from kesher.campaigns.models import Campaign
from kesher.events import counters
from kesher.lib import sql

NAMES = (
    "planned",
    "sent",
    "delivered",
    "opened",
    "clicked",
    "bounced",
    "complained",
    "unsubscribed",
    "refused",
    "failed",
    "unknown",
    "machine_opened",
    "opens",
    "clicks",
)
SMALL = 20_000  # messages; below, a screen counts for itself

_LINKS = """
SELECT l.number, l.url, l.label,
       count(r.id) FILTER (WHERE NOT r.is_machine) AS clicks,
       count(DISTINCT r.contact_id) FILTER (WHERE NOT r.is_machine) AS people,
       count(r.id) FILTER (WHERE r.is_machine) AS machine
FROM tracked_link l LEFT JOIN receipt r
  ON r.workspace_id = l.workspace_id AND r.source = 'campaign' AND r.source_id = %(campaign)s
 AND r.kind = 'click' AND r.link_number = l.number
WHERE l.workspace_id = %(workspace)s AND l.version_id = %(version)s
GROUP BY l.number, l.url, l.label ORDER BY people DESC, l.number
"""

_HOURS = """
SELECT date_trunc('hour', at) AS hour,
       count(DISTINCT message_id) FILTER (WHERE kind = 'open' AND NOT is_machine) AS opens,
       count(*) FILTER (WHERE kind = 'click' AND NOT is_machine) AS clicks
FROM receipt
WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s
GROUP BY 1 ORDER BY 1 LIMIT 2000
"""

_SENT_HOURS = """
SELECT date_trunc('hour', sent_at) AS hour, count(*) AS sent FROM message
WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s AND sent_at IS NOT NULL
GROUP BY 1 ORDER BY 1 LIMIT 2000
"""

_DOMAINS = """
SELECT split_part(address, '@', 2) AS domain, count(*) AS sent,
       count(*) FILTER (WHERE delivered_at IS NOT NULL AND bounced_at IS NULL) AS delivered,
       count(opened_at) AS opened, count(clicked_at) AS clicked,
       count(bounced_at) AS bounced, count(unsubscribed_at) AS unsubscribed
FROM message
WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s
  AND (sent_at IS NOT NULL OR bounced_at IS NOT NULL) AND address <> ''
GROUP BY 1 ORDER BY sent DESC LIMIT 50
"""

_REASONS = """
SELECT status, reason, count(*) AS people FROM message
WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s
  AND status IN ('refused', 'failed', 'unknown', 'held')
GROUP BY 1, 2 ORDER BY people DESC
"""

_DEVICES = """
SELECT device, count(DISTINCT message_id) AS people FROM receipt
WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s AND NOT is_machine
GROUP BY device ORDER BY people DESC
"""


def counts(campaign: Campaign) -> dict[str, int]:
    """The campaign's running numbers by name, see NAMES."""
    prefix = f"campaign.{campaign.pk}."
    found = counters.read(campaign.workspace_id, [prefix + name for name in NAMES])
    return {name.removeprefix(prefix): value for name, value in found.items()}


def refresh(campaign: Campaign) -> None:
    """Count anew if anything changed since the last time."""
    stamp = sum(counts(campaign).values())
    if stamp == campaign.rollup_stamp:
        return
    campaign.rollup, campaign.rollup_stamp = _counted(campaign), stamp
    Campaign.objects.filter(pk=campaign.pk).update(rollup=campaign.rollup, rollup_stamp=stamp)


def refresh_changed(limit: int = 20) -> int:
    """The worker's part: campaigns sent lately whose numbers moved; answers how many were counted."""
    recent = Campaign.objects.exclude(status=Campaign.Status.DRAFT).order_by("-started_at")[:limit]
    done = 0
    for campaign in recent:
        before = campaign.rollup_stamp
        refresh(campaign)
        done += campaign.rollup_stamp != before
    return done


def _counted(campaign: Campaign) -> dict[str, Any]:
    parameters = {
        "workspace": campaign.workspace_id,
        "campaign": str(campaign.pk),
        "version": campaign.version_id,
    }
    return {
        "links": sql.dicts(_LINKS, parameters),
        "hours": _hours(parameters),
        "domains": sql.dicts(_DOMAINS, parameters),
        "reasons": sql.dicts(_REASONS, parameters),
        "devices": sql.dicts(_DEVICES, parameters),
    }


def _hours(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """[{"at": RFC 3339 hour, "sent", "opens", "clicks"}], only hours in which something happened."""
    by_hour: dict[str, dict[str, Any]] = {}
    for statement in (_SENT_HOURS, _HOURS):
        for row in sql.dicts(statement, parameters):
            at = row.pop("hour").isoformat()
            by_hour.setdefault(at, {"at": at, "sent": 0, "opens": 0, "clicks": 0}).update(row)
    return [by_hour[at] for at in sorted(by_hour)]
