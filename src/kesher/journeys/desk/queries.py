"""What lies on the desk: tasks and alerts with the names of whom and what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from kesher.accounts.models import Membership, Workspace
from kesher.contacts.models import Contact
from kesher.journeys.models import Journey, StaffAlert, StaffTask

MOST_COUNTED = 100  # a badge says "99+" beyond
Row = TypeVar("Row", StaffAlert, StaffTask)


@dataclass(frozen=True)
class Line(Generic[Row]):
    """A task or an alert. `contact` is none when nobody is meant or the person was deleted, `journey` likewise."""

    row: Row
    contact: Contact | None
    name: str
    journey: Journey | None


@dataclass(frozen=True)
class Member:
    email: str
    name: str


@dataclass(frozen=True)
class Counts:
    """What waits, each at most MOST_COUNTED: alerts not read, open tasks, those that are due by now."""

    unread: int
    open: int
    due: int

    @property
    def waiting(self) -> int:
        return self.unread + self.due


def open_tasks(workspace_id: int, *, mine: str = "") -> QuerySet[StaffTask]:
    """By when they are due, those without a day at the end. `mine`: of this e-mail or of anybody."""
    found = StaffTask.objects.filter(workspace_id=workspace_id, done_at=None)
    if mine:
        found = found.filter(Q(assignee=mine) | Q(assignee=""))
    return found.order_by(F("due_at").asc(nulls_last=True), "pk")


def done_tasks(workspace_id: int) -> QuerySet[StaffTask]:
    """The last one done first."""
    found = StaffTask.objects.filter(workspace_id=workspace_id, done_at__isnull=False)
    return found.select_related("done_by").order_by("-done_at", "-pk")


def alerts_of(workspace_id: int) -> QuerySet[StaffAlert]:
    """What nobody has read first, and the newest of those."""
    found = StaffAlert.objects.filter(workspace_id=workspace_id)
    return found.order_by(F("read_at").desc(nulls_first=True), "-pk")


def unread_alerts(workspace_id: int) -> QuerySet[StaffAlert]:
    return StaffAlert.objects.filter(workspace_id=workspace_id, read_at=None).order_by("-pk")


def counts(workspace_id: int, *, mine: str, now: datetime) -> Counts:
    """Costs the same however much has gathered."""
    tasks = open_tasks(workspace_id, mine=mine)
    return Counts(
        unread=_few(unread_alerts(workspace_id)),
        open=_few(tasks),
        due=_few(tasks.filter(due_at__lte=now)),
    )


def _few(rows: QuerySet[StaffAlert] | QuerySet[StaffTask]) -> int:
    return len(rows.order_by().values_list("pk")[:MOST_COUNTED])


def with_names(workspace: Workspace, rows: Sequence[Row]) -> list[Line[Row]]:
    """One statement for the people and one for the journeys, however many rows."""
    people = _by_id(
        Contact.objects.filter(workspace=workspace, deleted_at=None), rows, "contact_id"
    )
    journeys = _by_id(Journey.objects.filter(workspace=workspace), rows, "journey_id")
    return [
        Line(
            row,
            people.get(row.contact_id or 0),
            _name(people.get(row.contact_id or 0)),
            journeys.get(row.journey_id or 0),
        )
        for row in rows
    ]


Thing = TypeVar("Thing", Contact, Journey)


def _by_id(
    found: QuerySet[Thing], rows: Iterable[StaffAlert | StaffTask], column: str
) -> Mapping[int, Thing]:
    ids = {number for row in rows if (number := getattr(row, column))}
    return found.in_bulk(list(ids)) if ids else {}


def _name(contact: Contact | None) -> str:
    if contact is None:
        return ""
    name = f"{contact.first_name} {contact.last_name}".strip()
    return name or contact.email or contact.mobile or _("No name")


def members(workspace: Workspace) -> list[Member]:
    """Who may have a task, by name."""
    found = Membership.objects.filter(workspace=workspace, user__is_active=True)
    rows = found.values_list("user__email", "user__name")
    return sorted(
        (Member(email, name or email) for email, name in rows), key=lambda one: one.name.lower()
    )
