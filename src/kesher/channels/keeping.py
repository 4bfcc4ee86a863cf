"""Keeping messages on this machine instead of sending them: what the `local` provider of every channel does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from kesher.channels.outgoing import Delivered, Outcome, Outgoing
from kesher.lib import clock, sql

CHUNK = 200
Message = TypeVar("Message", bound=Outgoing)

_COLUMNS = (
    "workspace_id",
    "channel",
    "message_id",
    "sender",
    "recipient",
    "subject",
    "raw",
    "received_at",
)


def keep(
    workspace_id: int,
    channel: str,
    messages: Iterable[Message],
    *,
    contents: Callable[[Message], tuple[str, bytes]],
) -> Iterator[Outcome]:
    """Each chunk is kept in one statement before it is said to be delivered. `contents`: subject and bytes.

    A message that comes again (its worker died before it could say so) is kept once, as gateways do by its number.
    """
    for chunk in _chunks(messages):
        at = clock.now()
        known = _known(workspace_id, [message.message_id for message in chunk])
        sql.copy_in(
            "local_message",
            _COLUMNS,
            (
                (
                    workspace_id,
                    channel,
                    m.message_id or None,
                    m.sender,
                    m.recipient,
                    *contents(m),
                    at,
                )
                for m in chunk
                if m.message_id not in known
            ),
        )
        for message in chunk:
            yield Delivered(message.message_id, "kept")


def _known(workspace_id: int, message_ids: list[int]) -> set[int]:
    found = sql.rows(
        "SELECT message_id FROM local_message WHERE workspace_id = %s AND message_id = ANY(%s)",
        (workspace_id, message_ids),
    )
    return {row[0] for row in found}


def _chunks(messages: Iterable[Message]) -> Iterator[list[Message]]:
    chunk: list[Message] = []
    for message in messages:
        chunk.append(message)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
