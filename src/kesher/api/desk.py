"""The staff's desk: tasks about contacts, and alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Status
from pydantic import Field as Described

from kesher.api.keys import KeyAuth
from kesher.api.schemas import (
    ERRORS,
    MAX_ID,
    ApiRequest,
    Instant,
    Limit,
    PageOf,
    Strict,
    page_of,
    read_cursor,
)
from kesher.contacts.models import Contact
from kesher.journeys.desk import actions
from kesher.journeys.models import StaffAlert, StaffTask
from kesher.lib import clock

router = Router(tags=["tasks and alerts"])


class TaskOut(Strict):
    id: int
    contact: int
    journey: int | None = Described(description="null: made by hand")
    title: str
    notes: str
    assignee: str = Described(description="a member's e-mail; empty: anybody")
    due_at: datetime | None
    created_at: datetime
    done_at: datetime | None


class TaskIn(Strict):
    contact: int = Described(ge=1, le=MAX_ID)
    title: str = Described(min_length=1, max_length=300)
    notes: str = Described(default="", max_length=5_000)
    assignee: str = Described(default="", max_length=254, description="a member's e-mail")
    due_at: Instant | None = None


class AlertOut(Strict):
    id: int
    contact: int | None
    journey: int | None
    text: str
    created_at: datetime
    read_at: datetime | None
    trouble: str = Described(description="why it did not go out by SMS, if it was to")


class TasksQuery(Strict):
    cursor: str | None = None
    limit: int = Limit
    state: Literal["open", "done"] | None = None
    contact: int | None = Described(default=None, ge=1, le=MAX_ID)
    assignee: str | None = Described(default=None, max_length=254)


class AlertsQuery(Strict):
    cursor: str | None = None
    limit: int = Limit
    unread: bool | None = None
    contact: int | None = Described(default=None, ge=1, le=MAX_ID)


class ReadOut(Strict):
    read: int = Described(description="how many were unread before")


def _task(task: StaffTask) -> dict[str, Any]:
    names = ("id", "title", "notes", "assignee", "due_at", "created_at", "done_at")
    return {
        **{name: getattr(task, name) for name in names},
        "contact": task.contact_id,
        "journey": task.journey_id,
    }


def _alert(alert: StaffAlert) -> dict[str, Any]:
    names = ("id", "text", "created_at", "read_at", "trouble")
    return {
        **{name: getattr(alert, name) for name in names},
        "contact": alert.contact_id,
        "journey": alert.journey_id,
    }


@router.get("/tasks", response={200: PageOf[TaskOut], **ERRORS}, auth=KeyAuth("journeys:read"))
def list_tasks(request: ApiRequest, query: Query[TasksQuery]) -> dict[str, Any]:
    """Open and done, the oldest first."""
    found = StaffTask.objects.filter(
        workspace_id=request.auth.workspace.pk, pk__gt=read_cursor(query.cursor)
    )
    if query.state:
        found = found.filter(done_at__isnull=query.state == "open")
    if query.contact:
        found = found.filter(contact_id=query.contact)
    if query.assignee is not None:
        found = found.filter(assignee=query.assignee.replace("\x00", "").lower())
    return page_of(list(found.order_by("pk")[: query.limit + 1]), query.limit, _task)


@router.post("/tasks", response={201: TaskOut, **ERRORS}, auth=KeyAuth("journeys:write"))
def create_task(request: ApiRequest, body: TaskIn) -> Status[dict[str, Any]]:
    """A task about a contact, for one of the team or for whoever is free."""
    contact = request.auth.get(Contact, body.contact, deleted_at=None)
    task = actions.add_task(
        request.auth,
        contact,
        title=body.title,
        notes=body.notes,
        assignee=body.assignee,
        due_at=body.due_at,
        now=clock.now(),
    )
    return Status(201, _task(task))


@router.post(
    "/tasks/{task_id}/complete", response={200: TaskOut, **ERRORS}, auth=KeyAuth("journeys:write")
)
def complete_task(request: ApiRequest, task_id: int) -> dict[str, Any]:
    """Done. It is told on the contact's timeline (`task.done`), once."""
    task = request.auth.get(StaffTask, task_id)
    actions.finish_task(request.auth, task, now=clock.now())
    task.refresh_from_db()
    return _task(task)


@router.post(
    "/tasks/{task_id}/reopen", response={200: TaskOut, **ERRORS}, auth=KeyAuth("journeys:write")
)
def reopen_task(request: ApiRequest, task_id: int) -> dict[str, Any]:
    """To be done after all."""
    task = request.auth.get(StaffTask, task_id)
    actions.reopen_task(request.auth, task, now=clock.now())
    task.refresh_from_db()
    return _task(task)


@router.get("/alerts", response={200: PageOf[AlertOut], **ERRORS}, auth=KeyAuth("journeys:read"))
def list_alerts(request: ApiRequest, query: Query[AlertsQuery]) -> dict[str, Any]:
    """What journeys told the staff, the oldest first."""
    found = StaffAlert.objects.filter(
        workspace_id=request.auth.workspace.pk, pk__gt=read_cursor(query.cursor)
    )
    if query.unread is not None:
        found = found.filter(read_at__isnull=query.unread)
    if query.contact:
        found = found.filter(contact_id=query.contact)
    return page_of(list(found.order_by("pk")[: query.limit + 1]), query.limit, _alert)


@router.post("/alerts/read", response={200: ReadOut, **ERRORS}, auth=KeyAuth("journeys:write"))
def read_alerts(request: ApiRequest) -> dict[str, int]:
    """All of them."""
    count, _undo = actions.read_all_alerts(request.auth, now=clock.now())
    return {"read": count}


@router.post(
    "/alerts/{alert_id}/read", response={200: AlertOut, **ERRORS}, auth=KeyAuth("journeys:write")
)
def read_alert(request: ApiRequest, alert_id: int) -> dict[str, Any]:
    """Somebody has seen it."""
    alert = request.auth.get(StaffAlert, alert_id)
    actions.read_alert(request.auth, alert, now=clock.now())
    alert.refresh_from_db()
    return _alert(alert)
