"""The names of a journey's running numbers. `entered` less `left` is who stands at a node now."""

from __future__ import annotations


def name_of(journey_id: int, version_id: int, node: str, what: str) -> str:
    """`what`: entered, left, goal, or "port.<key>" for the ones that left by that way."""
    return f"journey.{journey_id}.{version_id}.{node}.{what}"


def ended_name(journey_id: int, reason: str) -> str:
    return f"journey.{journey_id}.ended.{reason}"


def group_of(source_id: str) -> str:
    """ "7.mail" of a message's "7.mail.991.4": its numbers and events are those of the journey's node.

    A node's key holds no full stop.
    """
    return ".".join(source_id.split(".")[:2])


def source_id_of(journey_id: int, node: str, run_id: int, visit: int) -> str:
    return f"{journey_id}.{node}.{run_id}.{visit}"
