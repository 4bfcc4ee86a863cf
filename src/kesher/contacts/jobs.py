"""Background entries of contacts: imports, exports, merged cards, and emptying the bin."""

from __future__ import annotations

from datetime import timedelta

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from kesher.accounts.models import Workspace
from kesher.contacts.bin import KEPT
from kesher.contacts.bulk import purge_deleted
from kesher.contacts.export import run_export
from kesher.contacts.imports.run import give_up, run_import
from kesher.contacts.mass import run
from kesher.contacts.mass.selection import forget_old
from kesher.contacts.merge_rows import move_late_rows
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


@app.task(name="contacts.export")
def export_contacts(workspace_id: int, act_id: int) -> None:
    """A repeat writes the file anew."""
    run_export(workspace_id, act_id)


@app.task(
    name="contacts.mass_act",
    pass_context=True,
    retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3),
)
def mass_act(context: JobContext, workspace_id: int, act_id: int, undo: bool = False) -> None:
    """Do an act on many, or take it back: a repeat goes on where it stopped."""
    try:
        work = run.run_undo if undo else run.run_act
        work(workspace_id, act_id, clock=clock.now)
    except Exception:
        if context.job.attempts + 1 >= ATTEMPTS:
            run.give_up(workspace_id, act_id, undo=undo)
        raise


@app.periodic(cron="17 3 * * *")
@app.task(name="contacts.purge")
def purge(timestamp: int) -> None:
    """Remove for good what has been in the bin for 30 days."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        while purge_deleted(workspace_id, before=clock.now() - KEPT):
            pass


SELECTIONS_KEPT = timedelta(days=7)


@app.periodic(cron="43 3 * * *")
@app.task(name="contacts.forget_selections")
def forget_selections(timestamp: int) -> None:
    """After a week an act on many cannot be taken back any more."""
    while forget_old(clock.now() - SELECTIONS_KEPT):
        pass


@app.task(name="contacts.follow_merge", retry=5)
def follow_merge(workspace_id: int, kept: int, gone: int) -> None:
    """What was written of the second card while the two became one moves to the first. May be done again."""
    move_late_rows(Workspace.objects.get(pk=workspace_id), kept, gone, now=clock.now())
