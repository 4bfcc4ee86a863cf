"""What differs between two graphs: steps by their keys, and what holds for the whole journey. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kesher.journeys.graph import Graph
from kesher.journeys.kinds import NODES, Node

_LABELS = ("name", "note")  # for people: another label is not another step
_BRANCH = re.compile(r"branches\[(\d+)\]\.(\w+)")


@dataclass(frozen=True)
class Differences:
    """Keys of nodes. `led_on`: only what follows is another. `rest`: of triggers, reentry, exit_if, goal, holdout."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    led_on: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.led_on or self.rest)


def differences(old: Graph, new: Graph) -> Differences:
    """From the old graph to the new one."""
    both = [key for key in new.nodes if key in old.nodes]
    changed = [key for key in both if is_other_step(old.nodes[key], new.nodes[key])]
    led_on = [
        key
        for key in both
        if key not in changed and dict(old.nodes[key].ports) != dict(new.nodes[key].ports)
    ]
    return Differences(
        added=tuple(key for key in new.nodes if key not in old.nodes),
        removed=tuple(key for key in old.nodes if key not in new.nodes),
        changed=tuple(changed),
        led_on=tuple(led_on),
        rest=tuple(key for key, one, other in _whole(old, new) if one != other),
    )


def _whole(old: Graph, new: Graph) -> list[tuple[str, Any, Any]]:
    return [
        ("triggers", [one.given for one in old.triggers], [one.given for one in new.triggers]),
        ("reentry", old.reentry, new.reentry),
        ("exit_if", old.exit_if, new.exit_if),
        ("goal", old.goal, new.goal),
        ("holdout", old.holdout, new.holdout),
    ]


def is_other_step(old: Node, new: Node) -> bool:
    """Whether the step itself does something else. Where it leads, and what it is called, do not count."""
    return old.kind != new.kind or _doing(old) != _doing(new)


def _doing(node: Node) -> Mapping[str, Any]:
    given = {key: value for key, value in node.given.items() if key not in _LABELS}
    given = deepcopy(given)
    for port in NODES.get(node.kind).ports(node.given):
        found = _BRANCH.fullmatch(port.path)
        if found is None:
            given.pop(port.path, None)
        else:
            given["branches"][int(found[1])].pop(found[2], None)
    return given


def steps_before(graph: Graph, key: str) -> frozenset[str]:
    """The nodes that somebody at this one may have come through, and will not come to again."""
    leading: dict[str, set[str]] = {}
    following: dict[str, set[str]] = {}
    for one, _port, other in graph.edges():
        leading.setdefault(other, set()).add(one)
        following.setdefault(one, set()).add(other)
    return frozenset(_reached(leading, key) - _reached(following, key) - {key})


def _reached(ways: Mapping[str, set[str]], key: str) -> set[str]:
    found: set[str] = set()
    rest = [key]
    while rest:
        for other in ways.get(rest.pop(), ()):
            if other not in found:
                found.add(other)
                rest.append(other)
    return found
