"""A graph as an indented list, for reading: steps in order, ways under their condition, where they meet again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kesher.journeys.graph import Graph
from kesher.journeys.kinds import NODES, Node
from kesher.journeys.problems import Problem
from kesher.journeys.queries import NodeNumbers
from kesher.web.journeys.sentences import Teller

QUIET = ("past", "no_date", "failed")  # ways that are not drawn unless they lead somewhere


@dataclass(frozen=True)
class Line:
    """A step, or (`is_way`) what stands over the steps of a way. `goes_to` names a step told elsewhere."""

    depth: int
    title: str
    sentence: str = ""
    node: Node | None = None
    is_way: bool = False
    goes_to: str = ""
    leaves: bool = False
    count: int | None = None
    numbers: NodeNumbers | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def key(self) -> str:
        return self.node.key if self.node else ""

    @property
    def note(self) -> str:
        return str(self.node.given.get("note") or "") if self.node else ""

    @property
    def icon(self) -> str:
        return NODES.get(self.node.kind).icon if self.node else "corner-down-right"

    @property
    def tone(self) -> str:
        return NODES.get(self.node.kind).tone if self.node else "slate"

    @property
    def has_messages(self) -> bool:
        return self.node is not None and self.node.kind.startswith("send_")


def outline(
    graph: Graph,
    teller: Teller,
    numbers: Mapping[str, NodeNumbers] | None = None,
    problems: Iterable[Problem] = (),
) -> list[Line]:
    """The whole graph; steps that nothing leads to come last."""
    told = _Outline(graph, teller, dict(numbers or {}), list(problems))
    told.walk(graph.start, 0, frozenset())
    for key in graph.nodes:
        if key not in told.seen:
            told.walk(key, 0, frozenset())
    return told.lines


class _Outline:
    def __init__(
        self,
        graph: Graph,
        teller: Teller,
        numbers: dict[str, NodeNumbers],
        problems: list[Problem],
    ) -> None:
        self.graph, self.teller, self.numbers = graph, teller, numbers
        self.problems = problems
        self.lines: list[Line] = []
        self.seen: set[str] = set()

    def walk(self, key: str | None, depth: int, stops: frozenset[str]) -> None:
        """From a step on, up to the end or to one of `stops`, which the caller goes on with."""
        while key is not None and key not in stops:
            node = self.graph.nodes.get(key)
            if node is None:
                return
            if key in self.seen and node.ports:
                title = self.teller.title(node)
                self.lines.append(Line(depth, title, self.teller.sentence(node), goes_to=key))
                return
            self.seen.add(key)
            self.lines.append(self._step(node, depth))
            key = self._on(node, depth, stops)

    def _on(self, node: Node, depth: int, stops: frozenset[str]) -> str | None:
        """What follows at this depth, after the ways of the step have been told under it."""
        ways = [(port, to) for port, to in node.ports.items() if to or port not in QUIET]
        if len(ways) < 2:
            return ways[0][1] if ways else None
        meeting = self._meeting([to for _port, to in ways if to])
        inner = stops | {meeting} if meeting else stops
        counts = self.numbers.get(node.key, NodeNumbers()).ports
        for port, to in ways:
            ends = to is None or to in inner
            self.lines.append(
                Line(
                    depth + 1, self.teller.way(node, port), is_way=True, leaves=to is None,
                    goes_to=to or "" if ends else "", count=counts.get(port),
                )
            )  # fmt: skip
            self.walk(to, depth + 2, inner)
        return meeting

    def _step(self, node: Node, depth: int) -> Line:
        mine = tuple(one for one in self.problems if one.node == node.key and one.level != "tip")
        return Line(
            depth, self.teller.title(node), self.teller.sentence(node), node,
            numbers=self.numbers.get(node.key), problems=mine,
        )  # fmt: skip

    def _meeting(self, targets: list[str]) -> str | None:
        """The first step that all ways come to."""
        common = set.intersection(*(self._reached(to) for to in targets)) if targets else set()
        return min(common, key=lambda key: self.graph.rank.get(key, 0), default=None)

    def _reached(self, key: str) -> set[str]:
        found: set[str] = set()
        ways = [key]
        while ways:
            one = ways.pop()
            if one not in found and one in self.graph.nodes:
                found.add(one)
                ways.extend(to for to in self.graph.nodes[one].ports.values() if to)
        return found
