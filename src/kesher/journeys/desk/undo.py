"""Taking back what was done at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.accounts.access import Access
from kesher.accounts.undo import UNDO, UndoKind
from kesher.journeys.desk.actions import reopen_task
from kesher.journeys.models import StaffAlert, StaffTask
from kesher.lib import clock


def _reopen(access: Access, data: dict[str, Any]) -> str:
    reopen_task(access, access.get(StaffTask, data["task_id"]), now=clock.now())
    return _("The task is open again.")


def _change_back(access: Access, data: dict[str, Any]) -> str:
    task = access.get(StaffTask, data["task_id"])
    column, value = data["column"], data["value"]
    if column == "due_at":
        task.due_at = datetime.fromisoformat(value) if value else None
    else:
        task.assignee = value
    task.save(update_fields=[column])
    return _("The task is as it was.")


def _unread(access: Access, data: dict[str, Any]) -> str:
    at = datetime.fromisoformat(data["at"])
    found = StaffAlert.objects.filter(workspace_id=access.workspace.pk, read_at=at)
    count = found.update(read_at=None)
    words = ngettext("%(n)s alert is unread again.", "%(n)s alerts are unread again.", count)
    return words % {"n": count}


UNDO.register(UndoKind("task.done", _reopen))
UNDO.register(UndoKind("task.changed", _change_back))
UNDO.register(UndoKind("alerts.read", _unread))
