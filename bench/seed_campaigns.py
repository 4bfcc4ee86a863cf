"""Campaigns that were sent, for `bench.seed`: the last holds half of all messages, the others share the rest."""

from __future__ import annotations

from typing import Any

CAMPAIGNS = """
INSERT INTO campaign (workspace_id, name, channel, message_class, status, document_id, version_id, sender_name,
    sender_email, reply_to, audience, planned, planning_cursor, planning_done, release_cursor, rollup, rollup_stamp,
    created_at, updated_at, started_at, finished_at)
SELECT %(workspace)s, 'דיוור ' || n, 'email', 'advertising', 'sent', %(document)s, %(version)s, '', '', '', '{}', 0, 0,
    true, 0, '{}', -1, at, at, at, at + interval '1 hour'
FROM (SELECT n, %(now)s::timestamptz - interval '12 hours' * (%(campaigns)s - n) AS at
    FROM generate_series(1, %(campaigns)s) AS g(n)) AS drawn
RETURNING id
"""
MESSAGES = """
INSERT INTO message (workspace_id, contact_id, channel, message_class, source, source_id, version_id, priority, status,
    reason, address, attempts, queued_at, sent_at, delivered_at, opened_at, clicked_at, bounced_at, unsubscribed_at)
SELECT %(workspace)s, %(first)s + (%(offset)s + n) %% %(contacts)s, 'email', 'advertising', 'campaign', %(campaign)s::text,
    %(version)s, 60, CASE WHEN n %% 50 = 7 THEN 'refused' ELSE 'sent' END,
    CASE WHEN n %% 50 = 7 THEN 'no_consent' ELSE '' END, 'user' || n || '@gmail.com', 1, %(at)s,
    CASE WHEN n %% 50 <> 7 THEN %(at)s END, CASE WHEN n %% 50 NOT IN (7, 8) THEN %(at)s END,
    CASE WHEN n %% 5 < 2 AND n %% 50 > 8 THEN %(at)s END, CASE WHEN n %% 25 = 10 THEN %(at)s END,
    CASE WHEN n %% 50 = 8 THEN %(at)s END, CASE WHEN n %% 200 = 10 THEN %(at)s END
FROM generate_series(1, %(count)s) AS g(n)
"""
RECEIPTS = """
INSERT INTO receipt (workspace_id, message_id, version_id, source, source_id, contact_id, kind, link_number, is_machine,
    machine_reason, device, at)
SELECT workspace_id, id, version_id, source, source_id, contact_id, kind, link, false, '', 'phone', sent_at
FROM message m CROSS JOIN LATERAL (
    SELECT 'open' AS kind, NULL::int AS link WHERE opened_at IS NOT NULL
    UNION ALL SELECT 'click', (id %% 8)::int WHERE clicked_at IS NOT NULL) AS told
WHERE m.workspace_id = %(workspace)s AND m.source = 'campaign'
"""
COUNTERS = """
INSERT INTO counter (workspace_id, name, slot, value)
SELECT %(workspace)s, 'campaign.' || source_id || '.' || name, 0, value FROM (
    SELECT source_id, count(*) AS planned, count(sent_at) AS sent, count(delivered_at) AS delivered,
        count(opened_at) AS opened, count(clicked_at) AS clicked, count(bounced_at) AS bounced,
        count(unsubscribed_at) AS unsubscribed, count(*) FILTER (WHERE status = 'refused') AS refused
    FROM message WHERE workspace_id = %(workspace)s AND source = 'campaign' GROUP BY source_id) AS counted
CROSS JOIN LATERAL (VALUES ('planned', planned), ('sent', sent), ('delivered', delivered), ('opened', opened),
    ('clicked', clicked), ('bounced', bounced), ('unsubscribed', unsubscribed), ('refused', refused)) AS v(name, value)
"""


def build(common: dict[str, Any], *, campaigns: int, messages: int) -> int:
    """Answers the id of the largest campaign. `common` is that of `bench.seed.build`."""
    from bench import mailing
    from kesher.accounts.models import Workspace
    from kesher.campaigns import rollup
    from kesher.campaigns.models import Campaign
    from kesher.content.models import Document, TrackedLink, Version
    from kesher.lib import sql

    workspace = Workspace.objects.get(pk=common["workspace"])
    plan = mailing.plan()
    document = Document.objects.create(workspace=workspace, name="דיוור", subject="ספרים")
    version = Version.objects.create(
        workspace=workspace, document=document, body={}, subject="ספרים", plan=plan.to_json()
    )
    for link in plan.links:
        TrackedLink.objects.create(
            workspace=workspace, version=version, number=link.number, url=link.url, label=link.label
        )
    given = common | {"document": document.pk, "version": version.pk, "campaigns": campaigns}
    ids = [row[0] for row in sql.rows(CAMPAIGNS, given)]
    first = sql.value("SELECT min(id) FROM contact WHERE workspace_id = %s", (workspace.pk,))
    each = messages // 2 // max(1, campaigns - 1)
    for number, campaign in enumerate(ids):
        count = min(messages // 2 if campaign == ids[-1] else each, common["contacts"])
        one = {
            "first": first,
            "offset": number * 977,
            "campaign": campaign,
            "count": count,
            "at": common["now"],
        }
        sql.execute(MESSAGES, given | one)
    sql.execute(RECEIPTS, given)
    sql.execute(COUNTERS, given)
    for table in ("message", "receipt", "counter"):
        sql.execute(f"VACUUM ANALYZE {table}")
    for campaign in Campaign.objects.filter(pk__in=ids[-20:]):
        rollup.refresh(campaign)  # as the worker does
    return int(ids[-1])
