"""A journey's steps as an indented list, for a look before anything is made. Pure."""

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
    """`way`: by which way one comes here; `again`: the step is drawn further up, one goes on from there."""

    depth: int
    way: str
    icon: str
    tone: str
    kind: str
    text: str
    again: bool = False


def outline(drawn: Drawn) -> list[Line]:
    graph = parse(drawn.graph)
    return list(_from(graph, graph.start, 0, "", set()))


def _from(graph: Graph, key: str, depth: int, way: str, seen: set[str]) -> Iterator[Line]:
    node = graph.nodes[key]
    kind = NODES.get(node.kind)
    is_end = node.kind == "exit"
    text = "" if is_end else title_of(node)
    again = key in seen and not is_end
    yield Line(depth, way, kind.icon, kind.tone, str(kind.label), text, again)
    if again:
        return
    seen.add(key)
    ways = {port: target for port, target in node.ports.items() if target is not None}
    for port, target in ways.items():
        straight = port == "next" and len(ways) == 1
        words = "" if straight else _words(node, port)
        yield from _from(graph, target, depth if straight else depth + 1, words, seen)


def _words(node: Node, port: str) -> str:
    branches = branches_of(node.given)
    if port.isdigit() and int(port) <= len(branches):
        return str(branches[int(port) - 1].get("label") or port)
    return str(WAYS.get(port, ""))
