"""What providers tell of a message: delivered, bounced, complained. Each fact is set once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.contacts.consent import record_consent
from kesher.contacts.models import Suppression
from kesher.contacts.suppression import suppress
from kesher.events import counters
from kesher.events.log import NewEvent, record_many
from kesher.lib import sql
from kesher.messages.receipts.facts import facts_of, tell
from kesher.messages.receipts.unsubscribing import CONSENT_CHANNELS
from kesher.messages.sources import group_of, told_of

# Rows are taken in the order of ids, as the digest does.
_DELIVERED = """
WITH told AS (
    SELECT id FROM message WHERE id = ANY(%(ids)s) AND delivered_at IS NULL ORDER BY id FOR NO KEY UPDATE
)
UPDATE message m SET delivered_at = %(now)s FROM told WHERE m.id = told.id
RETURNING m.id, m.workspace_id, m.contact_id, m.version_id, m.source, m.source_id,
    (SELECT v.subject FROM document_version v WHERE v.id = m.version_id)
"""


@transaction.atomic
def record_delivered(message_ids: Sequence[int], *, now: datetime) -> int:
    """Mark messages as delivered, in one statement and two more a workspace; answers how many were not yet."""
    events: dict[int, list[NewEvent]] = defaultdict(list)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    found = sql.rows(_DELIVERED, {"ids": list(message_ids), "now": now})
    for message_id, workspace_id, contact_id, version_id, source, source_id, subject in found:
        if source == "test":
            continue
        counts[workspace_id][f"{source}.{group_of(source, source_id)}.delivered"] += 1
        if contact_id is not None:
            data = {
                "message_id": message_id,
                "version_id": version_id,
                "subject": subject or "",
                **told_of(source, source_id),
            }
            events[workspace_id].append(
                NewEvent("message.delivered", contact_id, now, data, source=source)
            )
    for workspace_id, deltas in sorted(counts.items()):
        record_many(workspace_id, events[workspace_id])
        counters.add(workspace_id, deltas)
    return len(found)


@transaction.atomic
def record_bounce(message_id: int, *, now: datetime, hard: bool, text: str = "") -> bool:
    """The message came back. A hard bounce stops further mail to that address of the contact.

    Answers False when the message is gone or its bounce was told before.
    """
    message = facts_of(message_id, lock=True)
    if message is None or not _set_once("bounced_at", message_id, message.workspace_id, now):
        return False
    if hard and message.channel == "email" and message.contact_id is not None:
        sql.execute(
            "UPDATE contact SET email_bounced_at = coalesce(email_bounced_at, %s)"
            " WHERE workspace_id = %s AND id = %s AND email = %s",
            (now, message.workspace_id, message.contact_id, message.address),
        )
    tell(message, "bounced", at=now, hard=hard, text=text[:500])
    return True


@transaction.atomic
def record_complaint(message_id: int, *, now: datetime, source: str = "provider") -> bool:
    """Marked as spam: the address is suppressed and consent withdrawn. False when it was told before."""
    message = facts_of(message_id, lock=True)
    if message is None or not _set_once("complained_at", message_id, message.workspace_id, now):
        return False
    if message.address:
        suppress(
            Workspace.objects.get(pk=message.workspace_id),
            channel=message.channel,
            addresses=[message.address],
            reason=Suppression.Reason.COMPLAINED,
            now=now,
            source=source,
        )
    if message.contact_id is not None and message.channel in CONSENT_CHANNELS:
        record_consent(
            message.workspace_id,
            contact_ids=[message.contact_id],
            channel=message.channel,
            state="withdrawn",
            basis="complaint",
            evidence={"message_id": message_id, "source": source},
            now=now,
        )
    tell(message, "complained", at=now)
    return True


def _set_once(column: str, message_id: int, workspace_id: int, now: datetime) -> bool:
    return bool(
        sql.execute(
            f"UPDATE message SET {column} = %s WHERE workspace_id = %s AND id = %s AND {column} IS NULL",
            (now, workspace_id, message_id),
        )
    )
