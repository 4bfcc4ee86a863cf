"""A campaign's report by link, by hour and by domain: counted when something changed, kept on the campaign.

Counting a million messages takes a second; a screen must not. The worker refreshes what changed, and the
screen itself does for campaigns so small that nobody notices.
"""

from __future__ import annotations

from typing import Any

from kesher.campaigns.abtest import ab_test_of
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

# Of an A/B test of content each variant has links of its own; of one of subjects they are the same and counted together.
_LINKS = """
SELECT l.number, l.url, l.label, min(v.number) AS variant,
       count(r.id) FILTER (WHERE NOT r.is_machine) AS clicks,
       count(DISTINCT r.contact_id) FILTER (WHERE NOT r.is_machine) AS people,
       count(r.id) FILTER (WHERE r.is_machine) AS machine
FROM tracked_link l
JOIN unnest(%(versions)s::bigint[], %(variants)s::int[]) AS v(version_id, number) ON v.version_id = l.version_id
LEFT JOIN receipt r
  ON r.workspace_id = l.workspace_id AND r.source = 'campaign' AND r.source_id = %(campaign)s
 AND r.kind = 'click' AND r.version_id = l.version_id AND r.link_number = l.number
WHERE l.workspace_id = %(workspace)s
GROUP BY l.number, l.url, l.label, CASE WHEN %(apart)s THEN l.version_id END
ORDER BY people DESC, variant, l.number
"""

# Each person once in each series, at their first time: the sums are the numbers of the funnel.
_HOURS = """
SELECT date_trunc('hour', t.at) AS hour, count(*) FILTER (WHERE t.what = 'sent') AS sent,
       count(*) FILTER (WHERE t.what = 'opens') AS opens, count(*) FILTER (WHERE t.what = 'clicks') AS clicks
FROM message m
CROSS JOIN LATERAL (VALUES ('sent', m.sent_at), ('opens', m.opened_at), ('clicks', m.clicked_at)) AS t(what, at)
WHERE m.workspace_id = %(workspace)s AND m.source = 'campaign' AND m.source_id = %(campaign)s AND t.at IS NOT NULL
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
        **_versions(campaign),
    }
    return {
        "links": sql.dicts(_LINKS, parameters),
        "hours": _hours(parameters),
        "domains": sql.dicts(_DOMAINS, parameters) if campaign.channel == "email" else [],
        "reasons": sql.dicts(_REASONS, parameters),
        "devices": sql.dicts(_DEVICES, parameters),
    }


def _versions(campaign: Campaign) -> dict[str, Any]:
    """What went out: one version, or of an A/B test one for each variant."""
    variants = dict(campaign.variants.values_list("number", "version_id"))
    test = ab_test_of(campaign)
    return {
        "versions": list(variants.values()) or [campaign.version_id],
        "variants": list(variants) or [0],
        "apart": test is not None and test.what == test.What.CONTENT,
    }


def _hours(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """[{"at": RFC 3339 hour, "sent", "opens", "clicks"}], only hours in which something happened."""
    return [{"at": row.pop("hour").isoformat(), **row} for row in sql.dicts(_HOURS, parameters)]
