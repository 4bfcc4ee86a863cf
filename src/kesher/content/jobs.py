"""The background job of documents."""

from procrastinate.contrib.django import app

from kesher.lib import clock


@app.periodic(cron="11 4 * * *")
@app.task(name="content.versions.sweep", queueing_lock="content.versions.sweep")
def sweep_versions(timestamp: int) -> None:
    """Daily: versions that no message, campaign or journey points at."""
    from kesher.content.sweeping import sweep_versions as sweep

    while sweep(clock.now()):
        pass
