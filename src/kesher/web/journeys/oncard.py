"""A contact's journeys on the card: where each stands or why it ended, and the way there in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.models import Contact
from kesher.journeys.models import Journey, JourneyRun
from kesher.journeys.queries import runs_of_contact
from kesher.journeys.why import Told, tell

MOST = 8


@dataclass(frozen=True)
class Line:
    run: JourneyRun
    journey: Journey
    told: Told


@workspace_view()
def show(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Asked by the card after it is shown, so that a long past does not keep it waiting."""
    contact = request.access.get(Contact, pk, deleted_at=None)
    workspace = request.access.workspace
    runs = runs_of_contact(workspace.pk, contact.pk, limit=MOST)
    names = Journey.objects.filter(workspace=workspace).in_bulk([run.journey_id for run in runs])
    lines = [
        Line(run, names[run.journey_id], tell(run, workspace.time_zone))
        for run in runs
        if run.journey_id in names
    ]
    return render(request, "journeys/_on_card.html", {"contact": contact, "lines": lines})
