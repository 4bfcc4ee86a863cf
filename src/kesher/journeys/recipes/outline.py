"""A journey's steps as an indented list, for a look before anything is made: ways under their step, then where they meet. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kesher.journeys.graph import Graph, parse
from kesher.journeys.kinds import NODES, Node
from kesher.journeys.nodes.split import branches_of
from kesher.journeys.ownmessages import title_of
from kesher.journeys.recipes.kit import Drawn

WAYS = {
    "yes": _("Yes"),
    "no": _("No"),
    "timed_out": _("When the time is up"),
    "otherwise": _("Otherwise"),
    "past": _("When the date is over"),
    "no_date": _("Without a date"),
    "failed": _("When it fails"),
}


@dataclass(frozen=True)
class Line:
    """`way`: by which way one comes here; `again`: the step is drawn elsewhere, and one goes on from there."""

    depth: int
    way: str
    icon: str
    tone: str
    kind: str
    text: str
    again: bool = False


def outline(drawn: Drawn) -> list[Line]:
    graph = parse(drawn.graph)
    return list(_from(graph, graph.start, 0, "", set(), frozenset()))


def _from(
    graph: Graph, key: str | None, depth: int, way: str, seen: set[str], stops: frozenset[str]
) -> Iterator[Line]:
    """From a step on, up to an end or to one of `stops`, with which whoever asked goes on."""
    while key is not None:
        node = graph.nodes[key]
        is_end = node.kind == "exit"
        again = not is_end and (key in seen or key in stops)
        if way or not (is_end or key in stops):
            yield _line(node, depth, way, again=again)
        if again or is_end:
            return
        seen.add(key)
        ways = {port: target for port, target in node.ports.items() if target is not None}
        if len(ways) < 2:
            key, way = next(iter(ways.values()), None), ""
            continue
        meeting = _meeting(graph, list(ways.values()))
        inner = stops | {meeting} if meeting else stops
        for port, target in ways.items():
            yield from _from(graph, target, depth + 1, _words(node, port), seen, inner)
        key, way = meeting, ""


def _line(node: Node, depth: int, way: str, *, again: bool) -> Line:
    kind = NODES.get(node.kind)
    text = "" if node.kind == "exit" else title_of(node)
    return Line(depth, way, kind.icon, kind.tone, str(kind.label), text, again)


def _meeting(graph: Graph, targets: list[str]) -> str | None:
    """The first step that all these ways come to, but for those that lead straight to an end; an end is none."""
    going_on = [target for target in targets if graph.nodes[target].kind != "exit"]
    if len(going_on) < 2:
        return None
    common = set.intersection(*(_reached(graph, target) for target in going_on))
    steps = [key for key in common if graph.nodes[key].kind != "exit"]
    return min(steps, key=lambda key: graph.rank.get(key, 0), default=None)


def _reached(graph: Graph, key: str) -> set[str]:
    found: set[str] = set()
    ways = [key]
    while ways:
        one = ways.pop()
        if one not in found:
            found.add(one)
            ways.extend(target for target in graph.nodes[one].ports.values() if target is not None)
    return found


def _words(node: Node, port: str) -> str:
    branches = branches_of(node.given)
    if port.isdigit() and int(port) <= len(branches):
        return str(branches[int(port) - 1].get("label") or port)
    return str(WAYS.get(port, ""))
