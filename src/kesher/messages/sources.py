"""What queues messages says here who they are from. Messages knows a source only by its key.

A domain above registers its own: campaigns answer with the campaign's sender and whether it is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from kesher.accounts.models import Workspace
from kesher.lib.registry import Registry


@dataclass(frozen=True)
class SourceEnvelope:
    """Empty values mean the workspace's own. `stop`: "" goes on, "paused" waits, any other reason refuses."""

    sender_name: str = ""
    sender_email: str = ""
    reply_to: str = ""
    stop: str = ""


Refusals = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Source:
    """`envelopes(workspace, source ids)` answers by id, once a batch; ids left out take the workspace's own.

    `refusals(workspace, {source id: contact ids})` answers by (source id, contact id) whom the source itself does
    not want to write to any more, as a key of `reasons`: asked at the moment of sending, once a batch.
    `group(source id)`: under what its numbers are counted and its events told, when one thing queues each message
    under an id of its own.
    """

    key: str
    envelopes: Callable[[Workspace, Collection[str]], dict[str, SourceEnvelope]]
    can_unsubscribe: bool = True
    refusals: Callable[[Workspace, Mapping[str, Collection[int]]], Refusals] | None = None
    group: Callable[[str], str] | None = None


SOURCES: Registry[Source] = Registry("message source")


def group_of(source: str, source_id: str) -> str:
    """The part of a counter's name, and of an event's data, that says of what this message is one."""
    group = SOURCES.get(source).group if source in SOURCES else None
    return group(source_id) if group else source_id


def told_of(source: str, source_id: str) -> dict[str, str]:
    """Where a message is from, as the data of its events says it."""
    said = {"source": source, "source_id": source_id}
    group = group_of(source, source_id)
    return said if group == source_id else {**said, "group": group}


def envelopes_of(
    workspace: Workspace, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], SourceEnvelope]:
    """The envelope of each (source, source id)."""
    by_source: dict[str, set[str]] = {}
    for source, source_id in wanted:
        by_source.setdefault(source, set()).add(source_id)
    found: dict[tuple[str, str], SourceEnvelope] = {}
    for source, ids in by_source.items():
        known = SOURCES.get(source).envelopes(workspace, ids) if source in SOURCES else {}
        for source_id in ids:
            found[source, source_id] = known.get(source_id, SourceEnvelope())
    return found


def refusals_of(
    workspace: Workspace, wanted: Collection[tuple[str, str, int | None]]
) -> dict[tuple[str, str, int], str]:
    """Of these (source, source id, contact id), whom their sources refuse, and why."""
    asked: dict[str, dict[str, set[int]]] = {}
    for source, source_id, contact_id in wanted:
        if contact_id is not None and source in SOURCES:
            asked.setdefault(source, {}).setdefault(source_id, set()).add(contact_id)
    found: dict[tuple[str, str, int], str] = {}
    for source, contacts in asked.items():
        if refusals := SOURCES.get(source).refusals:
            against = refusals(workspace, contacts)
            found |= {(source, *about): reason for about, reason in against.items()}
    return found
