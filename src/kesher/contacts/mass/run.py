"""Acts on many as work in the top bar: started, gone on with, taken back. A piece a transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Work, Workspace
from kesher.accounts.work import end_cancelled, fail_work, finish_work, report_progress, start_work
from kesher.contacts.errors import Refused
from kesher.contacts.mass.deeds import DEEDS
from kesher.contacts.models import MassAct, MassPiece
from kesher.lib import sql

RUNNING = (Work.State.QUEUED, Work.State.RUNNING)
Clock = Callable[[], datetime]


def start(access: Access, act: MassAct, *, title: str, url: str) -> Work:
    """Show the act in the top bar, first or once more after it was cancelled. The caller defers the job."""
    work = start_work(access, kind=f"contacts.{act.kind}", title=title, url=url, total=act.total)
    MassAct.objects.filter(pk=act.pk).update(work=work)
    access.audit(
        f"contacts.{act.kind}", act, title, count=act.total,
        **({} if act.kind == "change" else act.data),
    )  # fmt: skip
    return work


def start_undo(access: Access, act: MassAct, *, title: str, url: str) -> Work:
    """Show in the top bar that the act is taken back. Raises Refused while it still runs, or is being taken back."""
    with transaction.atomic():
        act = MassAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
        for work in (act.work, act.undoing):
            if work is not None and work.state in RUNNING:
                raise Refused("", _("It still runs: stop it first."), code="running")
        total = done_so_far(act)
        work = start_work(access, kind="contacts.undo", title=title, url=url, total=total)
        MassAct.objects.filter(pk=act.pk).update(undoing=work)
        access.audit("contacts.taken_back", act, title)
    return work


def done_so_far(act: MassAct) -> int:
    """How many contacts the act changed and did not give back yet."""
    rows = MassPiece.objects.filter(workspace_id=act.workspace_id, act_id=act.pk, undone_at=None)
    return int(rows.aggregate(n=Sum("changed"))["n"] or 0)


def run_act(workspace_id: int, act_id: int, *, clock: Clock) -> None:
    """Do what is not done yet, and say how far it is."""
    act = MassAct.objects.get(pk=act_id, workspace_id=workspace_id)
    workspace, deed = act.workspace, DEEDS.get(act.kind)

    def do(piece: MassPiece) -> int:
        now = clock()
        piece.changed, piece.before = deed.do(workspace, piece.contact_ids, act.data, now)
        piece.done_at = now
        piece.save(update_fields=["changed", "before", "done_at"])
        return len(piece.contact_ids)

    _go(act, act.work_id, "done_at IS NULL", do, _contacts_done(act))


def run_undo(workspace_id: int, act_id: int, *, clock: Clock) -> None:
    """Take back what was done, in the same pieces."""
    act = MassAct.objects.get(pk=act_id, workspace_id=workspace_id)
    workspace, deed = act.workspace, DEEDS.get(act.kind)

    def undo(piece: MassPiece) -> int:
        now = clock()
        if piece.changed:
            deed.undo(workspace, piece.before, act.data, now)
        piece.undone_at = now
        piece.save(update_fields=["undone_at"])
        return piece.changed

    _go(act, act.undoing_id, "done_at IS NOT NULL AND undone_at IS NULL", undo, 0)


def _contacts_done(act: MassAct) -> int:
    counted = sql.value(
        "SELECT coalesce(sum(cardinality(contact_ids)), 0) FROM mass_piece"
        " WHERE workspace_id = %s AND act_id = %s AND done_at IS NOT NULL",
        (act.workspace_id, act.pk),
    )
    return int(counted)


def _go(
    act: MassAct, work_id: int | None, todo: str, step: Callable[[MassPiece], int], done: int
) -> None:
    if work_id is None:  # its entry in the top bar was swept away: nobody waits for it
        return
    while True:
        if not report_progress(work_id, done=done):
            end_cancelled(work_id, result={"done": done})
            return
        with transaction.atomic():
            piece = _next(act, todo)
            if piece is None:
                break
            done += step(piece)
    changed = done_so_far(act)
    finish_work(work_id, result={"changed": changed})


def _next(act: MassAct, todo: str) -> MassPiece | None:
    """The next piece, locked: a second worker on the same act waits, then finds it done."""
    found = MassPiece.objects.raw(
        f"SELECT * FROM mass_piece WHERE workspace_id = %s AND act_id = %s AND {todo}"
        " ORDER BY number LIMIT 1 FOR UPDATE",
        (act.workspace_id, act.pk),
    )
    return next(iter(found), None)


def give_up(workspace_id: int, act_id: int, *, undo: bool) -> None:
    """Say that it stopped for a reason that trying again does not mend."""
    act = MassAct.objects.get(pk=act_id, workspace_id=workspace_id)
    work_id: Any = act.undoing_id if undo else act.work_id
    if work_id is not None:
        fail_work(work_id, error=_("It stopped because of a fault. What was done so far is kept."))


def language_of(workspace: Workspace, act: MassAct) -> str:
    return act.created_by.language if act.created_by else workspace.language
