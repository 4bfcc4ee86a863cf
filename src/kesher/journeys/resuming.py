"""What fell due while a journey was paused: how many, since when; and what becomes of it: sent, skipped, asked about, or left.

Messages that were queued rest in `messages.resting`; here are the people whose time came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.journeys.claims import CLAIM
from kesher.journeys.models import Journey
from kesher.journeys.overdue import overdue
from kesher.journeys.sitting import Sitting
from kesher.journeys.starting import end_runs
from kesher.journeys.versions import version_of
from kesher.journeys.waking import heard_at
from kesher.journeys.walking import BATCH, Walk
from kesher.lib import sql
from kesher.messages import resting

SOURCE = "journey"
GO, SKIP, ASK, EXIT = "go", "skip", "ask", "exit"
AGES = (timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))  # fmt: skip
LISTENING = 9  # its place in a claimed row


@dataclass(frozen=True)
class Band:
    """How many people and messages wait for at least so long."""

    older_than: timedelta
    people: int
    messages: int

    @property
    def seconds(self) -> int:
        return int(self.older_than.total_seconds())


@dataclass(frozen=True)
class Meanwhile:
    """What fell due. `bands` are those with anybody in them, the first of them everything."""

    people: int = 0
    messages: int = 0
    oldest: datetime | None = None
    bands: tuple[Band, ...] = ()


def meanwhile_of(journey: Journey, now: datetime) -> Meanwhile:
    """What fell due while it was paused, with ages."""
    people = [since for _run, since in overdue(journey, now)]
    messages = resting.ages_of(journey.workspace_id, source=SOURCE, group=str(journey.pk), now=now)
    bands = [Band(age, _older(people, now - age), _older(messages, now - age)) for age in AGES]
    return Meanwhile(
        len(people),
        len(messages),
        min([*people, *messages], default=None),
        tuple(band for band in bands if band.people or band.messages),
    )


def _older(moments: Sequence[datetime], before: datetime) -> int:
    return sum(moment <= before for moment in moments)


_MARK = """
UPDATE journey_run r SET state = %(state)s, due_at = NULL, listening = '{}',
       woken = CASE WHEN r.woken = '' AND r.state IN ('sleeping', 'listening') THEN 'due' ELSE r.woken END
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s) AND r.ended_at IS NULL
"""


def mark(workspace_id: int, run_ids: Sequence[int], state: str) -> None:
    """Nothing moves them or wakes them before it is decided (asked), or before they are taken up (skipping)."""
    sql.execute(_MARK, {"workspace": workspace_id, "ids": list(run_ids), "state": state})


def sort_out(
    workspace: Workspace, journey: Journey, *, what: str, before: datetime, now: datetime
) -> None:
    """Do with those whose time came by `before`, and with messages that would have left by then."""
    old = [run_id for run_id, since in overdue(journey, now) if since <= before]
    about: dict[str, Any] = {
        "source": SOURCE,
        "group": str(journey.pk),
        "before": before,
        "now": now,
    }
    match what:
        case "ask":
            mark(workspace.pk, old, "asked")
            resting.ask_about_older(workspace.pk, **about)
        case "skip":
            mark(workspace.pk, old, "skipping")
            resting.refuse_older(workspace.pk, **about)
        case "exit":
            end_runs(Sitting(workspace, now), reason="taken_out", run_ids=old)
            resting.refuse_older(workspace.pk, **about)


_SKIPPING = "r.journey_id = %(journey)s AND r.state = 'skipping' AND r.ended_at IS NULL"


@transaction.atomic
def skip_on(workspace: Workspace, journey_id: int, *, now: datetime, limit: int = BATCH) -> int:
    """Let up to `limit` of those who skip go on, without what they would be sent on the way to their next wait."""
    rows = sql.rows(
        CLAIM.format(mine=_SKIPPING),
        {"workspace": workspace.pk, "journey": journey_id, "limit": limit, "now": now},
    )
    if rows:
        walk = Walk(Sitting(workspace, now, skips_sends=True))
        walk.take([_listening(walk.sitting, row) for row in rows])
        walk.run()
        walk.write()
    return len(rows)


def _listening(sitting: Sitting, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """With what the run listens to again."""
    version, node = version_of(row[15]), row[3]
    known = version.graph.nodes.get(node)
    kinds = sorted(heard_at(sitting, version, known)) if known else []
    return (*row[:LISTENING], kinds, *row[LISTENING + 1 :])


_GROUPS = """
SELECT version_id, node, array_agg(id) FROM journey_run
WHERE workspace_id = %s AND id = ANY(%s) AND ended_at IS NULL AND state = 'asked' GROUP BY version_id, node
"""
_ON = """
UPDATE journey_run r SET state = 'held', due_at = %(now)s, listening = %(listening)s::text[]
WHERE r.workspace_id = %(workspace)s AND r.id = ANY(%(ids)s)
"""


def go_on(sitting: Sitting, run_ids: Sequence[int]) -> None:
    """Those who were asked about go on as if their time had come now."""
    for version_id, node, ids in sql.rows(_GROUPS, (sitting.workspace.pk, list(run_ids))):
        version = version_of(version_id)
        known = version.graph.nodes.get(node)
        kinds = sorted(heard_at(sitting, version, known)) if known else []
        sql.execute(
            _ON,
            {"workspace": sitting.workspace.pk, "ids": ids, "now": sitting.now, "listening": kinds},
        )


@dataclass(frozen=True)
class Asked:
    """Somebody, or a message to somebody, that waits for a decision. `id` is the run's or the message's."""

    what: str
    id: int
    contact_id: int
    node: str
    since: datetime


_ASKED = """
SELECT r.id, r.contact_id, r.node, CASE WHEN r.until <= %(now)s THEN r.until ELSE r.arrived_at END FROM journey_run r
WHERE r.workspace_id = %(workspace)s AND r.journey_id = %(journey)s AND r.state = 'asked' AND r.ended_at IS NULL ORDER BY r.id
"""


def asked_about(journey: Journey, now: datetime) -> list[Asked]:
    """All that wait for a decision, the oldest first."""
    parameters = {"workspace": journey.workspace_id, "journey": journey.pk, "now": now}
    people = [Asked("run", *row) for row in sql.rows(_ASKED, parameters)]
    messages = [
        Asked("message", one.id, one.contact_id, one.source_id.split(".")[1], one.due_at)
        for one in resting.asked_of(journey.workspace_id, source=SOURCE, group=str(journey.pk))
    ]
    return sorted((*people, *messages), key=lambda one: (one.since, one.id))


@dataclass(frozen=True)
class AskedGroup:
    """Those of one step: people who stand there, or its messages."""

    what: str
    node: str
    count: int
    oldest: datetime


def asked_groups(found: Sequence[Asked]) -> list[AskedGroup]:
    counts = Counter((one.what, one.node) for one in found)
    oldest: dict[tuple[str, str], datetime] = {}
    for one in found:
        oldest.setdefault((one.what, one.node), one.since)
    return [AskedGroup(*key, count, oldest[key]) for key, count in counts.items()]


def lock_asked(journey: Journey, run_ids: Sequence[int]) -> list[int]:
    """Those of these runs that are still asked about; ours until the transaction ends."""
    statement = (
        "SELECT id FROM journey_run WHERE workspace_id = %s AND journey_id = %s AND id = ANY(%s)"
        " AND state = 'asked' AND ended_at IS NULL ORDER BY id FOR UPDATE"
    )
    found = sql.rows(statement, (journey.workspace_id, journey.pk, list(run_ids)))
    return [row[0] for row in found]


_COUNT = "SELECT count(*) FROM journey_run r WHERE r.workspace_id = %s AND r.journey_id = %s AND r.state = 'asked' AND r.ended_at IS NULL"


def count_asked(journey: Journey) -> int:
    people = sql.value(_COUNT, (journey.workspace_id, journey.pk))
    messages = resting.count_asked(journey.workspace_id, source=SOURCE, group=str(journey.pk))
    return int(people or 0) + messages
