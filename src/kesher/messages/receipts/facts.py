"""A message as receipts see it, and the two ways in which each fact about it is told on: event and counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.events import counters
from kesher.events.log import NewEvent, record
from kesher.lib import sql
from kesher.messages.sources import group_of, told_of


@dataclass(frozen=True, slots=True)
class MessageFacts:
    id: int
    workspace_id: int
    contact_id: int | None
    channel: str
    source: str
    source_id: str
    version_id: int
    address: str
    subject: str
    unsubscribed_at: datetime | None

    @property
    def is_test(self) -> bool:
        return self.source == "test"


_FACTS = """
SELECT m.id, m.workspace_id, m.contact_id, m.channel, m.source, m.source_id, m.version_id, m.address,
       coalesce(v.subject, ''), m.unsubscribed_at
FROM message m LEFT JOIN document_version v ON v.id = m.version_id WHERE m.id = %s
"""


def facts_of(message_id: int, *, lock: bool = False) -> MessageFacts | None:
    """The message, or None when it is gone. `lock` holds its row to the end of the transaction."""
    found = sql.rows(_FACTS + (" FOR NO KEY UPDATE OF m" if lock else ""), (message_id,))
    return MessageFacts(*found[0]) if found else None


def tell(message: MessageFacts, name: str, *, at: datetime, **data: Any) -> None:
    """Record the event `message.<name>` and count it once for the message's source. Not for tests."""
    if message.is_test:
        return
    if message.contact_id is not None:
        told = {
            "message_id": message.id,
            "version_id": message.version_id,
            **told_of(message.source, message.source_id),
            "subject": message.subject,
            **data,
        }
        event = NewEvent(f"message.{name}", message.contact_id, at, told, source=message.source)
        record(message.workspace_id, event)
    group = group_of(message.source, message.source_id)
    counters.add(message.workspace_id, {f"{message.source}.{group}.{name}": 1})
