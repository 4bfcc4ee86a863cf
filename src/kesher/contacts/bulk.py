"""What is done to many contacts at once, in sets: delete, restore, purge. Each keeps the counters true.

Every statement locks contacts in the order of their ids: two at once take turns and cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.access import Access
from kesher.events import counters, log
from kesher.lib import sql
from kesher.lib.deadlocks import tried_again

_DELETE = """
WITH people AS (
    SELECT id FROM contact WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s)
        AND deleted_at IS NULL ORDER BY id FOR UPDATE
)
UPDATE contact c SET deleted_at = %(now)s FROM people
WHERE c.workspace_id = %(workspace)s AND c.id = people.id RETURNING c.id
"""
# One who came back under the same address meanwhile keeps it: the binned card then stays in the bin.
_RESTORE = """
WITH people AS (
    SELECT b.id, b.email, b.mobile, b.external_id FROM contact b
    WHERE b.workspace_id = %(workspace)s AND b.id = ANY(%(contacts)s) AND b.deleted_at IS NOT NULL
        AND b.source <> 'erased'
    ORDER BY b.id FOR UPDATE
), free AS (
    SELECT p.id FROM people p WHERE NOT EXISTS (
        SELECT 1 FROM contact o WHERE o.workspace_id = %(workspace)s AND o.deleted_at IS NULL
            AND o.email = p.email AND p.email <> '')
    AND NOT EXISTS (
        SELECT 1 FROM contact o WHERE o.workspace_id = %(workspace)s AND o.deleted_at IS NULL
            AND o.mobile = p.mobile AND p.mobile <> '')
    AND NOT EXISTS (
        SELECT 1 FROM contact o WHERE o.workspace_id = %(workspace)s AND o.deleted_at IS NULL
            AND o.external_id = p.external_id AND p.external_id <> '')
    -- Of two in the bin with one address only the older comes back.
    AND NOT EXISTS (SELECT 1 FROM people q WHERE q.id < p.id AND q.email = p.email AND p.email <> '')
    AND NOT EXISTS (SELECT 1 FROM people q WHERE q.id < p.id AND q.mobile = p.mobile AND p.mobile <> '')
    AND NOT EXISTS (SELECT 1 FROM people q
        WHERE q.id < p.id AND q.external_id = p.external_id AND p.external_id <> '')
)
UPDATE contact c SET deleted_at = NULL FROM free
WHERE c.workspace_id = %(workspace)s AND c.id = free.id RETURNING c.id
"""
_MEMBERSHIPS = """
SELECT 'list.' || list_id, count(*) FROM list_membership
WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s) GROUP BY list_id
"""


@tried_again
def delete_contacts(
    access: Access, *, ids: Sequence[int], now: datetime, source: str = "staff"
) -> list[int]:
    """Into the bin, for 30 days; answers the ids of those who were not there yet."""
    with transaction.atomic():
        by = (access.user.name or access.user.email) if access.user else ""
        gone = bin_contacts(access.workspace.pk, ids=ids, now=now, source=source, by=by)
        if gone:
            access.audit("contact.deleted", None, str(len(gone)), ids=gone[:1000], count=len(gone))
    return gone


def bin_contacts(
    workspace_id: int, *, ids: Sequence[int], now: datetime, source: str, by: str = ""
) -> list[int]:
    """`delete_contacts` without a line in the audit log: for what has one for the whole."""
    with transaction.atomic():
        parameters = {"workspace": workspace_id, "contacts": list(ids), "now": now}
        gone = [row[0] for row in sql.rows(_DELETE, parameters)]
        _count(workspace_id, gone, -1)
        log.record_for(
            workspace_id, kind="contact.deleted", contact_ids=gone, at=now, source=source,
            data={"by": by} if by else {},
        )  # fmt: skip
    return gone


@tried_again
def restore_contacts(
    access: Access, *, ids: Sequence[int], now: datetime, source: str = "staff"
) -> list[int]:
    """Out of the bin again; answers the ids of those who came back.

    One whose address somebody else has now stays where it is, and so does one who was erased.
    """
    with transaction.atomic():
        back = unbin_contacts(access.workspace.pk, ids=ids, now=now, source=source)
        if back:
            access.audit("contact.restored", None, str(len(back)), count=len(back))
    return back


def unbin_contacts(
    workspace_id: int, *, ids: Sequence[int], now: datetime, source: str
) -> list[int]:
    """`restore_contacts` without a line in the audit log."""
    with transaction.atomic():
        parameters = {"workspace": workspace_id, "contacts": list(ids)}
        back = [row[0] for row in sql.rows(_RESTORE, parameters)]
        _count(workspace_id, back, +1)
        log.record_for(
            workspace_id, kind="contact.restored", contact_ids=back, at=now, source=source
        )
    return back


def _count(workspace_id: int, contact_ids: list[int], sign: int) -> None:
    """After the rows are locked and written: a fresh statement sees every membership that was agreed before."""
    if not contact_ids:
        return
    parameters = {"workspace": workspace_id, "contacts": contact_ids}
    deltas = {name: sign * count for name, count in sql.rows(_MEMBERSHIPS, parameters)}
    counters.add(workspace_id, deltas | {"contacts": sign * len(contact_ids)})


# Deleted contacts are already out of the counters. What belongs to them goes; their events stay, by number only.
_PURGE = """
WITH old AS (
    SELECT id FROM contact WHERE workspace_id = %(workspace)s AND {which}
    ORDER BY id LIMIT %(limit)s FOR UPDATE
), memberships AS (
    DELETE FROM list_membership m USING old WHERE m.workspace_id = %(workspace)s AND m.contact_id = old.id
), consents AS (
    DELETE FROM consent k USING old WHERE k.workspace_id = %(workspace)s AND k.contact_id = old.id
), notes AS (
    DELETE FROM contact_note n USING old WHERE n.workspace_id = %(workspace)s AND n.contact_id = old.id
)
SELECT id FROM old
"""
_PURGE_OLD = _PURGE.format(which="deleted_at < %(before)s")
# Those erased by law stay as a number until their time, because messages name them by it.
_PURGE_THESE = _PURGE.format(
    which="deleted_at IS NOT NULL AND source <> 'erased' AND id = ANY(%(ids)s)"
)


def purge_deleted(workspace_id: int, *, before: datetime, limit: int = 5_000) -> int:
    """Remove for good some of those binned before an instant; answers how many. Call until it answers 0."""
    return _purge(workspace_id, _PURGE_OLD, {"before": before, "limit": limit})


def purge_binned(workspace_id: int, *, ids: Sequence[int]) -> int:
    """Remove these for good, those of them that are in the bin; answers how many."""
    return _purge(workspace_id, _PURGE_THESE, {"ids": list(ids), "limit": None})


def _purge(workspace_id: int, statement: str, parameters: dict[str, Any]) -> int:
    with transaction.atomic():
        ids = [row[0] for row in sql.rows(statement, {"workspace": workspace_id, **parameters})]
        if ids:
            sql.execute(
                "DELETE FROM contact WHERE workspace_id = %s AND id = ANY(%s)", (workspace_id, ids)
            )
    return len(ids)
