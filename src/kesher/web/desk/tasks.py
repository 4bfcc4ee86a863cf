"""Tasks: whose, by when, done, another day, another person, and new ones about a contact."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.errors import Refused
from kesher.contacts.models import Contact
from kesher.journeys.desk import actions, queries
from kesher.journeys.models import StaffTask
from kesher.lib import clock
from kesher.web.contacts.card import full_name
from kesher.web.desk import showing
from kesher.web.toasts import toast

MOVES = {"tomorrow": 1, "week": 7}


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    """Mine unless `show` says all or done."""
    access, now = request.access, clock.now()
    asked = request.GET.get("show", "")
    show = asked if asked in ("all", "done") else "mine"
    page = showing.Page.of(request)
    if show == "done":
        found = queries.done_tasks(access.workspace.pk)
    else:
        mine = access.user.email if access.user and show == "mine" else ""
        found = queries.open_tasks(access.workspace.pk, mine=mine)
    rows = list(found[page.reach])
    query = f"show={show}" if show != "mine" else ""
    context = {
        "nav": "desk",
        "show": show,
        "tabs": showing.tabs(access, show, now),
        "tasks": showing.shown_tasks(access, rows[: showing.ROWS], now),
        **page.links(query, len(rows)),
    }
    return render(request, "desk/tasks.html", context)


@require_POST
@workspace_view(Role.EDITOR)
def done(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = request.access.get(StaffTask, pk)
    entry = actions.finish_task(request.access, task, now=clock.now())
    if entry is None:
        toast(request, _("The task was done already."))
    else:
        toast(request, _("The task is done."), undo=entry)
    return showing.back(request)


@require_POST
@workspace_view(Role.EDITOR)
def reopen(request: WorkspaceRequest, pk: int) -> HttpResponse:
    task = request.access.get(StaffTask, pk)
    actions.reopen_task(request.access, task, now=clock.now())
    toast(request, _("The task is open again."))
    return showing.back(request)


@require_POST
@workspace_view(Role.EDITOR)
def move(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`to`: tomorrow, week, or anything else for no day in particular."""
    task = request.access.get(StaffTask, pk)
    days = MOVES.get(request.POST.get("to", ""))
    due = showing.day_after(clock.now(), days) if days else None
    entry = actions.move_task(request.access, task, due_at=due)
    toast(request, _("The task has another day."), undo=entry)
    return showing.back(request)


@workspace_view(Role.EDITOR)
def edit(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Who is to do it, and by when."""
    access = request.access
    task = access.get(StaffTask, pk)
    refused = ""
    if request.method == "POST":
        try:
            assignee, due = request.POST.get("assignee", ""), _due(request)
            if assignee != task.assignee:
                actions.reassign_task(access, task, assignee=assignee)
            if due != task.due_at:
                actions.move_task(access, task, due_at=due)
            toast(request, _("The task was saved."))
            return showing.back(request)
        except Refused as error:
            refused = error.reason
    line = queries.with_names(access.workspace, [task])[0]
    return _form(
        request, task=task, line=line, contact=line.contact, name=line.name, refused=refused
    )


@workspace_view(Role.EDITOR)
def new(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """About the contact `pk`."""
    contact = request.access.get(Contact, pk, deleted_at=None)
    refused = ""
    if request.method == "POST":
        try:
            actions.add_task(
                request.access,
                contact,
                title=request.POST.get("title", ""),
                notes=request.POST.get("notes", ""),
                assignee=request.POST.get("assignee", ""),
                due_at=_due(request),
                now=clock.now(),
            )
            toast(request, _("The task was added."))
            return showing.back(request)
        except Refused as error:
            refused = error.reason
    return _form(request, task=None, contact=contact, name=full_name(contact), refused=refused)


def _due(request: WorkspaceRequest) -> datetime | None:
    """Raises Refused for what is no day."""
    day, hour = request.POST.get("day", ""), request.POST.get("hour", "")
    if not day:
        return None
    try:
        if not hour:
            return showing.end_of(date.fromisoformat(day))
        return timezone.make_aware(datetime.fromisoformat(f"{day}T{hour}"))
    except (ValueError, OverflowError) as error:
        raise Refused("day", _("This is no day or no hour.")) from error


def _form(
    request: WorkspaceRequest, *, task: StaffTask | None, refused: str, **context: object
) -> HttpResponse:
    given = request.POST if request.method == "POST" else {}
    due = timezone.localtime(task.due_at) if task and task.due_at else None
    has_hour = due is not None and due.time() != showing.END_OF_DAY
    values = {
        "title": task.title if task else "",
        "notes": task.notes if task else "",
        "assignee": task.assignee if task else "",
        "day": f"{due:%Y-%m-%d}" if due else "",
        "hour": f"{due:%H:%M}" if due and has_hour else "",
        **{
            key: given[key] for key in ("title", "notes", "assignee", "day", "hour") if key in given
        },
    }
    context = {
        **context, "nav": "desk", "task": task, "values": values, "refused": refused,
        "members": queries.members(request.access.workspace),
        "back": showing.way_back(request),
    }  # fmt: skip
    return render(request, "desk/task.html", context, status=422 if refused else 200)
