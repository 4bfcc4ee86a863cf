"""What fell due while a journey was paused and waits for a decision: by step, or one by one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.contacts.models import Contact
from kesher.journeys import actions, queries
from kesher.journeys.graph import parse
from kesher.journeys.kinds import NODES
from kesher.journeys.models import Journey
from kesher.journeys.resuming import Asked, AskedGroup, asked_about, asked_groups
from kesher.lib import clock
from kesher.web.contacts.card import full_name
from kesher.web.journeys.sentences import Teller
from kesher.web.toasts import toast

ROWS = 50


@dataclass(frozen=True)
class Group:
    asked: AskedGroup
    title: str
    sentence: str
    icon: str
    tone: str
    is_shown: bool


@dataclass(frozen=True)
class Line:
    asked: Asked
    contact: Contact
    name: str
    title: str

    @property
    def value(self) -> str:
        return f"{self.asked.what}:{self.asked.id}"


@workspace_view()
def asked(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """All, or (?what=run&node=rest) those of one step."""
    journey = request.access.get(Journey, pk)
    found = asked_about(journey, clock.now())
    what, node = request.GET.get("what", ""), request.GET.get("node", "")
    mine = [one for one in found if not node or (one.what, one.node) == (what, node)]
    after = request.GET.get("page", "")
    number = int(after) if after.isdecimal() and len(after) < 6 else 0
    shown = mine[number * ROWS : (number + 1) * ROWS]
    groups = _groups(request, journey, asked_groups(found), what, node)
    titles = {one.asked.node: one.title for one in groups}
    context = {
        "nav": "journeys", "journey": journey, "groups": groups, "total": len(found), "count": len(mine),
        "what": what, "node": node, "lines": _lines(request, shown, titles), "page": number,
        "next": number + 1 if len(mine) > (number + 1) * ROWS else None,
    }  # fmt: skip
    return render(request, "journeys/asked.html", context)


def _groups(
    request: WorkspaceRequest, journey: Journey, groups: list[AskedGroup], what: str, node: str
) -> list[Group]:
    graph = parse(queries.graph_of(journey))
    teller = Teller(request.access.workspace, graph, journey.pk)
    found = []
    for one in groups:
        known = graph.nodes.get(one.node)
        kind = NODES.get(known.kind) if known else None
        found.append(
            Group(
                one, teller.title(known) if known else one.node, teller.sentence(known) if known else "",
                kind.icon if kind else "point", kind.tone if kind else "slate",
                (one.what, one.node) == (what, node),
            )
        )  # fmt: skip
    return found


def _lines(request: WorkspaceRequest, shown: list[Asked], titles: dict[str, str]) -> list[Line]:
    ids = [one.contact_id for one in shown]
    people = Contact.objects.filter(workspace=request.access.workspace).in_bulk(ids)
    return [
        Line(one, person, full_name(person), titles.get(one.node, one.node))
        for one in shown
        if (person := people.get(one.contact_id))
    ]


@require_POST
@workspace_view(Role.EDITOR)
def decide(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """`do` is send, skip or exit, for the chosen `ids` ("run:7", "message:9"), or for `all` of a step or of everything."""
    journey = request.access.get(Journey, pk)
    do, chosen = request.POST.get("do", ""), set(request.POST.getlist("ids"))
    what, node = request.POST.get("what", ""), request.POST.get("node", "")
    found = asked_about(journey, clock.now())
    if request.POST.get("all"):
        mine = [one for one in found if not node or (one.what, one.node) == (what, node)]
    else:
        mine = [one for one in found if f"{one.what}:{one.id}" in chosen]
    if not mine or do not in ("send", "skip", "exit"):
        toast(request, _("Choose people first."), bad=True)
        return redirect("journey_asked", request.access.workspace.key, journey.pk)
    done = actions.decide_asked(
        request.access, journey, do=do, now=clock.now(),
        run_ids=[one.id for one in mine if one.what == "run"],
        message_ids=[one.id for one in mine if one.what == "message"],
    )  # fmt: skip
    count = done.people + done.messages
    words = {
        "send": ngettext("One goes on now.", "%(n)s go on now.", count),
        "skip": ngettext(
            "One goes on without the message.", "%(n)s go on without the message.", count
        ),
        "exit": ngettext("One is left out.", "%(n)s are left out.", count),
    }[do]
    toast(request, words % {"n": count})
    rest = len(found) - len(mine)
    name = "journey_asked" if rest else "journey"
    return redirect(name, request.access.workspace.key, journey.pk)
