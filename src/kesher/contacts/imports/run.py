"""Running an import: chunk after chunk, each with the position in one transaction, so that a stop loses nothing.

While the database writes a chunk, the next is read and parsed in a thread beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kesher.accounts import work
from kesher.accounts.models import Workspace
from kesher.contacts.fields import ParseContext
from kesher.contacts.imports import mapping, plan, statements
from kesher.contacts.imports.batches import CHUNK_ROWS, Batch, Chunks
from kesher.contacts.imports.blocking import BlockWriter
from kesher.contacts.imports.columns import Parser
from kesher.contacts.imports.delimited import Reader
from kesher.contacts.imports.reasons import Unreadable
from kesher.contacts.imports.writing import (
    ContactWriter,
    ListToJoin,
    Moved,
    Overtaken,
    Tally,
    keep_books,
)
from kesher.contacts.models import ContactList, Import
from kesher.contacts.vocabulary import fields_of
from kesher.lib import sql

ATTEMPTS = 6
REPORT_EVERY_SECONDS = 0.7
Clock = Callable[[], datetime]


class Writer(Protocol):
    def write(self, batch: Batch, now: datetime) -> Tally: ...


def run_import(import_id: int, *, clock: Clock, chunk_rows: int = CHUNK_ROWS) -> str:
    """Go on with an import from where it stands, to its end; answers its state then.

    Harmless when it is done already, and when two run at once: one of them stops.
    """
    row = Import.objects.select_related("workspace", "created_by").get(pk=import_id)
    if row.state != Import.State.RUNNING:
        return row.state
    with translation.override(_language(row)):
        try:
            state = _run(row, clock, chunk_rows)
        except Unreadable as error:
            return _end(row, Import.State.FAILED, clock(), error=error.words)
        except Overtaken:
            return Import.objects.get(pk=import_id).state
        return _end(row, state, clock())


def _language(row: Import) -> str:
    return row.created_by.language if row.created_by else row.workspace.language


def _run(row: Import, clock: Clock, chunk_rows: int) -> str:
    chunks, writer = _open(row, chunk_rows)
    reported = 0.0
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="import-reader") as reader:
        coming = reader.submit(chunks.next)
        while batch := coming.result():
            coming = reader.submit(chunks.next)
            _write(row, writer, batch, clock)
            if time.monotonic() - reported > REPORT_EVERY_SECONDS:
                reported = time.monotonic()
                if not _report(row, batch.row):
                    return Import.State.CANCELLED
    return Import.State.DONE


def _open(row: Import, chunk_rows: int) -> tuple[Chunks, Writer]:
    """The file from its position on, and what writes its chunks."""
    options, entries = plan.from_json(row.options), mapping.from_json(row.mapping)
    workspace, position = row.workspace, row.position
    context = ParseContext(country=options.country, time_zone=workspace.time_zone)
    parser = Parser(entries, fields_of(workspace), context)
    path = (Path(settings.HOME) / row.path).parent / row.format["rows_file"]
    reader = Reader(path, row.format["delimiter"], position["offset"])
    blocked = options.purpose == plan.BLOCKED
    chunks = Chunks(
        reader,
        parser,
        row=position["row"],
        update=options.update,
        folds=not blocked,
        size=chunk_rows,
    )
    if blocked:
        return chunks, BlockWriter(workspace, row)
    lists = _lists(workspace, options)
    return chunks, ContactWriter(workspace, row, parser, options, lists, position.get("evidence"))


def _lists(workspace: Workspace, options: plan.Options) -> list[ListToJoin]:
    found = ContactList.objects.filter(workspace=workspace, pk__in=options.lists, is_all=False)
    return [ListToJoin(pk, name) for pk, name in found.values_list("pk", "name").order_by("pk")]


def _write(row: Import, writer: Writer, batch: Batch, clock: Clock) -> None:
    """One chunk, done again when somebody changed the same people meanwhile."""
    read = list(batch.refusals)
    for attempt in range(ATTEMPTS):
        batch.refusals[:] = read
        try:
            with transaction.atomic():
                sql.rows(statements.TAKE_TURN, (row.workspace_id,))
                tally = writer.write(batch, clock())
                keep_books(row, batch, tally, before=row.position["offset"])
            break
        except (Moved, IntegrityError, OperationalError) as error:
            if attempt == ATTEMPTS - 1 or _is_lost(error):
                raise
            time.sleep(0.05 * 2**attempt)
    row.position = {**row.position, "offset": batch.offset, "row": batch.row}


def _is_lost(error: Exception) -> bool:
    """Whether the connection is gone, so that trying again on it is of no use; a deadlock is not that."""
    code = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and code not in ("40P01", "40001", "55P03")


def _report(row: Import, rows: int) -> bool:
    return row.work_id is None or work.report_progress(row.work_id, done=rows)


def _end(row: Import, state: str, now: datetime, error: str = "") -> str:
    moved = Import.objects.filter(pk=row.pk, state=Import.State.RUNNING).update(
        state=state, finished_at=now
    )
    row.refresh_from_db()
    if moved and row.work_id is not None:
        _end_work(row, error)
    return row.state


def give_up(import_id: int, now: datetime) -> None:
    """Say that it stopped for a reason that trying again does not mend."""
    row = Import.objects.select_related("workspace", "created_by").get(pk=import_id)
    with translation.override(_language(row)):
        text = _("The import stopped because of a fault. What was imported so far is kept.")
        _end(row, Import.State.FAILED, now, error=text)


def _end_work(row: Import, error: str) -> None:
    assert row.work_id is not None  # noqa: S101  (for the type checker; the caller looked)
    result = counts(row)
    match row.state:
        case Import.State.DONE:
            work.report_progress(row.work_id, done=row.rows, total=row.rows)
            work.finish_work(row.work_id, result=result)
        case Import.State.CANCELLED:
            work.end_cancelled(row.work_id, result=result)
        case _:
            work.fail_work(row.work_id, error=error or _("The import stopped."))


def counts(row: Import) -> dict[str, int]:
    return {
        "rows": row.rows,
        "created": row.created_count,
        "updated": row.updated_count,
        "unchanged": row.unchanged_count,
        "refused": row.refused_count,
    }
