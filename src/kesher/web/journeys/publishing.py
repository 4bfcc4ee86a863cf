"""Publishing: what is wrong in words, who stands where and what becomes of them, and the button that says what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Role
from kesher.journeys import actions, queries
from kesher.journeys.graph import Graph, parse
from kesher.journeys.models import Journey, JourneyVersion
from kesher.journeys.moving import (
    EXIT,
    FINISH,
    KEEP,
    MOVE,
    RECOMPUTE,
    Behind,
    Choice,
    Plan,
    Standing,
    passed_by,
    standing_against,
)
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.versions import version_of
from kesher.lib import clock
from kesher.web.journeys.differing import told_differences
from kesher.web.journeys.page import back, is_published, of_level, told_rules
from kesher.web.journeys.sentences import Teller
from kesher.web.toasts import toast


@dataclass(frozen=True)
class Line:
    """Those at one step, as the page asks about them. `chosen` is "finish", "move:<node>" or "exit"."""

    standing: Standing
    title: str
    sentence: str
    after: str
    chosen: str

    @property
    def key(self) -> str:
        return self.standing.node.key


@dataclass(frozen=True)
class New:
    """A new step that some are past."""

    behind: Behind
    title: str
    sentence: str


@workspace_view(Role.EDITOR)
def publish(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Asked first (GET), then done (POST). With `version`, an earlier one is published again."""
    journey = request.access.get(Journey, pk, archived_at=None)
    version = _version(journey, request.POST.get("version") or request.GET.get("version", ""))
    if request.method != "POST":
        problems = [] if version else actions.problems_of(request.access, journey)
        return _ask(request, journey, version, problems)
    graph = parse(version.graph if version else journey.draft)
    standing = standing_against(journey, graph)
    plan = _plan(request, standing, passed_by(journey, graph, standing))
    try:
        made = actions.publish_journey(
            request.access, journey, now=clock.now(), version=version, people=plan
        )
    except BadJourney as bad:
        return _ask(request, journey, version, list(bad.problems), status=422)
    except actions.WrongState:
        toast(request, _("The journey was archived meanwhile."), bad=True)
        return back(request, journey)
    words = _("“%(name)s” is live, version %(number)s.")
    if journey.status == Journey.Status.PAUSED:
        words = _("Version %(number)s of “%(name)s” is published; the journey stays paused.")
    toast(request, words % {"name": journey.name, "number": made.number})
    return back(request, journey)


def _version(journey: Journey, number: str) -> JourneyVersion | None:
    if not number:
        return None
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    found = JourneyVersion.objects.filter(journey=journey, number=int(number)).first()
    if found is None:
        raise Http404
    return found


def _plan(request: WorkspaceRequest, standing: list[Standing], behind: list[Behind]) -> Plan:
    """What was chosen for each step; who has come to another since stays on their version."""
    steps = {}
    for one in standing:
        do, _colon, to = request.POST.get(f"step-{one.node.key}", FINISH).partition(":")
        waits = request.POST.get(f"waits-{one.node.key}")
        steps[one.node.key] = Choice(
            do if do in (MOVE, EXIT) else FINISH, to, RECOMPUTE if waits == RECOMPUTE else KEEP
        )
    known = {one.key for one in behind}
    once = [key for key in request.POST.getlist("once") if key in known]
    return Plan(steps, deliver_once=tuple(once))


def _ask(
    request: WorkspaceRequest,
    journey: Journey,
    version: JourneyVersion | None,
    problems: list[Problem],
    *,
    status: int = 200,
) -> HttpResponse:
    graph = parse(version.graph if version else journey.draft)
    versions = queries.versions_of(journey)
    teller = Teller(request.access.workspace, graph, journey.pk)
    standing = standing_against(journey, graph)
    context = {
        "nav": "journeys", "journey": journey, "number": (versions[0].number if versions else 0) + 1,
        "steps": len(graph.nodes), "is_published": is_published(journey), "again": version,
        "errors": of_level(problems, "error"), "warnings": of_level(problems, "warning"),
        "tips": of_level(problems, "tip"),
        "active": sum(one.count for one in standing),
        "lines": _lines(request, journey, standing, graph, teller),
        "targets": _targets(graph, teller),
        "behind": [_new(one, graph, teller) for one in passed_by(journey, graph, standing)],
        "once": request.POST.getlist("once"),
        "differences": _differences(request, journey, graph, teller),
        **told_rules(graph, teller),
    }  # fmt: skip
    return render(request, "journeys/publish.html", context, status=status)


def _lines(
    request: WorkspaceRequest, journey: Journey, standing: list[Standing], graph: Graph, teller: Teller
) -> list[Line]:  # fmt: skip
    workspace = request.access.workspace
    found = []
    for one in standing:
        key = one.node.key
        old = _told_by(workspace, journey, one)
        now_there = graph.nodes.get(key)
        usual = FINISH if one.state == "removed" else f"{MOVE}:{key}"
        found.append(
            Line(
                one, old.title(one.node), old.sentence(one.node),
                teller.sentence(now_there) if now_there and one.state == "changed" else "",
                request.POST.get(f"step-{key}", usual),
            )
        )  # fmt: skip
    return found


def _told_by(workspace: Any, journey: Journey, one: Standing) -> Teller:
    found = JourneyVersion.objects.get(journey=journey, number=one.versions[-1])
    return Teller(workspace, version_of(found.pk).graph, journey.pk)


def _targets(graph: Graph, teller: Teller) -> list[tuple[str, str]]:
    """The steps of the new version in the order of walking, as the choice names them."""
    found = []
    for node in sorted(graph.nodes.values(), key=lambda one: graph.rank.get(one.key, 0)):
        sentence = teller.sentence(node)
        title = teller.title(node)
        found.append((node.key, f"{title} · {sentence[:50]}" if sentence else title))
    return found


def _new(one: Behind, graph: Graph, teller: Teller) -> New:
    node = graph.nodes[one.key]
    return New(one, teller.title(node), teller.sentence(node))


def _differences(request: WorkspaceRequest, journey: Journey, graph: Graph, teller: Teller) -> Any:
    live = journey.live_version
    if live is None:
        return None
    old = version_of(live.pk).graph
    return told_differences(old, graph, Teller(request.access.workspace, old, journey.pk), teller)
