"""Long work as people see it in the top bar: started, moving, finished, cancelled.

The running is a Procrastinate job; it calls `report_progress` and stops when that answers False.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.lib import sql


def start_work(
    access: Access, *, kind: str, title: str, url: str = "", total: int | None = None
) -> Work:
    """A new entry in the top bar. The caller defers the job that does it."""
    return Work.objects.create(
        workspace=access.workspace,
        kind=kind,
        title=title[:200],
        url=url,
        total=total,
        created_by=access.user,
    )


def report_progress(work_id: int, *, done: int, total: int | None = None) -> bool:
    """Say how far it is; answers False when somebody asked to cancel. Call it about once a second."""
    cancel = sql.value(
        "UPDATE work SET done = %s, total = coalesce(%s, total), state = 'running',"
        " started_at = coalesce(started_at, now()) WHERE id = %s RETURNING cancel_requested",
        (done, total, work_id),
    )
    return cancel is False


def finish_work(work_id: int, *, result: dict[str, Any], url: str | None = None) -> None:
    _end(work_id, Work.State.DONE, result=result, **({"url": url} if url is not None else {}))


def fail_work(work_id: int, *, error: str) -> None:
    """`error` is for people: what went wrong and what to do."""
    _end(work_id, Work.State.FAILED, error=error)


def end_cancelled(work_id: int, *, result: dict[str, Any]) -> None:
    """The job says that it has stopped where it was."""
    _end(work_id, Work.State.CANCELLED, result=result)


def cancel_work(access: Access, work_id: int) -> None:
    """Ask it to stop; work that has not begun ends at once."""
    work = access.get(Work, work_id)
    Work.objects.filter(pk=work.pk).update(cancel_requested=True)
    Work.objects.filter(pk=work.pk, state=Work.State.QUEUED).update(
        state=Work.State.CANCELLED, finished_at=timezone.now()
    )
    access.audit("work.cancelled", work, work.title)


def _end(work_id: int, state: str, **values: Any) -> None:
    Work.objects.filter(pk=work_id).update(state=state, finished_at=timezone.now(), **values)
