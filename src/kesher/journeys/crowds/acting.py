"""People at a step, or all who are on the way: taken out or moved on. Some at once; many as a job that the top bar shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from kesher.accounts.access import Access
from kesher.accounts.models import UndoEntry, Work
from kesher.accounts.undo import offer_undo
from kesher.accounts.work import start_work
from kesher.journeys.crowds.taking import take_out_for_now
from kesher.journeys.crowds.working import count_standing, standing, take_on
from kesher.journeys.models import Journey
from kesher.journeys.sitting import Sitting
from kesher.lib.deadlocks import tried_again

KIND = "journeys.crowd"
AT_ONCE = 2_000  # more is a job


@dataclass(frozen=True)
class Done:
    """`work` when it goes on in the background; `undo` when it can be taken back."""

    count: int
    work: Work | None = None
    undo: UndoEntry | None = None


@tried_again
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


@tried_again
@transaction.atomic
def act_on_everybody(
    access: Access, journey: Journey, *, do: str, node: str, port: str = "", url: str = "", now: datetime
) -> Done:  # fmt: skip
    """Take "out" or move "on" all who stand at the node (empty: in the journey) at this moment."""
    count = len(standing(journey.workspace_id, journey.pk, node, 0, now, limit=AT_ONCE + 1))
    if count <= AT_ONCE:
        ids = standing(journey.workspace_id, journey.pk, node, 0, now, limit=AT_ONCE)
        if do == "out":
            return take_out_some(access, journey, run_ids=ids, now=now)
        moved = take_on(access.workspace, journey.pk, ids, port, now)
        access.audit("journey.moved_on", journey, journey.name, count=moved)
        return Done(moved)
    total = count_standing(journey.workspace_id, journey.pk, node, now)
    title = _("Taking people out of “%(name)s”") if do == "out" else _("Moving people on in “%(name)s”")  # fmt: skip
    work = start_work(access, kind=KIND, title=title % {"name": journey.name}, url=url, total=total)
    work.result = {"journey": journey.pk, "do": do, "node": node, "port": port, "at": now.isoformat()}  # fmt: skip
    work.save(update_fields=["result"])
    app.configure_task("journeys.crowd").defer(workspace_id=access.workspace.pk, work_id=work.pk)
    access.audit(f"journey.{'taken_out' if do == 'out' else 'moved_on'}", journey, journey.name, count=total)  # fmt: skip
    return Done(total, work, _undo(access, journey, now) if do == "out" else None)
