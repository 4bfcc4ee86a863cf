"""The work on many people at a step, batch after batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from kesher.accounts.models import Work, Workspace
from kesher.accounts.work import end_cancelled, finish_work, report_progress
from kesher.journeys.crowds.taking import take_out_for_now
from kesher.journeys.kinds import Go
from kesher.journeys.sitting import Sitting
from kesher.journeys.walking import move_on
from kesher.lib import sql

BATCH = 2_000


def carry_out(work: Work) -> None:
    """Batch after batch, until nobody is left who stood there when it was asked for, or it is cancelled."""
    asked: dict[str, Any] = work.result or {}
    journey_id, node = int(asked["journey"]), str(asked["node"])
    at = datetime.fromisoformat(asked["at"])
    done, last = 0, 0
    with translation.override(work.workspace.language):
        while ids := standing(work.workspace_id, journey_id, node, last, at, limit=BATCH):
            if not report_progress(work.pk, done=done):
                end_cancelled(work.pk, result={**asked, "done": done})
                return
            with transaction.atomic():
                if asked["do"] == "out":
                    done += take_out_for_now(Sitting(work.workspace, at), journey_id, ids)
                else:
                    done += take_on(work.workspace, journey_id, ids, asked["port"], at)
            last = ids[-1]
    report_progress(work.pk, done=done)
    finish_work(work.pk, result={**asked, "done": done})


_HERE = """
FROM journey_run WHERE workspace_id = %(workspace)s AND journey_id = %(journey)s AND ended_at IS NULL
  AND (%(node)s = '' OR node = %(node)s) AND arrived_at <= %(at)s AND id > %(after)s
"""


def standing(
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


def count_standing(workspace_id: int, journey_id: int, node: str, at: datetime) -> int:
    """How many `standing` would answer in all."""
    parameters = {"workspace": workspace_id, "journey": journey_id, "node": node, "after": 0, "at": at}  # fmt: skip
    return int(sql.value(f"SELECT count(*) {_HERE}", parameters))


def take_on(
    workspace: Workspace, journey_id: int, ids: Sequence[int], port: str, now: datetime
) -> int:
    """By hand, through the port."""
    return move_on(workspace, now=now, journey_id=journey_id, run_ids=ids, way=Go(port, "by_hand"))
