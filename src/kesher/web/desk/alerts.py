"""Alerts: the page, reading them, the bell in the top bar, and the short way from an SMS."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, access_of, workspace_view
from kesher.accounts.models import Role, Workspace
from kesher.contacts.models import Contact
from kesher.journeys.alarms import alarms_of
from kesher.journeys.desk import actions, queries
from kesher.journeys.models import StaffAlert
from kesher.lib import clock
from kesher.web.desk import showing
from kesher.web.toasts import toast

IN_PANEL = 4


@workspace_view()
def index(request: WorkspaceRequest) -> HttpResponse:
    access = request.access
    page = showing.Page.of(request)
    rows = list(queries.alerts_of(access.workspace.pk)[page.reach])
    context = {
        "nav": "desk",
        "show": "alerts",
        "tabs": showing.tabs(access, "alerts", clock.now()),
        "alarms": alarms_of(access.workspace.pk),
        "lines": queries.with_names(access.workspace, rows[: showing.ROWS]),
        "unread": any(row.read_at is None for row in rows),
        **page.links("", len(rows)),
    }
    return render(request, "desk/alerts.html", context)


@require_POST
@workspace_view(Role.EDITOR)
def read(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """One alert; `again` makes it unread."""
    alert = request.access.get(StaffAlert, pk)
    if request.POST.get("again"):
        actions.unread_alert(request.access, alert)
    else:
        actions.read_alert(request.access, alert, now=clock.now())
    return showing.back(request)


@require_POST
@workspace_view(Role.EDITOR)
def read_all(request: WorkspaceRequest) -> HttpResponse:
    count, entry = actions.read_all_alerts(request.access, now=clock.now())
    if entry is not None:
        words = ngettext("%(n)s alert was read.", "%(n)s alerts were read.", count)
        toast(request, words % {"n": count}, undo=entry)
    return redirect("desk_alerts", request.access.workspace.key)


@workspace_view()
def bar(request: WorkspaceRequest) -> HttpResponse:
    """The bell and its panel: what is unread, what is due."""
    access, now = request.access, clock.now()
    mine = access.user.email if access.user else ""
    workspace = access.workspace
    due = queries.open_tasks(workspace.pk, mine=mine).filter(due_at__lte=showing.day_after(now, 0))
    context = {
        "back": showing.way_back(request),
        "counts": queries.counts(workspace.pk, mine=mine, now=now),
        "most": queries.MOST_COUNTED - 1,
        "lines": queries.with_names(
            workspace, list(queries.unread_alerts(workspace.pk)[:IN_PANEL])
        ),
        "tasks": showing.shown_tasks(access, list(due[:IN_PANEL]), now),
    }
    return render(request, "desk/bar.html", context)


@login_required
def alert_link(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """From the SMS to the contact's card, or to the alerts when it is about nobody. Changes nothing."""
    alert = StaffAlert.objects.filter(pk=pk).first() if pk < 2**63 else None
    if alert is None:
        raise Http404
    workspace = Workspace.objects.get(pk=alert.workspace_id)
    if access_of(request.user, workspace.key) is None:  # type: ignore[arg-type]
        raise Http404
    living = Contact.objects.filter(workspace=workspace, deleted_at=None)
    if alert.contact_id and living.filter(pk=alert.contact_id).exists():
        return redirect("contact_card", workspace.key, alert.contact_id)
    return redirect("desk_alerts", workspace.key)
