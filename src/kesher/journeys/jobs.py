"""Background entries of journeys: calls out, alerts by mail, changed segments, and the watchdog."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from kesher.journeys import alarms, alerts, texting, watchdog, webhooks
from kesher.journeys.crowds import jobs as crowds  # noqa: F401  (its jobs are found here)
from kesher.journeys.rehearsal import jobs as rehearsals  # noqa: F401  (its job is found here)
from kesher.lib import clock

KEPT = timedelta(days=30)


@app.periodic(cron="* * * * * */10")
@app.task(name="journeys.calls", queueing_lock="journeys.calls")
def make_calls(timestamp: int) -> None:
    """Each ten seconds, until nothing is due."""
    now = clock.now()
    while webhooks.deliver(now):
        pass


@app.periodic(cron="* * * * * */20")
@app.task(name="journeys.alerts", queueing_lock="journeys.alerts")
def mail_alerts(timestamp: int) -> None:
    """Each twenty seconds."""
    now = clock.now()
    while alerts.mail_alerts(now):
        pass
    while texting.text_alerts(now):
        pass
    alarms.mail_alarms(now)


@app.periodic(cron="23 * * * *")
@app.task(name="journeys.sweep", queueing_lock="journeys.sweep")
def sweep(timestamp: int) -> None:
    """Hourly: what calls told and were answered is kept for a month."""
    webhooks.forget(clock.now() - KEPT)


@app.periodic(cron="*/5 * * * *")
@app.task(name="journeys.watchdog", queueing_lock="journeys.watchdog")
def watch(timestamp: int) -> None:
    """Each five minutes: raises an alarm when somebody should have moved and did not."""
    watchdog.watch(clock.now())


@app.task(name="journeys.follow_segments", retry=5)
def follow_segments(workspace_id: int, keys: list[str]) -> None:
    """The rules of these segments are others: who waits for them waits by the new ones."""
    from kesher.accounts.models import Workspace
    from kesher.journeys.catchingup import wake_followers

    wake_followers(Workspace.objects.get(pk=workspace_id), keys, now=clock.now())
