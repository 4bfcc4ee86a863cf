"""Background entries of campaigns: the dear parts of reports, counted when something changed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kesher.campaigns.rollup import refresh_changed


@app.periodic(cron="* * * * *")
@app.task(name="campaigns.rollups", queueing_lock="campaigns.rollups")
def refresh_rollups(timestamp: int) -> None:
    """Each minute. A campaign whose counters stand still costs one small statement."""
    refresh_changed()
