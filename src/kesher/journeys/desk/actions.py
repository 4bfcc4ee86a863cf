"""What the staff does at the desk. A task that is done is told on the contact's timeline, where journeys hear of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, UndoEntry
from kesher.accounts.undo import offer_undo
from kesher.contacts.errors import Refused
from kesher.contacts.models import Contact
from kesher.events.log import NewEvent, record
from kesher.journeys.models import StaffAlert, StaffTask

LONGEST_TITLE, LONGEST_NOTES = 300, 5_000


@transaction.atomic
def add_task(
    access: Access,
    contact: Contact,
    *,
    title: str,
    notes: str = "",
    assignee: str = "",
    due_at: datetime | None = None,
    now: datetime,
) -> StaffTask:
    """Raises Refused. `assignee`: a member's e-mail, empty for anybody."""
    task = StaffTask.objects.create(
        workspace_id=access.workspace.pk,
        contact_id=contact.pk,
        title=_title(title),
        notes=_notes(notes),
        assignee=_member(access, assignee),
        due_at=due_at,
        created_at=now,
        created_by=access.user,
    )
    access.audit("task.added", task, task.title)
    return task


@transaction.atomic
def finish_task(access: Access, task: StaffTask, *, now: datetime) -> UndoEntry | None:
    """Done, by whom and when. None when somebody was faster: one doing is told once."""
    if not _still(task, done=False).update(done_at=now, done_by=access.user):
        return None
    _tell(access, "task.done", task, now)
    return offer_undo(access, kind="task.done", data={"task_id": task.pk})


@transaction.atomic
def reopen_task(access: Access, task: StaffTask, *, now: datetime) -> bool:
    """To be done after all. False when it is open already."""
    if not _still(task, done=True).update(done_at=None, done_by=None):
        return False
    _tell(access, "task.reopened", task, now)
    return True


def _still(task: StaffTask, *, done: bool) -> QuerySet[StaffTask]:
    return StaffTask.objects.filter(
        pk=task.pk, workspace_id=task.workspace_id, done_at__isnull=not done
    )


def _tell(access: Access, kind: str, task: StaffTask, now: datetime) -> None:
    who = (access.user.name or access.user.email) if access.user else ""
    data = {"task_id": task.pk, "title": task.title, "by": who}
    if task.journey_id:
        data["journey_id"] = task.journey_id
    record(access.workspace.pk, NewEvent(kind, task.contact_id, now, data, source="staff"))
    access.audit(kind, task, task.title)


@transaction.atomic
def reassign_task(access: Access, task: StaffTask, *, assignee: str) -> UndoEntry:
    """Raises Refused for an address of nobody in the team."""
    return _change(access, task, "assignee", _member(access, assignee))


@transaction.atomic
def move_task(access: Access, task: StaffTask, *, due_at: datetime | None) -> UndoEntry:
    """To another day; None: to no day in particular."""
    return _change(access, task, "due_at", due_at)


def _change(
    access: Access, task: StaffTask, column: str, value: str | datetime | None
) -> UndoEntry:
    before = getattr(task, column)
    setattr(task, column, value)
    task.save(update_fields=[column])
    access.audit("task.changed", task, task.title)
    kept = before.isoformat() if isinstance(before, datetime) else before
    data = {"task_id": task.pk, "column": column, "value": kept}
    return offer_undo(access, kind="task.changed", data=data)


def read_alert(access: Access, alert: StaffAlert, *, now: datetime) -> bool:
    """False when it had been read."""
    return bool(_unread(access).filter(pk=alert.pk).update(read_at=now))


def unread_alert(access: Access, alert: StaffAlert) -> bool:
    """Somebody is to look again."""
    found = StaffAlert.objects.filter(
        workspace_id=access.workspace.pk, pk=alert.pk, read_at__isnull=False
    )
    return bool(found.update(read_at=None))


@transaction.atomic
def read_all_alerts(access: Access, *, now: datetime) -> tuple[int, UndoEntry | None]:
    """How many there were, and how to take it back."""
    count = _unread(access).update(read_at=now)
    if not count:
        return 0, None
    return count, offer_undo(access, kind="alerts.read", data={"at": now.isoformat()})


def _unread(access: Access) -> QuerySet[StaffAlert]:
    return StaffAlert.objects.filter(workspace_id=access.workspace.pk, read_at=None)


def _title(text: str) -> str:
    tidy = " ".join(text.replace("\x00", "").split())
    if not tidy:
        raise Refused("title", _("Say what is to be done."), code="required")
    if len(tidy) > LONGEST_TITLE:
        raise Refused(
            "title", _("This is too long; put the rest into the details."), code="too_long"
        )
    return tidy


def _notes(text: str) -> str:
    tidy = text.strip().replace("\x00", "")
    if len(tidy) > LONGEST_NOTES:
        raise Refused("notes", _("The details are too long."), code="too_long")
    return tidy


def _member(access: Access, email: str) -> str:
    """The address as the member has it, empty for anybody."""
    tidy = email.replace("\x00", "").strip().lower()
    if not tidy:
        return ""
    found = Membership.objects.filter(workspace=access.workspace, user__email__iexact=tidy)
    address = found.values_list("user__email", flat=True).first()
    if address is None:
        raise Refused("assignee", _("Nobody in the team has this address."), code="unknown")
    return address
