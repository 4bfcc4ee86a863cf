"""Long work as people see it: the button in the top bar, the page of all work, cancelling; and undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.accounts.access import Access, WorkspaceRequest, workspace_view
from kesher.accounts.models import Work
from kesher.accounts.undo import apply_undo
from kesher.accounts.work import cancel_work
from kesher.web import toasts

RUNNING = (Work.State.QUEUED, Work.State.RUNNING)
IN_PANEL, ON_PAGE = 6, 100


@dataclass(frozen=True)
class Progress:
    """One piece of work with what can be said of its speed. None: not known (yet)."""

    work: Work
    percent: int | None
    a_second: float | None
    seconds_left: float | None

    @property
    def is_running(self) -> bool:
        return self.work.state in RUNNING


def progress_of(work: Work, now: datetime) -> Progress:
    """Speed since the start; the estimate needs a known total and three seconds of running."""
    percent = min(100, work.done * 100 // work.total) if work.total else None
    passed = (now - work.started_at).total_seconds() if work.started_at else 0
    if passed < 3 or not work.done:
        return Progress(work, percent, None, None)
    rate = work.done / passed
    left = (work.total - work.done) / rate if work.total else None
    return Progress(work, percent, rate, left)


def _latest(access: Access, count: int) -> list[Progress]:
    now = timezone.now()
    rows = Work.objects.filter(workspace=access.workspace).select_related("created_by")
    return [progress_of(work, now) for work in rows.order_by("-created_at")[:count]]


@workspace_view("viewer")
def index(request: WorkspaceRequest) -> HttpResponse:
    items = _latest(request.access, ON_PAGE)
    running = any(item.is_running for item in items)
    template = "work/rows.html" if request.htmx else "work/index.html"
    return render(request, template, {"items": items, "running": running})


@workspace_view("viewer")
def bar(request: WorkspaceRequest) -> HttpResponse:
    """The button and its panel. It asks again by itself only while something runs."""
    items = _latest(request.access, IN_PANEL)
    running = [item for item in items if item.is_running]
    given = {"items": items, "running": running, "was_open": request.GET.get("open") == "1"}
    return render(request, "work/bar.html", given)


@require_POST
@workspace_view("editor")
def cancel(request: WorkspaceRequest, work_id: int) -> HttpResponse:
    cancel_work(request.access, work_id)
    toasts.toast(request, _("It stops at the next safe point."))
    return HttpResponse(status=200, headers={"HX-Trigger": "work", "HX-Reswap": "none"})


@require_POST
@workspace_view("editor")
def undo(request: WorkspaceRequest, entry_id: int) -> HttpResponse:
    """Take an act back and show the page as it is now."""
    toasts.toast(request, apply_undo(request.access, entry_id))
    return HttpResponse(status=200, headers={"HX-Refresh": "true"})
