"""The job of a rehearsal. What it needs is loaded by the first who rehearses: few do, and every worker knows its jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="journeys.rehearse")
def rehearse_journey(workspace_id: int, work_id: int) -> None:
    from kesher.journeys.rehearsal.background import play_work

    play_work(workspace_id, work_id)
