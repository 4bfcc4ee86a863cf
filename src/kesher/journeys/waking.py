"""What wakes a run that rests at a node: the kinds of events, by the node's own settings and the journey's ends."""

from __future__ import annotations

from kesher.journeys.graph import Graph
from kesher.journeys.kinds import Node
from kesher.journeys.sitting import Sitting
from kesher.journeys.versions import Ready


def waits_for(sitting: Sitting, graph: Graph, journey_id: int, node: Node) -> frozenset[str]:
    """The kinds of events that may wake a run resting at this node."""
    given = node.given
    match node.kind:
        case "wait" if given.get("until_field"):
            return frozenset({"contact.updated"})
        case "wait_until" if given.get("event"):
            return frozenset({str(given["event"])})
        case "wait_until":
            return sitting.kinds_for(graph, journey_id, given.get("rule"))
        case "webhook" if given.get("wait_for_answer"):
            return frozenset({"webhook.answered"})
    return frozenset()


def heard_at(sitting: Sitting, version: Ready, node: Node) -> frozenset[str]:
    """What a run resting here listens to: the node's own, and what can end every run of the version."""
    own = waits_for(sitting, version.graph, version.journey_id, node)
    return own | sitting.ending_kinds(version.graph)
