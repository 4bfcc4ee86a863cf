"""Two cards become one while they are on the way. What the second walks moves to the first with all its rows; where the
first is in the same journey already, the second's run ends, so that nobody is written to twice."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.models import Workspace
from kesher.contacts.merge_rows import MERGES, Merges
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import end_runs
from kesher.journeys.versions import version_of
from kesher.lib import sql

# As the engine takes them: it passes over ours, and has done with its own.
_LOCK = """
SELECT count(*) FROM (SELECT id FROM journey_run WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
                      AND ended_at IS NULL ORDER BY id FOR UPDATE) AS open
"""
_TWICE = """
SELECT g.id, g.version_id FROM journey_run g JOIN journey_run k
  ON k.workspace_id = g.workspace_id AND k.journey_id = g.journey_id AND k.subject = g.subject AND k.ended_at IS NULL
WHERE g.workspace_id = %s AND g.contact_id = %s AND g.ended_at IS NULL AND k.contact_id = %s
"""


# What they wait for may have come with the other card: they are asked.
_ASK = """
UPDATE journey_run SET due_at = least(due_at, %(now)s), woken = 'event'
WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s) AND ended_at IS NULL
  AND state IN ('sleeping', 'listening') AND listening <> '{}'
"""


def _before(workspace: Workspace, kept: int, gone: int, now: datetime) -> None:
    _end_twice(workspace, kept, gone, now)
    sql.execute(_ASK, {"workspace": workspace.pk, "contacts": [kept, gone], "now": now})


def _end_twice(workspace: Workspace, kept: int, gone: int, now: datetime) -> None:
    """Where anybody may be in a journey several times at once, so may they."""
    found = sql.rows(_TWICE, (workspace.pk, gone, kept))
    ids = {run for run, version in found if version_of(version).graph.reentry.policy != "always"}
    if ids:
        end_runs(Sitting(workspace, now), reason="merged", run_ids=sorted(ids))


MERGES.register(Merges("journeys", _LOCK, _before))
