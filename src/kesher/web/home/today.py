"""What needs somebody today: journeys that do not move, decisions that wait, alerts, tasks. Five statements, whatever there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.functional import cached_property

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.journeys import alarms
from kesher.journeys.alarms import Alarm
from kesher.journeys.desk import queries
from kesher.journeys.desk.queries import MOST_COUNTED, Line
from kesher.journeys.models import JourneyAlarm, StaffAlert, StaffTask
from kesher.lib import sql
from kesher.web.contacts.card import full_name
from kesher.web.desk import showing
from kesher.web.desk.showing import Shown

SHOWN = 4  # of each kind
MOST_INSIDE = 10_000

# By name those that are asked for, and whichever is paused with people inside or waits for decisions.
# The partial indexes journey_run_standing and journey_run_asked answer for each journey; counting stops early.
_JOURNEYS = """
SELECT j.id, j.name, j.paused_at, inside.people, asked.people FROM journey j
CROSS JOIN LATERAL (
    SELECT count(*) AS people FROM (
        SELECT 1 FROM journey_run r WHERE j.status = 'paused'
        AND r.workspace_id = j.workspace_id AND r.journey_id = j.id AND r.ended_at IS NULL LIMIT %(most)s
    ) few) inside
CROSS JOIN LATERAL (
    SELECT count(*) AS people FROM (
        SELECT 1 FROM journey_run r
        WHERE r.workspace_id = j.workspace_id AND r.journey_id = j.id
        AND r.state = 'asked' AND r.ended_at IS NULL LIMIT %(most)s
    ) few) asked
WHERE j.workspace_id = %(workspace)s
  AND (j.id = ANY(%(named)s) OR j.archived_at IS NULL AND (inside.people > 0 OR asked.people > 0))
ORDER BY j.paused_at DESC NULLS LAST, j.id
"""


@dataclass(frozen=True)
class Halted:
    """A journey with people who wait for somebody of the staff; numbers stop at MOST_INSIDE.

    `inside`: how many stand still while it is `paused_at`; `asked`: for how many somebody is to decide.
    """

    journey_id: int
    name: str
    paused_at: datetime | None
    inside: int
    asked: int


@dataclass(frozen=True)
class Today:
    """`alerts` and `tasks` are the first SHOWN of so many (at most MOST_COUNTED)."""

    alarms: list[Alarm]
    halted: list[Halted]
    alerts: list[Line[StaffAlert]]
    tasks: list[Shown]
    unread: int
    due: int

    @cached_property
    def troubles(self) -> int:
        return len(self.alarms) + len(self.halted) + self.unread

    @property
    def is_quiet(self) -> bool:
        return not (self.troubles or self.due)


def today(access: Access, now: datetime) -> Today:
    """Tasks that are due by tonight, of whoever asks or of anybody; all else is everybody's."""
    workspace = access.workspace.pk
    told = JourneyAlarm.objects.filter(workspace_id=workspace, read_at=None).order_by("-pk")
    rows = list(told[:SHOWN])
    unread = list(queries.unread_alerts(workspace)[:MOST_COUNTED])
    due = list(_due(access, now))
    journeys = _journeys(workspace, [row.journey_id for row in rows])
    people = _people(access, [*unread[:SHOWN], *due[:SHOWN]])
    return Today(
        [alarms.in_words(row, journeys[row.journey_id].name) for row in rows if row.journey_id in journeys],
        [one for one in journeys.values() if one.inside or one.asked],
        [_line(row, people) for row in unread[:SHOWN]],
        [showing.shown(_line(row, people), now) for row in due[:SHOWN]],
        len(unread),
        len(due),
    )  # fmt: skip


def _due(access: Access, now: datetime) -> Iterable[StaffTask]:
    mine = access.user.email if access.user else ""
    found = queries.open_tasks(access.workspace.pk, mine=mine)
    tonight = showing.day_after(now, 0)
    return found.filter(due_at__lte=tonight).order_by(F("due_at").asc(), "pk")[:MOST_COUNTED]


def _journeys(workspace_id: int, named: list[int]) -> dict[int, Halted]:
    parameters = {"workspace": workspace_id, "named": named, "most": MOST_INSIDE}
    return {row[0]: Halted(*row) for row in sql.rows(_JOURNEYS, parameters)}


def _people(access: Access, rows: Iterable[StaffAlert | StaffTask]) -> dict[int, Contact]:
    wanted = {row.contact_id for row in rows if row.contact_id}
    if not wanted:
        return {}
    found = Contact.objects.filter(workspace=access.workspace, deleted_at=None)
    return found.in_bulk(list(wanted))


def _line(row: queries.Row, people: dict[int, Contact]) -> Line[queries.Row]:
    contact = people.get(row.contact_id or 0)
    return Line(row, contact, full_name(contact) if contact else "", None)
