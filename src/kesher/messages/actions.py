"""Messages are planned, queued, stopped and let go here; `sender` sends them, `receipts` hears of them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.content.models import Version
from kesher.events import counters
from kesher.lib import sql
from kesher.messages.models import MessageClass
from kesher.messages.sources import group_of

TEST_PRIORITY, TRANSACTIONAL_PRIORITY = 10, 20
AT_ONCE = (
    20_000  # messages that cancelling refuses in its own transaction; the sender does the rest
)


@dataclass(frozen=True)
class Planned:
    """`count` messages are new; `last_id` is the last contact looked at, None when there were no more."""

    count: int
    last_id: int | None


@dataclass(frozen=True)
class Each:
    """What differs between the contacts of one plan: SQL written in code, over `chunk.id`, and its parameters.

    `due` NULL: planned but not let go; `data` is a message's own sender or subject, as in `queue_message`.
    """

    version: str = "%(plan_version)s"
    due: str = "%(plan_due)s"
    data: str = "NULL"
    parameters: Mapping[str, Any] = field(default_factory=dict)


# One chunk of an audience, by contact id. The once-only key makes repeating a chunk harmless.
_PLAN = """
WITH chunk AS (
    SELECT c.id FROM contact c
    WHERE c.workspace_id = %(workspace_id)s AND c.deleted_at IS NULL AND c.id > %(plan_after)s AND ({where})
    ORDER BY c.id LIMIT %(plan_limit)s
), written AS (
    INSERT INTO message (workspace_id, contact_id, channel, message_class, source, source_id, version_id, priority,
                         status, reason, address, data, due_at, attempts, queued_at)
    SELECT %(workspace_id)s, id, %(plan_channel)s, %(plan_class)s, %(plan_source)s, %(plan_source_id)s,
           {version}, %(plan_priority)s, 'queued', '', '', ({data})::jsonb, ({due})::timestamptz, 0, %(plan_now)s
    FROM chunk ORDER BY id
    ON CONFLICT (workspace_id, source, source_id, contact_id) DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM written), (SELECT max(id) FROM chunk)
"""


@transaction.atomic
def plan_messages(
    workspace_id: int,
    *,
    channel: str,
    message_class: str,
    source: str,
    source_id: str,
    version_id: int,
    contacts_where: str,
    parameters: Mapping[str, Any],
    after_id: int,
    limit: int,
    due_at: datetime | None,
    priority: int,
    now: datetime,
    each: Each = Each(),
) -> Planned:
    """Queue a message to each of the next `limit` contacts (alias `c`) after `after_id` that meet the condition.

    `contacts_where` is SQL written in code, with named parameters; `workspace_id` is given to it.
    """
    count, last_id = sql.rows(
        _PLAN.format(where=contacts_where, version=each.version, due=each.due, data=each.data),
        {
            **parameters,
            **each.parameters,
            "workspace_id": workspace_id,
            "plan_after": after_id,
            "plan_limit": limit,
            "plan_channel": channel,
            "plan_class": message_class,
            "plan_source": source,
            "plan_source_id": source_id,
            "plan_version": version_id,
            "plan_priority": priority,
            "plan_due": due_at,
            "plan_now": now,
        },
    )[0]
    counters.add(workspace_id, {f"{source}.{source_id}.planned": count})
    return Planned(count, last_id)


_QUEUE = """
INSERT INTO message (workspace_id, contact_id, channel, message_class, source, source_id, version_id, priority,
                     status, reason, address, data, due_at, attempts, queued_at)
VALUES (%(workspace)s, %(contact)s, %(channel)s, %(class)s, %(source)s, %(source_id)s, %(version)s, %(priority)s,
        'queued', '', '', %(data)s::jsonb, %(due)s, 0, %(now)s)
ON CONFLICT (workspace_id, source, source_id, contact_id) DO NOTHING RETURNING id
"""


@transaction.atomic
def queue_message(
    workspace_id: int,
    *,
    contact_id: int | None,
    version_id: int,
    source: str,
    source_id: str,
    now: datetime,
    message_class: str = MessageClass.TRANSACTIONAL,
    channel: str = "email",
    due_at: datetime | None = None,
    priority: int = TRANSACTIONAL_PRIORITY,
    data: Mapping[str, Any] | None = None,
) -> int | None:
    """Queue one message; answers its id, or None when this source already has one for this contact.

    `data`: {"values": {field key: text}, "to", "subject", "sender_name", "sender_email", "reply_to",
    "values_of": contact id}, each optional. `due_at` None means now.
    """
    found = sql.rows(
        _QUEUE,
        {
            "workspace": workspace_id,
            "contact": contact_id,
            "channel": channel,
            "class": message_class,
            "source": source,
            "source_id": source_id,
            "version": version_id,
            "priority": priority,
            "data": json.dumps(dict(data), ensure_ascii=False) if data else None,
            "due": due_at or now,
            "now": now,
        },
    )
    if not found:
        return None
    if source != "test":
        counters.add(workspace_id, {f"{source}.{source_id}.planned": 1})
    return int(found[0][0])


# Many contacts, each under a source id of its own: what a journey's node queues for those who pass it.
_QUEUE_MANY = """
INSERT INTO message (workspace_id, contact_id, channel, message_class, source, source_id, version_id, priority,
                     status, reason, address, data, due_at, attempts, queued_at)
SELECT %(workspace)s, g.contact_id, %(channel)s, %(class)s, %(source)s, g.source_id, %(version)s, %(priority)s,
       'queued', '', '', %(data)s::jsonb, %(due)s, 0, %(now)s
FROM unnest(%(contacts)s::bigint[], %(source_ids)s::text[]) AS g(contact_id, source_id)
ON CONFLICT (workspace_id, source, source_id, contact_id) DO NOTHING RETURNING source_id, id
"""


@transaction.atomic
def queue_messages(
    workspace_id: int,
    *,
    contacts: Mapping[str, int],
    version_id: int,
    source: str,
    message_class: str,
    channel: str,
    priority: int,
    now: datetime,
    due_at: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> dict[str, int]:
    """Queue one version to many: `contacts` has the contact of each source id. Answers the ids of the new messages.

    `data` as for `queue_message`, the same for all.
    """
    found = sql.rows(
        _QUEUE_MANY,
        {
            "workspace": workspace_id,
            "contacts": list(contacts.values()),
            "source_ids": list(contacts),
            "channel": channel,
            "class": message_class,
            "source": source,
            "version": version_id,
            "priority": priority,
            "data": json.dumps(dict(data), ensure_ascii=False) if data else None,
            "due": due_at or now,
            "now": now,
        },
    )
    planned: dict[str, int] = {}
    for source_id, _id in found:
        name = f"{source}.{group_of(source, source_id)}.planned"
        planned[name] = planned.get(name, 0) + 1
    counters.add(workspace_id, planned)
    return dict(found)


@transaction.atomic
def queue_test(
    access: Access,
    *,
    version: Version,
    contact: Contact | None,
    to: Sequence[str],
    now: datetime,
    subject: str = "",
    sender: Mapping[str, str] | None = None,
    channel: str = "email",
    tests: str = MessageClass.ADVERTISING,
) -> list[int]:
    """Queue a test to each address, filled with the values of `contact`; it leaves no trace on the contact.

    `sender`: {"sender_name", "sender_email", "reply_to"}, what is given replaces the workspace's own. `tests`: the
    class of what is tested; a text looks as one of that class would.
    """
    batch = secrets.token_hex(8)
    data: dict[str, Any] = {**(sender or {})}
    if contact is not None:
        data["values_of"] = contact.pk
    if subject:
        data["subject"] = subject
    if channel != "email":
        data["tests"] = str(tests)
    queued = [
        queue_message(
            access.workspace.pk,
            contact_id=None,
            version_id=version.pk,
            channel=channel,
            source="test",
            source_id=f"{batch}-{number}",
            now=now,
            priority=TEST_PRIORITY,
            data={**data, "to": address},
        )
        for number, address in enumerate(to)
    ]
    access.audit("message.tested", version, ", ".join(to))
    return [number for number in queued if number is not None]


_STOP = """
INSERT INTO stopped_source (workspace_id, source, source_id, reason) VALUES (%s, %s, %s, %s)
ON CONFLICT (workspace_id, source, source_id) DO UPDATE SET reason = excluded.reason
"""


def hold_source(workspace_id: int, *, source: str, source_id: str) -> None:
    """Nothing more of this source leaves until it is released. Costs the same for ten and for a million.

    What a sender has already asked about (about a second's worth) may still go.
    """
    sql.execute(_STOP, (workspace_id, source, source_id, "paused"))


def release_source(workspace_id: int, *, source: str, source_id: str) -> None:
    """Go on with a held source; the sender takes its messages up again in batches. Not for a cancelled one."""
    sql.execute(
        "DELETE FROM stopped_source WHERE workspace_id = %s AND source = %s AND source_id = %s AND reason = 'paused'",
        (workspace_id, source, source_id),
    )


@transaction.atomic
def cancel_queued(
    workspace_id: int, *, source: str, source_id: str, reason: str = "cancelled"
) -> int:
    """Refuse what has not left yet; answers how many were refused at once. The sender refuses what is beyond."""
    sql.execute(_STOP, (workspace_id, source, source_id, reason))
    return refuse_stopped(
        workspace_id, source=source, source_id=source_id, reason=reason, limit=AT_ONCE
    )


_REFUSE_STOPPED = """
WITH waiting AS (
    SELECT id FROM message
    WHERE workspace_id = %(workspace)s AND source = %(source)s AND source_id = %(source_id)s
      AND status IN ('queued', 'held')
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE message m SET status = 'refused', reason = %(reason)s, claimed_until = NULL
FROM waiting WHERE m.workspace_id = %(workspace)s AND m.id = waiting.id
"""


@transaction.atomic
def refuse_stopped(
    workspace_id: int, *, source: str, source_id: str, reason: str, limit: int
) -> int:
    """Refuse up to `limit` waiting messages of a cancelled source; answers how many. They leave no events."""
    count = sql.execute(
        _REFUSE_STOPPED,
        {
            "workspace": workspace_id,
            "source": source,
            "source_id": source_id,
            "reason": reason,
            "limit": limit,
        },
    )
    counters.add(workspace_id, {f"{source}.{source_id}.refused": count})
    return count
