"""How tasks and alerts look, wherever they are shown: when they are due, whose they are, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kesher.accounts.access import Access, WorkspaceRequest
from kesher.journeys.desk import queries
from kesher.journeys.desk.queries import Line
from kesher.journeys.models import StaffTask
from kesher.web import formats, navigation

END_OF_DAY = time(23, 59)  # a task of a day, at no hour in particular
ROWS = 50


@dataclass(frozen=True)
class Shown:
    """A task as a row. `tone` is that of its chip; `group` is the heading it stands under."""

    line: Line[StaffTask]
    group: str
    when: str
    tone: str
    who: str

    @property
    def task(self) -> StaffTask:
        return self.line.row


def shown_tasks(access: Access, rows: Sequence[StaffTask], now: datetime) -> list[Shown]:
    names = {one.email: one.name for one in queries.members(access.workspace)}
    return [
        shown(line, now, names.get(line.row.assignee, line.row.assignee))
        for line in queries.with_names(access.workspace, rows)
    ]


def shown(line: Line[StaffTask], now: datetime, who: str = "") -> Shown:
    return Shown(line, *_when(line.row, now), who)


def _when(task: StaffTask, now: datetime) -> tuple[str, str, str]:
    """Heading, words and tone by the clock of the workspace."""
    if task.due_at is None:
        return _("No day set"), "", "slate"
    due, today = timezone.localtime(task.due_at), timezone.localtime(now).date()
    words = _in_words(due, today)
    if task.due_at < now:
        return _("Overdue"), words, "coral"
    if due.date() == today:
        return _("Today"), words, "amber"
    return _("After today"), words, "slate"


def _in_words(due: datetime, today: date) -> str:
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    day = near.get((due.date() - today).days) or formats.day(due)
    if due.time().replace(second=0, microsecond=0) == END_OF_DAY:
        return day
    return _("%(day)s at %(hour)s") % {"day": day, "hour": f"{due:%H:%M}"}


def end_of(day: date) -> datetime:
    """A day that was chosen, by the clock of the workspace."""
    return timezone.make_aware(datetime.combine(day, END_OF_DAY))


def day_after(now: datetime, days: int) -> datetime:
    return end_of(timezone.localtime(now).date() + timedelta(days=days))


def way_back(request: WorkspaceRequest) -> str:
    """The page that a form says it was on, if it is one of ours; else the desk."""
    there = request.POST.get("back") or request.GET.get("back", "")
    if there.startswith("/") and url_has_allowed_host_and_scheme(there, request.get_host()):
        return there
    return reverse("desk", args=[request.access.workspace.key])


def back(request: WorkspaceRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(way_back(request))


def tabs(access: Access, current: str, now: datetime) -> list[dict[str, object]]:
    """Mine, everybody's, done, alerts: with what waits in the two that call for something."""
    mine = access.user.email if access.user else ""
    counted = queries.counts(access.workspace.pk, mine=mine, now=now)
    desk = navigation.href("desk", access.workspace.key)
    alerts = navigation.href("desk_alerts", access.workspace.key)
    rows = (
        ("mine", desk, _("My tasks"), counted.open),
        ("all", f"{desk}?show=all", _("Everybody's tasks"), None),
        ("done", f"{desk}?show=done", _("Done"), None),
        ("alerts", alerts, _("Alerts"), counted.unread),
    )
    return [
        {"href": href, "text": text, "current": key == current, "count": count or None}
        for key, href, text, count in rows
    ]


@dataclass(frozen=True)
class Page:
    """Which rows of many are shown; addresses are None where there are no more."""

    start: int
    number: int

    @staticmethod
    def of(request: WorkspaceRequest) -> Page:
        asked = request.GET.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        return Page((max(number, 1) - 1) * ROWS, max(number, 1))

    @property
    def reach(self) -> slice:
        """One row more than is shown, which tells whether there is a next page."""
        return slice(self.start, self.start + ROWS + 1)

    def links(self, query: str, found: int) -> dict[str, str]:
        lead = f"?{query}&" if query else "?"
        links = {}
        if self.number > 1:
            links["previous"] = f"{lead}page={self.number - 1}"
        if found > ROWS:
            links["next"] = f"{lead}page={self.number + 1}"
        return links
