"""The jobs of rehearsals. What it needs is loaded by the first who rehearses: few do, and every worker knows its jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from kesher.lib import clock


@app.task(name="journeys.rehearse")
def rehearse_journey(workspace_id: int, work_id: int) -> None:
    from kesher.journeys.rehearsal.background import play_work

    play_work(workspace_id, work_id)


@app.periodic(cron="31 * * * *")
@app.task(name="journeys.rehearsals.sweep", queueing_lock="journeys.rehearsals.sweep")
def sweep_rehearsals(timestamp: int) -> None:
    """Hourly: a rehearsal is kept for a month."""
    from kesher.journeys.rehearsal.sweeping import sweep

    while sweep(clock.now()):
        pass
