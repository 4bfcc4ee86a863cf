"""Campaigns on their way: started when due, planned in chunks, let go in pulses, finished.

The worker calls `advance` again and again. Each step is one short transaction that is safe to repeat: the
cursor moves in the transaction that writes the messages, and their once-only key refuses a second row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.campaigns import abtest, log, split
from kesher.campaigns.audience import where_of
from kesher.campaigns.models import AbTest, Campaign, Variant
from kesher.events import counters
from kesher.lib import sql
from kesher.messages.actions import Each, plan_messages
from kesher.messages.windows.deciding import next_open
from kesher.messages.windows.queries import waits_until, windows_of

CHUNK = 5_000
PRIORITY = 60
Status = Campaign.Status


def advance(now: datetime) -> int:
    """Do what is due for every campaign; answers how many steps were taken (0: nothing to do)."""
    steps = _start_scheduled(now)
    for number in _under_way():
        steps += _plan_chunk(number, now)
        steps += _watch_test(number, now)
        steps += _release(number, now)
        steps += _finish(number, now)
    return steps


@transaction.atomic
def _start_scheduled(now: datetime) -> int:
    due = Campaign.objects.select_for_update(skip_locked=True).filter(
        status=Status.SCHEDULED, scheduled_at__lte=now
    )
    started = list(due)
    Campaign.objects.filter(pk__in=[campaign.pk for campaign in started]).update(
        status=Status.SENDING, started_at=now
    )
    for campaign in started:
        log.note(campaign, "sent", now=now)
    return len(started)


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
    where, parameters = where_of(campaign, now)
    test = abtest.ab_test_of(campaign)
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
        due_at=None if campaign.pulse_size and not _has_rest(test) else now,
        priority=PRIORITY,
        now=now,
        each=abtest.each_of(campaign, test, list(campaign.variants.all())) if test else Each(),
    )
    Campaign.objects.filter(pk=number).update(
        planning_cursor=planned.last_id or campaign.planning_cursor,
        planned=campaign.planned + planned.count,
        planning_done=planned.last_id is None,
    )
    return 1


def _has_rest(test: AbTest | None) -> bool:
    """Whether a part of the audience waits for the winner; the sample leaves at once, whatever the pulses."""
    return test is not None and test.sample_percent < abtest.EVERYBODY


@transaction.atomic
def _watch_test(number: int, now: datetime) -> int:
    """One step of an A/B test: the sample is planned, has left, has been waited for; then the best variant wins."""
    campaign = _locked(number)
    test = abtest.ab_test_of(campaign) if campaign else None
    if campaign is None or test is None or not campaign.planning_done:
        return 0
    if not abtest.is_waiting(test):
        return 0
    if test.sampled_at is None:
        AbTest.objects.filter(pk=test.pk).update(sampled=_sampled(campaign), sampled_at=now)
        return 1
    if test.sample_left_at is None:
        if not _has_left(campaign, test, test.sampled_at, now):
            return 0
        AbTest.objects.filter(pk=test.pk).update(sample_left_at=now)
        log.note(campaign, "sample_left", now=now)
        return 1
    at = abtest.decides_at(test)
    if at is None or now < at:
        return 0
    numbers = abtest.numbers_of(campaign, test)
    found = split.decide([each.score(test.measure) for each in numbers])
    winner = next(each.variant for each in numbers if each.variant.number == found.number)
    abtest.settle(campaign, test, winner, how=found.how, now=now)
    return 1


def _has_left(campaign: Campaign, test: AbTest, sampled_at: datetime, now: datetime) -> bool:
    """Whether the sample has: all of it, or all but latecomers. What waits for the sending hours is none."""
    if _ended(campaign) >= (test.sampled or 0):
        return True
    if now < sampled_at + abtest.LATECOMERS:
        return False
    number = str(campaign.pk)
    return waits_until(campaign.workspace_id, source="campaign", source_id=number) is None


def _sampled(campaign: Campaign) -> int:
    return int(
        sql.value(
            "SELECT count(*) FROM message WHERE workspace_id = %s AND source = 'campaign' AND source_id = %s"
            " AND due_at IS NOT NULL",
            (campaign.workspace_id, str(campaign.pk)),
        )
    )


# Planning goes by contact id, and so does letting go: the cursor makes each step cost the same, however far along.
# The rest of an A/B test gets the winner in the same statement.
_RELEASE = """
WITH next AS (
    SELECT workspace_id, id, contact_id FROM message
    WHERE workspace_id = %(workspace)s AND source = 'campaign' AND source_id = %(campaign)s
      AND contact_id > %(cursor)s AND contact_id <= %(planned_to)s
      AND status = 'queued' AND due_at IS NULL
    ORDER BY contact_id LIMIT %(size)s
), released AS (
    UPDATE message m SET due_at = %(now)s, version_id = coalesce(%(version)s, m.version_id),
           data = CASE WHEN %(version)s::bigint IS NULL THEN m.data ELSE %(data)s::jsonb END
    FROM next
    WHERE m.workspace_id = next.workspace_id AND m.id = next.id AND m.status = 'queued'
    RETURNING m.contact_id
)
SELECT count(*), max(contact_id) FROM released
"""


@transaction.atomic
def _release(number: int, now: datetime) -> int:
    """Let go of the next pulse, or of the next chunk of a test's rest; answers how many."""
    campaign = _locked(number)
    test = abtest.ab_test_of(campaign) if campaign else None
    if campaign is None or (not campaign.pulse_size and not _has_rest(test)):
        return 0
    if (test is not None and abtest.is_waiting(test)) or not _is_time(campaign, now):
        return 0
    size = _pulse(campaign, now) if campaign.pulse_size else CHUNK
    if size <= 0:
        return 0
    winner = test.winner if test is not None and _has_rest(test) else None
    count, last = sql.rows(_RELEASE, _released(campaign, winner, size, now))[0]
    pulse = campaign.pulse_size and campaign.pulse_seconds
    is_over = count == 0 and campaign.planning_done
    Campaign.objects.filter(pk=number).update(
        release_cursor=last or campaign.release_cursor,
        next_pulse_at=now + timedelta(seconds=campaign.pulse_seconds or 0)
        if pulse and not is_over
        else None,
    )
    return int(count)


def _is_time(campaign: Campaign, now: datetime) -> bool:
    if not campaign.pulse_size:
        return campaign.planning_cursor > campaign.release_cursor
    if campaign.next_pulse_at is None or campaign.next_pulse_at > now:
        return False
    if not campaign.planning_done and campaign.planning_cursor == 0:
        return False
    return campaign.planning_done or _waiting(campaign) >= campaign.pulse_size


_LATELY_DUE = """
SELECT count(*) FROM message
WHERE workspace_id = %s AND source = 'campaign' AND source_id = %s AND contact_id <= %s AND due_at > %s AND due_at <= %s
"""


def _pulse(campaign: Campaign, now: datetime) -> int:
    """How many may be let go now: none while the sending hours are closed; and what the evening left of the last pulse
    counts as part of the morning's."""
    size, period = campaign.pulse_size or 0, timedelta(seconds=campaign.pulse_seconds or 0)
    if opens_at(campaign, now) > now:
        return 0
    if opens_at(campaign, now - period) > now - period:
        about = (campaign.workspace_id, str(campaign.pk), campaign.release_cursor)
        size -= int(sql.value(_LATELY_DUE, (*about, now - period, now)))
    if size <= 0:
        Campaign.objects.filter(pk=campaign.pk).update(next_pulse_at=now + period)
    return size


def opens_at(campaign: Campaign, at: datetime) -> datetime:
    """The first moment from `at` on at which its messages may leave."""
    windows = windows_of(campaign.workspace)
    return next_open(windows, campaign.channel, campaign.message_class, at)


def next_pulse_opens(now: datetime) -> datetime | None:
    """When the first of the pulses that are due opens; None when none waits for the sending hours."""
    due = Campaign.objects.select_related("workspace").filter(
        status=Status.SENDING, pulse_size__isnull=False, next_pulse_at__lte=now
    )
    return min((at for one in due if (at := opens_at(one, now)) > now), default=None)


def _released(
    campaign: Campaign, winner: Variant | None, size: int, now: datetime
) -> dict[str, Any]:
    return {
        "workspace": campaign.workspace_id,
        "campaign": str(campaign.pk),
        "cursor": campaign.release_cursor,
        "planned_to": campaign.planning_cursor,
        "size": size,
        "version": winner.version_id if winner else None,
        "data": abtest.data_of(winner) if winner else None,
        "now": now,
    }


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
    if _ended(campaign) < campaign.planned:
        return 0  # the counters are cheap to ask every second; the table is asked once, at the end
    if sql.value(_STILL_OPEN, (campaign.workspace_id, str(campaign.pk))):
        return 0
    log.note(campaign, "finished", now=now)
    return Campaign.objects.filter(pk=number, status=Status.SENDING).update(
        status=Status.SENT, finished_at=now, next_pulse_at=None
    )


def _ended(campaign: Campaign) -> int:
    """How many of its messages have come to an end, by the running counters."""
    prefix = f"campaign.{campaign.pk}."
    done = counters.read(campaign.workspace_id, [prefix + name for name in ENDED])
    return sum(done.values())
