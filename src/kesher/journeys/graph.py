"""A journey's graph: read from JSON (FORMATS: Journey) with every mistake named by its path. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.journeys.kinds import NODES, Node
from kesher.journeys.notes import Note, read_notes
from kesher.journeys.problems import BadJourney, Problem
from kesher.journeys.triggers import DATE, MANUAL, settings_of
from kesher.rules.durations import read_duration
from kesher.rules.problems import closest

FORMAT = 1
MOST_NODES = 500
POLICIES = ("never", "always", "one_at_a_time", "restart", "after")
_KEY = re.compile(r"[\w-]{1,40}")
_TOP = (
    *("format", "name", "triggers", "reentry", "exit_if", "goal", "holdout", "start", "nodes"),
    *("notes", "layout"),
)
_TRIGGER = ("kind", "rule", "label")


@dataclass(frozen=True)
class Trigger:
    """`number` is its place in the graph; `given` its JSON."""

    number: int
    kind: str
    given: Mapping[str, Any]

    @property
    def path(self) -> str:
        return f"triggers[{self.number}]"

    @property
    def is_event(self) -> bool:
        return self.kind not in (MANUAL, DATE)


@dataclass(frozen=True)
class Reentry:
    policy: str = "one_at_a_time"
    by: str = "contact"
    after: str | None = None


@dataclass(frozen=True)
class Goal:
    rule: Mapping[str, Any]
    exits: bool = True


@dataclass(frozen=True)
class Graph:
    """`rank` orders the nodes so that a node comes after those that lead to it (but for loops)."""

    name: str
    start: str
    nodes: Mapping[str, Node]
    triggers: tuple[Trigger, ...] = ()
    reentry: Reentry = Reentry()
    exit_if: Mapping[str, Any] | None = None
    goal: Goal | None = None
    holdout: int = 0
    notes: tuple[Note, ...] = field(default=(), compare=False)
    json: Mapping[str, Any] = field(default_factory=dict, compare=False)
    rank: Mapping[str, int] = field(default_factory=dict, compare=False)

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """(from, port, to) of all that is drawn."""
        for node in self.nodes.values():
            for port, target in node.ports.items():
                if target is not None:
                    yield node.key, port, target


def parse(json: Any) -> Graph:
    """The graph. Raises BadJourney with everything that cannot be read. What it means is asked by `checks`."""
    reader = _Reader()
    graph = reader.graph(json)
    if reader.problems or graph is None:
        raise BadJourney(reader.problems)
    return graph


@dataclass
class _Reader:
    problems: list[Problem] = field(default_factory=list)

    def say(
        self, code: str, path: str, text: Any, *, suggestion: str | None = None, **data: Any
    ) -> None:
        self.problems.append(Problem(code, path, text, data, suggestion))

    def graph(self, json: Any) -> Graph | None:
        if not isinstance(json, Mapping):
            self.say("not_an_object", "", _("a journey is an object"))
            return None
        self.unknown(json, _TOP, "")
        if json.get("format", FORMAT) != FORMAT:
            self.say("format", "format", _("only format %(format)s is known"), format=FORMAT)
        nodes = self.nodes(json.get("nodes", {}))
        start = json.get("start")
        if start not in nodes:
            meant = closest(start, ((key, ()) for key in nodes))
            text = _("there is no node “%(key)s”")
            self.say("unknown_node", "start", text, key=str(start), suggestion=meant)
        holdout = json.get("holdout") or 0
        if isinstance(holdout, bool) or not isinstance(holdout, int) or not 0 <= holdout <= 90:
            self.say("wrong_value", "holdout", _("a percentage from 0 to 90 is expected here"))
        notes, wrong = read_notes(json.get("notes"), as_mapping(json.get("nodes")))
        self.problems += wrong
        return Graph(
            name=str(json.get("name") or "")[:200],
            start=str(start),
            nodes=nodes,
            triggers=self.triggers(json.get("triggers") or []),
            reentry=self.reentry(json.get("reentry")),
            exit_if=self.rule(json.get("exit_if"), "exit_if"),
            goal=self.goal(json.get("goal")),
            holdout=holdout if isinstance(holdout, int) else 0,
            notes=notes,
            json=json,
            rank=_ranks(str(start), nodes),
        )

    def unknown(self, json: Mapping[Any, Any], known: Sequence[str], path: str) -> None:
        for key in json:
            if key not in known:
                self.say(
                    "unknown_key", f"{path}.{key}" if path else str(key),
                    _("“%(key)s” has no meaning here"), key=str(key),
                    suggestion=closest(key, ((one, ()) for one in known)),
                )  # fmt: skip

    def nodes(self, json: Any) -> dict[str, Node]:
        if not isinstance(json, Mapping) or len(json) > MOST_NODES:
            text = _("an object of at most %(most)s nodes is expected here")
            self.say("not_an_object", "nodes", text, most=MOST_NODES)
            return {}
        found = {}
        for key, given in json.items():
            path = f"nodes.{key}"
            if not isinstance(key, str) or not _KEY.fullmatch(key):
                text = _("a key is up to 40 letters, digits, - and _")
                self.say("wrong_value", path, text)
            elif node := self.node(key, given, path, json):
                found[key] = node
        return found

    def node(self, key: str, given: Any, path: str, all_nodes: Mapping[Any, Any]) -> Node | None:
        kind = given.get("kind") if isinstance(given, Mapping) else None
        if not isinstance(kind, str) or kind not in NODES:
            meant = closest(kind, ((one.key, (str(one.label),)) for one in NODES))
            text = _("there is no kind of node “%(kind)s”")
            self.say("unknown_kind", f"{path}.kind", text, kind=str(kind), suggestion=meant)
            return None
        known = NODES.get(kind)
        self.unknown(given, ("kind", "name", "note", *known.known_keys()), path)
        ports: dict[str, str | None] = {}
        for port in known.ports(given):
            target = port.target
            if target is not None and (not isinstance(target, str) or target not in all_nodes):
                meant = closest(target, ((str(one), ()) for one in all_nodes))
                text = _("there is no node “%(key)s”")
                place = f"{path}.{port.path}"
                self.say("unknown_node", place, text, key=str(target), suggestion=meant)
            ports[port.key] = target if isinstance(target, str) else None
        return Node(key, kind, given, ports)

    def triggers(self, json: Any) -> tuple[Trigger, ...]:
        if not isinstance(json, list):
            self.say("not_a_list", "triggers", _("a list of triggers is expected here"))
            return ()
        found = []
        for number, given in enumerate(json):
            path = f"triggers[{number}]"
            if not isinstance(given, Mapping) or not isinstance(given.get("kind"), str):
                self.say("not_an_object", path, _('a trigger is an object, like {"kind": …}'))
                continue
            kind = given["kind"]
            settings = (setting.key for setting in settings_of(kind))
            self.unknown(given, (*_TRIGGER, *settings), path)
            found.append(Trigger(number, kind, given))
        return tuple(found)

    def reentry(self, json: Any) -> Reentry:
        if json is None:
            return Reentry()
        if not isinstance(json, Mapping):
            self.say("not_an_object", "reentry", _("an object is expected here"))
            return Reentry()
        self.unknown(json, ("policy", "by", "after"), "reentry")
        policy, by = json.get("policy", "one_at_a_time"), json.get("by", "contact")
        if policy not in POLICIES:
            text = _("one of these is expected here: %(known)s")
            meant = closest(policy, ((one, ()) for one in POLICIES))
            known = ", ".join(POLICIES)
            self.say("unknown_choice", "reentry.policy", text, known=known, suggestion=meant)
        if not isinstance(by, str) or not by:
            self.say("wrong_value", "reentry.by", _("contact or a subject is expected here"))
        if policy == "after" and read_duration(json.get("after")) is None:
            text = _("a duration is expected here, like P25D or PT2H")
            self.say("wrong_value", "reentry.after", text)
        return Reentry(str(policy), str(by), json.get("after"))

    def rule(self, json: Any, path: str) -> Mapping[str, Any] | None:
        if json is None:
            return None
        if not isinstance(json, Mapping):
            self.say("not_an_object", path, _("a rule is expected here"))
            return None
        return json

    def goal(self, json: Any) -> Goal | None:
        if json is None:
            return None
        if isinstance(json, Mapping) and "rule" in json:
            self.unknown(json, ("rule", "exits", "name"), "goal")
            rule = self.rule(json["rule"], "goal.rule")
            return Goal(rule or {"all": []}, json.get("exits", True) is True)
        rule = self.rule(json, "goal")
        return Goal(rule) if rule else None


def as_mapping(json: Any) -> Mapping[Any, Any]:
    return json if isinstance(json, Mapping) else {}


def _ranks(start: str, nodes: Mapping[str, Node]) -> dict[str, int]:
    """Reverse postorder from the start: what leads to a node has a lower rank, so that cohorts meet before it."""
    order: list[str] = []
    seen: set[str] = set()
    for root in (start, *nodes):
        if root not in nodes or root in seen:
            continue
        seen.add(root)
        ways = [(root, iter(_targets(nodes[root])))]
        while ways:
            key, rest = ways[-1]
            step = next((one for one in rest if one in nodes and one not in seen), None)
            if step is None:
                ways.pop()
                order.append(key)
            else:
                seen.add(step)
                ways.append((step, iter(_targets(nodes[step]))))
        # Roots nobody leads to come last; their rank does not matter.
    return {key: number for number, key in enumerate(reversed(order))}


def _targets(node: Node) -> list[str]:
    return [target for target in node.ports.values() if target is not None]
