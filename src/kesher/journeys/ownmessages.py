"""The messages of a journey as rules name them: by the key of the node that sends. Pure."""

from __future__ import annotations

from kesher.journeys.graph import Graph
from kesher.journeys.kinds import Node
from kesher.rules.vocabulary import Message

SENDING = ("send_email", "send_sms", "send_whatsapp")
LONGEST_NAME = 80


def sending_nodes(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes.values() if node.kind in SENDING]


def own_messages(graph: Graph, journey_id: int) -> tuple[Message, ...]:
    """An event is of such a message when it tells of its group, whoever got it in whichever run."""
    return tuple(
        Message(
            node.key,
            title_of(node),
            {"source": "journey", "group": f"{journey_id}.{node.key}"},
        )
        for node in sending_nodes(graph)
    )


def title_of(node: Node) -> str:
    """What people call the node: its name, else its subject, else its key."""
    for key in ("name", "subject"):
        if text := str(node.given.get(key) or "").strip():
            return text[:LONGEST_NAME]
    return node.key
