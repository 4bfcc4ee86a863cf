"""Campaigns on their way: started when due, planned in chunks, let go in pulses, finished.

The worker calls `advance` again and again. Each step is one short transaction that is safe to repeat: the
cursor moves in the transaction that writes the messages, and their once-only key refuses a second row.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kesher.campaigns.audience import Audience, where_of
from kesher.campaigns.models import Campaign
from kesher.events import counters
from kesher.lib import sql
from kesher.messages.actions import plan_messages

CHUNK = 5_000
PRIORITY = 60
Status = Campaign.Status


def advance(now: datetime) -> int:
    """Do what is due for every campaign; answers how many steps were taken (0: nothing to do)."""
    steps = _start_scheduled(now)
    for number in _under_way():
        steps += _plan_chunk(number, now)
        steps += _release_pulse(number, now)
        steps += _finish(number, now)
    return steps


def _start_scheduled(now: datetime) -> int:
    return Campaign.objects.filter(status=Status.SCHEDULED, scheduled_at__lte=now).update(
        status=Status.SENDING, started_at=now
    )


def _under_way() -> list[int]:
    return list(
        Campaign.objects.filter(status=Status.SENDING).order_by("pk").values_list("pk", flat=True)
    )


def _locked(number: int) -> Campaign | None:
    """The campaign if it is still being sent and no other worker is at it."""
    return (
        Campaign.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("workspace")
        .filter(pk=number, status=Status.SENDING)
        .first()
    )


@transaction.atomic
def _plan_chunk(number: int, now: datetime) -> int:
    campaign = _locked(number)
    if campaign is None or campaign.planning_done or campaign.version_id is None:
        return 0
    where, parameters = where_of(Audience.of(campaign.audience))
    planned = plan_messages(
        campaign.workspace_id,
        channel=campaign.channel,
        message_class=campaign.message_class,
        source="campaign",
        source_id=str(campaign.pk),
        version_id=campaign.version_id,
        contacts_where=where,
        parameters=parameters,
        after_id=campaign.planning_cursor,
        limit=CHUNK,
        due_at=None if campaign.pulse_size else now,
        priority=PRIORITY,
        now=now,
    )
    Campaign.objects.filter(pk=number).update(
        planning_cursor=planned.last_id or campaign.planning_cursor,
        planned=campaign.planned + planned.count,
        planning_done=planned.last_id is None,
    )
    return 1


# Planning goes by contact id, and so do the pulses: the cursor makes each cost the same, however far along.
_RELEASE = """
WITH next AS (
    SELECT workspace_id, id, contact_id FROM message
    WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s
      AND contact_id > %(cursor)s AND contact_id <= %(planned_to)s
      AND status = 'queued' AND due_at IS NULL
    ORDER BY contact_id LIMIT %(size)s
), released AS (
    UPDATE message m SET due_at = %(now)s FROM next
    WHERE m.workspace_id = next.workspace_id AND m.id = next.id AND m.status = 'queued'
    RETURNING m.contact_id
)
SELECT count(*), max(contact_id) FROM released
"""


@transaction.atomic
def _release_pulse(number: int, now: datetime) -> int:
    campaign = _locked(number)
    if campaign is None or not campaign.pulse_size or not campaign.pulse_seconds:
        return 0
    if campaign.next_pulse_at is None or campaign.next_pulse_at > now:
        return 0
    if not campaign.planning_done and campaign.planning_cursor == 0:
        return 0
    enough = campaign.planning_done or _waiting(campaign) >= campaign.pulse_size
    if not enough:
        return 0
    count, last = sql.rows(
        _RELEASE,
        {
            "workspace": campaign.workspace_id,
            "campaign": str(campaign.pk),
            "cursor": campaign.release_cursor,
            "planned_to": campaign.planning_cursor,
            "size": campaign.pulse_size,
            "now": now,
        },
    )[0]
    period = timedelta(seconds=campaign.pulse_seconds)
    Campaign.objects.filter(pk=number).update(
        release_cursor=last or campaign.release_cursor,
        next_pulse_at=None if count == 0 and campaign.planning_done else now + period,
    )
    return int(count)


def _waiting(campaign: Campaign) -> int:
    """How many are planned and not yet let go (an upper bound is enough)."""
    return int(
        sql.value(
            "SELECT count(*) FROM (SELECT 1 FROM message WHERE workspace_id = %s AND source = 'campaign'"
            " AND source_id = %s AND contact_id > %s AND status = 'queued' AND due_at IS NULL LIMIT %s) AS waiting",
            (campaign.workspace_id, str(campaign.pk), campaign.release_cursor, campaign.pulse_size),
        )
        or 0
    )


_STILL_OPEN = """
SELECT EXISTS (SELECT 1 FROM message WHERE workspace_id = %s AND source = 'campaign' AND source_id = %s
               AND status IN ('queued', 'sending'))
"""
ENDED = ("sent", "refused", "failed", "unknown")


@transaction.atomic
def _finish(number: int, now: datetime) -> int:
    campaign = _locked(number)
    if campaign is None or not campaign.planning_done:
        return 0
    prefix = f"campaign.{campaign.pk}."
    done = counters.read(campaign.workspace_id, [prefix + name for name in ENDED])
    if sum(done.values()) < campaign.planned:
        return 0  # the counters are cheap to ask every second; the table is asked once, at the end
    if sql.value(_STILL_OPEN, (campaign.workspace_id, str(campaign.pk))):
        return 0
    return Campaign.objects.filter(pk=number, status=Status.SENDING).update(
        status=Status.SENT, finished_at=now, next_pulse_at=None
    )
