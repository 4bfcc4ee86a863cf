"""Why did, or did not, somebody get this? A contact is found, and the sentence is told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.contacts.models import Contact
from kesher.contacts.search import search_page
from kesher.journeys import queries
from kesher.journeys.graph import parse
from kesher.journeys.models import Journey
from kesher.journeys.why import why, why_message
from kesher.lib import clock
from kesher.web.contacts.card import full_name
from kesher.web.journeys.sentences import Teller

FOUND = 8


@workspace_view()
def page(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """?q= finds people, ?contact= answers; with ?node= about the message of that step."""
    journey = request.access.get(Journey, pk)
    text, node = request.GET.get("q", "").strip(), request.GET.get("node", "")
    number = request.GET.get("contact", "")
    graph = parse(queries.graph_of(journey))
    teller = Teller(request.access.workspace, graph, journey.pk)
    sends = [
        (one.key, f"{teller.title(one)} · {teller.sentence(one)[:60]}")
        for one in sorted(graph.nodes.values(), key=lambda one: graph.rank.get(one.key, 0))
        if one.kind.startswith("send_")
    ]
    node = node if node in dict(sends) else ""
    contact = None
    if number.isdecimal() and len(number) < 19:
        contact = request.access.get(Contact, int(number))
    answer = None
    if contact is not None:
        now = clock.now()
        answer = (
            why_message(journey, contact, node, now=now) if node else why(journey, contact, now=now)
        )
    found = search_page(request.access.workspace.pk, text=text, limit=FOUND).rows if text else ()
    people = [(row, f"{row.first_name} {row.last_name}".strip() or row.email or row.mobile) for row in found]  # fmt: skip
    context = {
        "nav": "journeys", "journey": journey, "text": text, "node": node, "sends": sends, "found": people,
        "contact": contact, "name": full_name(contact) if contact else "", "answer": answer,
    }  # fmt: skip
    return render(request, "journeys/why.html", context)
