"""Background entries of contacts: running imports."""

from __future__ import annotations

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from kesher.contacts.imports.run import give_up, run_import
from kesher.lib import clock

ATTEMPTS = 6


@app.task(
    name="contacts.import",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3),
)
def import_contacts(context: JobContext, import_id: int) -> None:
    """Goes on from the saved position, so that a repeat after a crash does each row once."""
    try:
        run_import(import_id, clock=clock.now)
    except Exception:
        if context.job.attempts + 1 >= ATTEMPTS:
            give_up(import_id, clock.now())
        raise
