"""People at a step, or all who are on the way: taken out or moved on. Some at once; many as a job that the top bar shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import UndoEntry, Work
from kesher.accounts.undo import offer_undo
from kesher.accounts.work import end_cancelled, finish_work, report_progress, start_work
from kesher.journeys.crowds.jobs import act_on_all
from kesher.journeys.crowds.taking import take_out_for_now
from kesher.journeys.kinds import Go
from kesher.journeys.models import Journey
from kesher.journeys.sitting import Sitting
from kesher.journeys.walking import move_on
from kesher.lib import sql

KIND = "journeys.crowd"
BATCH = 2_000
AT_ONCE = 2_000  # more is a job


@dataclass(frozen=True)
class Done:
    """`work` when it goes on in the background; `undo` when it can be taken back."""

    count: int
    work: Work | None = None
    undo: UndoEntry | None = None


@transaction.atomic
def take_out_some(
    access: Access, journey: Journey, *, run_ids: Sequence[int], now: datetime
) -> Done:
    """End these runs, to be taken back if wished."""
    count = take_out_for_now(Sitting(access.workspace, now), journey.pk, run_ids)
    access.audit("journey.taken_out", journey, journey.name, count=count)
    return Done(count, undo=_undo(access, journey, now) if count else None)


def _undo(access: Access, journey: Journey, now: datetime) -> UndoEntry:
    data = {"journey_id": journey.pk, "at": now.isoformat()}
    return offer_undo(access, kind="journey.taken_out", data=data)


@transaction.atomic
def act_on_everybody(
    access: Access, journey: Journey, *, do: str, node: str, port: str = "", url: str = "", now: datetime
) -> Done:  # fmt: skip
    """Take "out" or move "on" all who stand at the node (empty: in the journey) at this moment."""
    count = len(_next(journey.workspace_id, journey.pk, node, 0, now, limit=AT_ONCE + 1))
    if count <= AT_ONCE:
        ids = _next(journey.workspace_id, journey.pk, node, 0, now, limit=AT_ONCE)
        if do == "out":
            return take_out_some(access, journey, run_ids=ids, now=now)
        moved = _move(access.workspace, journey.pk, ids, port, now)
        access.audit("journey.moved_on", journey, journey.name, count=moved)
        return Done(moved)
    total = _count(journey.workspace_id, journey.pk, node, now)
    title = _("Taking people out of “%(name)s”") if do == "out" else _("Moving people on in “%(name)s”")  # fmt: skip
    work = start_work(access, kind=KIND, title=title % {"name": journey.name}, url=url, total=total)
    work.result = {"journey": journey.pk, "do": do, "node": node, "port": port, "at": now.isoformat()}  # fmt: skip
    work.save(update_fields=["result"])
    act_on_all.defer(workspace_id=access.workspace.pk, work_id=work.pk)
    access.audit(f"journey.{'taken_out' if do == 'out' else 'moved_on'}", journey, journey.name, count=total)  # fmt: skip
    return Done(total, work, _undo(access, journey, now) if do == "out" else None)


def carry_out(work: Work) -> None:
    """Batch after batch, until nobody is left who stood there when it was asked for, or it is cancelled."""
    asked: dict[str, Any] = work.result or {}
    journey_id, node = int(asked["journey"]), str(asked["node"])
    at = datetime.fromisoformat(asked["at"])
    done, last = 0, 0
    with translation.override(work.workspace.language):
        while ids := _next(work.workspace_id, journey_id, node, last, at, limit=BATCH):
            if not report_progress(work.pk, done=done):
                end_cancelled(work.pk, result={**asked, "done": done})
                return
            with transaction.atomic():
                if asked["do"] == "out":
                    done += take_out_for_now(Sitting(work.workspace, at), journey_id, ids)
                else:
                    done += _move(work.workspace, journey_id, ids, asked["port"], at)
            last = ids[-1]
    report_progress(work.pk, done=done)
    finish_work(work.pk, result={**asked, "done": done})


_HERE = """
FROM journey_run WHERE workspace_id = %(workspace)s AND journey_id = %(journey)s AND ended_at IS NULL
  AND (%(node)s = '' OR node = %(node)s) AND arrived_at <= %(at)s AND id > %(after)s
"""


def _next(
    workspace_id: int, journey_id: int, node: str, after: int, at: datetime, *, limit: int
) -> list[int]:
    """Those there since before this moment, by id."""
    parameters = {
        "workspace": workspace_id, "journey": journey_id, "node": node, "after": after, "at": at,
        "limit": limit,
    }  # fmt: skip
    return [
        row[0] for row in sql.rows(f"SELECT id {_HERE} ORDER BY id LIMIT %(limit)s", parameters)
    ]


def _count(workspace_id: int, journey_id: int, node: str, at: datetime) -> int:
    parameters = {"workspace": workspace_id, "journey": journey_id, "node": node, "after": 0, "at": at}  # fmt: skip
    return int(sql.value(f"SELECT count(*) {_HERE}", parameters))


def _move(workspace: Any, journey_id: int, ids: Sequence[int], port: str, now: datetime) -> int:
    return move_on(workspace, now=now, journey_id=journey_id, run_ids=ids, way=Go(port, "by_hand"))
