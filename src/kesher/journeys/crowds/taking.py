"""Taking people out so that it can be taken back: what a run waited for is kept with it until then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from kesher.events import counters
from kesher.journeys.counting import ended_name, name_of
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import end_runs
from kesher.lib import sql

_KEEP = """
UPDATE journey_run r SET data = jsonb_set(r.data, '{before}', jsonb_build_object(
    'state', r.state, 'woken', r.woken, 'due_at', r.due_at, 'until', r.until, 'listening', to_jsonb(r.listening)))
WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.id = ANY(%(ids)s) AND r.ended_at IS NULL
"""


def take_out_for_now(sitting: Sitting, journey_id: int, run_ids: Sequence[int]) -> int:
    """End these runs; answers how many. `bring_back` knows them by the sitting's moment."""
    parameters = {
        "workspace": sitting.workspace.pk, "journey": journey_id, "ids": list(run_ids),
    }  # fmt: skip
    sql.execute(_KEEP, parameters)
    own = sql.rows(
        "SELECT id FROM journey_run WHERE workspace_id = %(workspace)s AND journey_id = %(journey)s"
        " AND id = ANY(%(ids)s) AND ended_at IS NULL",
        parameters,
    )
    return len(end_runs(sitting, reason="taken_out", run_ids=[row[0] for row in own]))


# Who has come in again meanwhile stays out of the old run.
_BACK = """
WITH back AS (
    UPDATE journey_run r SET ended_at = NULL, reason = '', state = r.data -> 'before' ->> 'state',
           woken = r.data -> 'before' ->> 'woken', due_at = (r.data -> 'before' ->> 'due_at')::timestamptz,
           until = (r.data -> 'before' ->> 'until')::timestamptz,
           listening = ARRAY(SELECT jsonb_array_elements_text(r.data -> 'before' -> 'listening')),
           data = r.data - 'before'
    WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.ended_at = %(at)s
      AND r.reason = 'taken_out' AND jsonb_exists(r.data, 'before')
      AND NOT EXISTS (SELECT 1 FROM journey_entry e WHERE e.workspace_id = r.workspace_id AND e.journey_id = r.journey_id
                      AND e.contact_id = r.contact_id AND e.subject = r.subject AND e.run_id <> r.id)
    RETURNING r.id, r.version_id, r.node, r.visit
), steps AS (
    DELETE FROM journey_step s USING back WHERE s.workspace_id = %(workspace)s AND s.run_id = back.id AND s.visit = back.visit
), entries AS (
    UPDATE journey_entry e SET is_open = TRUE FROM back
    WHERE e.workspace_id = %(workspace)s AND e.journey_id = %(journey)s AND e.run_id = back.id
)
SELECT version_id, node, count(*) FROM back GROUP BY version_id, node
"""


def bring_back(workspace_id: int, journey_id: int, at: datetime) -> int:
    """Those taken out at this moment stand again where they stood, and wait as they did; answers how many."""
    deltas: Counter[str] = Counter()
    count = 0
    for version_id, node, number in sql.rows(
        _BACK, {"workspace": workspace_id, "journey": journey_id, "at": at}
    ):
        count += number
        deltas[name_of(journey_id, version_id, node, "left")] -= number
        deltas[ended_name(journey_id, "taken_out")] -= number
    counters.add(workspace_id, deltas)
    return count
