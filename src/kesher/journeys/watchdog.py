"""Who should have moved and did not: past due, or not woken by what they waited for. Told once, until it is over.

Who was not woken is woken: their node is asked again, and lets go only whom it should.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.journeys.foreseeing import foresee
from kesher.journeys.kinds import Go, Listen, Outcome, Stop, Walker
from kesher.journeys.models import JourneyAlarm
from kesher.journeys.queries import late_runs
from kesher.journeys.sitting import Sitting
from kesher.lib import sql

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=5)  # so long an engine may be behind without a word
LOOK_BACK = timedelta(hours=1)
EVENTS = 200_000  # the newest so many are looked at, found by their ids
AT_ONCE = 5_000
Kind = JourneyAlarm.Kind


def watch(now: datetime) -> int:
    """Look once; answers how many alarms are new."""
    new = 0
    late = late_runs(now - LATE)
    for one in late:
        new += _alarm(one.workspace_id, one.journey_id, Kind.LATE, one.count, one.since, now)
    _over(Kind.LATE, [one.journey_id for one in late], now)
    missed: list[int] = []
    for workspace in Workspace.objects.filter(pk__in=_listened()):
        for journey_id, ids, since in _missed(workspace, now):
            missed.append(journey_id)
            new += _alarm(workspace.pk, journey_id, Kind.MISSED, len(ids), since, now)
            _wake(workspace.pk, ids, now)
    _over(Kind.MISSED, missed, now)
    return new


_ALARM = """
INSERT INTO journey_alarm (workspace_id, journey_id, kind, count, since, created_at)
VALUES (%(workspace)s, %(journey)s, %(kind)s, %(count)s, %(since)s, %(now)s)
ON CONFLICT (workspace_id, journey_id, kind) WHERE ended_at IS NULL DO UPDATE SET count = excluded.count
RETURNING xmax = 0
"""


@transaction.atomic
def _alarm(
    workspace_id: int, journey_id: int, kind: str, count: int, since: datetime, now: datetime
) -> bool:
    """One for as long as it lasts; answers whether it is new."""
    parameters = {
        "workspace": workspace_id, "journey": journey_id, "kind": kind, "count": count, "since": since,
        "now": now,
    }  # fmt: skip
    log.error(
        "journey_alarm", kind=str(kind), workspace=workspace_id, journey=journey_id, runs=count
    )
    return bool(sql.value(_ALARM, parameters))


def _over(kind: str, journey_ids: Iterable[int], now: datetime) -> None:
    found = JourneyAlarm.objects.filter(kind=kind, ended_at=None)
    found.exclude(journey_id__in=list(journey_ids)).update(ended_at=now)


def _listened() -> list[int]:
    """The workspaces in which something that runs listen to has happened lately."""
    statement = "SELECT DISTINCT workspace_id FROM event_listener WHERE split_part(listener, ':', 1) = 'journey'"
    return [row[0] for row in sql.rows(statement)]


# From what has happened to those who listened to it then, was taken from the inbox long ago, and has not woken them.
_CANDIDATES = """
SELECT r.id, min(e.at) FROM event e
JOIN journey_run r ON r.workspace_id = e.workspace_id AND r.contact_id = e.contact_id AND r.ended_at IS NULL
     AND r.state IN ('listening', 'sleeping') AND r.woken = '' AND (r.due_at IS NULL OR r.due_at > %(now)s)
     AND r.listening @> ARRAY[e.kind] AND r.arrived_at <= e.at
JOIN journey j ON j.id = r.journey_id AND j.workspace_id = r.workspace_id AND j.status = 'live'
WHERE e.workspace_id = %(workspace)s AND e.id > %(mark)s AND e.at >= %(from)s AND e.at < %(to)s
  AND e.kind IN (SELECT kind FROM event_listener WHERE workspace_id = %(workspace)s)
  AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.workspace_id = e.workspace_id AND i.event_id = e.id AND i.consumer = 'journey')
GROUP BY r.id LIMIT %(limit)s
"""


def _missed(workspace: Workspace, now: datetime) -> list[tuple[int, list[int], datetime]]:
    """By journey the runs that would move if they were asked now, and since when."""
    sitting = Sitting(workspace, now)
    parameters = {
        "workspace": workspace.pk, "now": now, "from": now - LOOK_BACK, "to": now - LATE, "limit": AT_ONCE,
        "mark": sitting.event_mark - EVENTS,
    }  # fmt: skip
    since = dict(sql.rows(_CANDIDATES, parameters))
    found: dict[int, list[int]] = {}
    for one in foresee(sitting, list(since), woken="event"):
        if one.ends or _moves(one.walker, one.outcome):
            found.setdefault(one.walker.journey_id, []).append(one.walker.run_id)
    return [(key, ids, min(since[one] for one in ids)) for key, ids in found.items()]


def _moves(walker: Walker, outcome: Outcome) -> bool:
    match outcome:
        case Go() | Stop():
            return True
        case Listen(_kinds, until):
            return until != walker.until
    return False


_WAKE = """
UPDATE journey_run r SET due_at = least(r.due_at, %(now)s), woken = 'event'
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s) AND r.ended_at IS NULL AND r.state IN ('listening', 'sleeping')
"""


def _wake(workspace_id: int, ids: Sequence[int], now: datetime) -> None:
    sql.execute(_WAKE, {"workspace": workspace_id, "ids": list(ids), "now": now})
