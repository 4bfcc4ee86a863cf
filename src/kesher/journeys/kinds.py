"""What a kind of node is, and what it answers: `NodeKind`, `Cohort`, and the outcomes. The members are in `nodes`.

A kind describes itself as data (settings, ports), says what is wrong with a node, and moves a cohort of runs in
a constant number of statements. It writes rows only; the network belongs to messages and webhooks, later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

from kesher.journeys.problems import Problem
from kesher.journeys.settings import Setting, World
from kesher.lib.registry import Registry
from kesher.rules.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kesher.journeys.sitting import Sitting
    from kesher.journeys.versions import Ready

Text = str | Promise
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Go:
    """On, through this port, now. `reason` is kept in the path, for people."""

    port: str = NEXT
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sleep:
    until: datetime


@dataclass(frozen=True, slots=True)
class Listen:
    """Until one of these kinds of events happens, or `until`. `look_at`: when to look again without an event."""

    kinds: frozenset[str]
    until: datetime | None = None
    look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """What it waited for has not come: goes on waiting as before."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The run ends here. `reason` is a key of `reasons`."""

    reason: str


Outcome = Go | Sleep | Listen | Stay | Stop


@dataclass(slots=True)
class Walker:
    """A run in hand. `woken` is "" on arrival, "due" when its time came, "event" when something it listens to happened.

    `message_id` is the last message the run queued; a node that queues one sets it.
    """

    run_id: int
    journey_id: int
    contact_id: int
    node: str
    visit: int
    state: str
    woken: str
    arrived_at: datetime
    until: datetime | None
    listening: tuple[str, ...]
    mark: int
    message_id: int | None
    depth: int
    data: dict[str, Any]
    goal_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a graph. `given` is its JSON as stored; `ports` name the next nodes, None where nothing is drawn."""

    key: str
    kind: str
    given: Mapping[str, Any]
    ports: Mapping[str, str | None]


@dataclass(slots=True)
class Cohort:
    """Runs that stand at one node of one version, each contact at most once."""

    sitting: Sitting
    node: Node
    walkers: Sequence[Walker]
    version: Ready

    @property
    def contact_ids(self) -> list[int]:
        return [walker.contact_id for walker in self.walkers]

    @property
    def path(self) -> str:
        return f"nodes.{self.node.key}"

    def by_depth(self) -> dict[int, list[Walker]]:
        found: dict[int, list[Walker]] = {}
        for walker in self.walkers:
            found.setdefault(walker.depth, []).append(walker)
        return found


@dataclass(frozen=True, slots=True)
class Port:
    """A way out as the graph's JSON has it: `path` is the key that names the next node, `target` that node."""

    key: str
    path: str
    target: Any


class NodeKind(Protocol):
    """`by_sitting`: it reads and changes contacts through its sitting alone, which may put changes off. `asks`: the rules,
    as JSON, that it asks of those who come. `waits`: a run may rest here. `group` is its place in the palette, `tone` its colour, `help` one line of what it does."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def help(self) -> Text: ...
    @property
    def icon(self) -> str: ...
    @property
    def tone(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def settings(self) -> tuple[Setting, ...]: ...
    @property
    def waits(self) -> bool: ...
    @property
    def by_sitting(self) -> bool: ...

    def asks(self, node: Node, vocabulary: Vocabulary) -> Sequence[Any]: ...

    def ports(self, given: Mapping[str, Any]) -> Sequence[Port]: ...

    def known_keys(self) -> Iterable[str]: ...

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]: ...

    def run(self, cohort: Cohort) -> Sequence[Outcome]: ...


NODES: Registry[NodeKind] = Registry("node")


class WithPorts:
    """For kinds whose ports are keys of the node's own JSON: FORMATS "Ports are the keys that name other nodes"."""

    settings: tuple[Setting, ...] = ()
    port_keys: tuple[str, ...] = (NEXT,)
    waits: bool = False
    by_sitting: bool = False

    def asks(self, node: Node, vocabulary: Vocabulary) -> Sequence[Any]:
        return ()

    def ports(self, given: Mapping[str, Any]) -> Sequence[Port]:
        return [Port(key, key, given.get(key)) for key in self.port_keys]

    def known_keys(self) -> Iterable[str]:
        return (*self.port_keys, *(setting.key for setting in self.settings))

    def problems(self, node: Node, path: str, world: World) -> Sequence[Problem]:
        return ()
