"""Housekeeping by the clock: room for coming events, and what nobody needs any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from django.contrib.sessions.models import Session
from procrastinate import JobContext
from procrastinate.contrib.django import app

from kesher.accounts.models import IdempotentAnswer, UndoEntry, Work
from kesher.lib import clock, sql
from kesher.worker import heartbeat

log = structlog.get_logger(__name__)

UNDO_DAYS = 2
IDEMPOTENCY_HOURS = 24
WORK_DAYS = 30
FAILED_JOB_HOURS = 24 * 14


@app.periodic(cron="7 * * * *")
@app.task(name="worker.housekeeping", queueing_lock="worker.housekeeping")
def housekeeping(timestamp: int) -> None:
    """Hourly. `timestamp` is when it was due, in seconds; Procrastinate gives it."""
    now = datetime.fromtimestamp(timestamp, tz=UTC)
    make_partitions(now)
    swept = sweep(now)
    log.info("housekeeping", **{key: count for key, count in swept.items() if count})


def make_partitions(now: datetime) -> int:
    """Month partitions of the event log, from this month to the third after it."""
    return int(sql.value("SELECT event_partitions(%s, %s)", (now, now + timedelta(days=93))))


def sweep(now: datetime) -> dict[str, int]:
    """Rows kept for a while only."""
    swept = {
        "undo": UndoEntry.objects.filter(created_at__lt=now - timedelta(days=UNDO_DAYS)),
        "answers": IdempotentAnswer.objects.filter(
            created_at__lt=now - timedelta(hours=IDEMPOTENCY_HOURS)
        ),
        "work": Work.objects.filter(finished_at__lt=now - timedelta(days=WORK_DAYS)),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    counts = {name: rows.delete()[0] for name, rows in swept.items()}
    return {**counts, "heartbeats": heartbeat.sweep(now)}


@app.periodic(cron="* * * * *")
@app.task(name="worker.take_over_jobs", queueing_lock="worker.take_over_jobs", pass_context=True)
async def take_over_jobs(context: JobContext, timestamp: int) -> None:
    """Each minute: jobs whose worker gives no sign any more begin again, so jobs must bear a second start."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=60):
        log.warning("job_taken_over", job=job.id, task=job.task_name)
        await manager.retry_job(job, retry_at=clock.now())
    if timestamp % 3600 < 60:
        await manager.delete_old_jobs(
            nb_hours=FAILED_JOB_HOURS,
            include_failed=True,
            include_cancelled=True,
            include_aborted=True,
        )
