"""Background entries of segments: a count each day for how they grow, and the clock for rules that time changes."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from kesher.accounts.models import Workspace
from kesher.segments import counting, upkeep

SEGMENTS_AT_ONCE = 200
LOW = -10


@app.periodic(cron="17 * * * *")
@app.task(name="segments.counts", queueing_lock="segments.counts", priority=LOW)
def count_each(timestamp: int) -> None:
    """Each hour those without a count of today, so that every workspace is counted soon after its midnight.

    One statement at a time, each with an end: sending never waits for it.
    """
    now = datetime.fromtimestamp(timestamp, UTC)
    left = SEGMENTS_AT_ONCE
    for workspace in Workspace.objects.order_by("id"):
        for segment in counting.uncounted_today(workspace, now)[:left]:
            counting.keep_count(workspace, segment, now)
            left -= 1


@app.periodic(cron="*/5 * * * *")
@app.task(name="segments.sweep", queueing_lock="segments.sweep", priority=LOW)
def sweep(timestamp: int) -> None:
    """Each five minutes; what is not due costs nothing."""
    upkeep.sweep(datetime.fromtimestamp(timestamp, UTC))
