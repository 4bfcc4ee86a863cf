"""A contact's open tasks and alerts on the card. Asked by the card after it is shown."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.models import Contact
from kesher.journeys.desk import queries
from kesher.lib import clock
from kesher.web.desk import showing

MOST_TASKS, MOST_ALERTS = 20, 3


@workspace_view()
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    access = request.access
    contact = access.get(Contact, pk, deleted_at=None)
    tasks = queries.open_tasks(access.workspace.pk).filter(contact_id=contact.pk)
    alerts = queries.unread_alerts(access.workspace.pk).filter(contact_id=contact.pk)
    context = {
        "contact": contact,
        "tasks": showing.shown_tasks(access, list(tasks[:MOST_TASKS]), clock.now()),
        "lines": queries.with_names(access.workspace, list(alerts[:MOST_ALERTS])),
    }
    return render(request, "desk/_on_card.html", context)
