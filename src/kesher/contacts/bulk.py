"""What is done to many contacts at once, in sets: delete, restore, purge, set a field. Each keeps the counters true.

Every statement locks contacts in the order of their ids: two at once take turns and cannot deadlock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.contacts.errors import Refused
from kesher.contacts.values import check_values
from kesher.contacts.vocabulary import FieldInfo
from kesher.events import counters, log
from kesher.lib import sql

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


def delete_contacts(
    access: Access, *, ids: Sequence[int], now: datetime, source: str = "staff"
) -> list[int]:
    """Into the bin, for 30 days; answers the ids of those who were not there yet."""
    workspace_id = access.workspace.pk
    with transaction.atomic():
        parameters = {"workspace": workspace_id, "contacts": list(ids), "now": now}
        gone = [row[0] for row in sql.rows(_DELETE, parameters)]
        _count(workspace_id, gone, -1)
        log.record_for(
            workspace_id, kind="contact.deleted", contact_ids=gone, at=now, source=source
        )
        if gone:
            access.audit("contact.deleted", None, str(len(gone)), ids=gone[:1000], count=len(gone))
    return gone


def restore_contacts(
    access: Access, *, ids: Sequence[int], now: datetime, source: str = "staff"
) -> list[int]:
    """Out of the bin again; answers the ids of those who came back.

    One whose address somebody else has now stays where it is.
    """
    workspace_id = access.workspace.pk
    with transaction.atomic():
        parameters = {"workspace": workspace_id, "contacts": list(ids)}
        back = [row[0] for row in sql.rows(_RESTORE, parameters)]
        _count(workspace_id, back, +1)
        log.record_for(
            workspace_id, kind="contact.restored", contact_ids=back, at=now, source=source
        )
        if back:
            access.audit("contact.restored", None, str(len(back)), count=len(back))
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
    SELECT id FROM contact WHERE workspace_id = %(workspace)s AND deleted_at < %(before)s
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


def purge_deleted(workspace_id: int, *, before: datetime, limit: int = 5_000) -> int:
    """Remove for good some of those binned before an instant; answers how many. Call until it answers 0."""
    with transaction.atomic():
        parameters = {"workspace": workspace_id, "before": before, "limit": limit}
        ids = [row[0] for row in sql.rows(_PURGE, parameters)]
        if ids:
            sql.execute(
                "DELETE FROM contact WHERE workspace_id = %s AND id = ANY(%s)", (workspace_id, ids)
            )
    return len(ids)


# Answers (id, old value as JSON text) of those who had another value. The statement is chosen by code: a
# column from the vocabulary, or a key of `fields` as a parameter.
_SET_CUSTOM = """
WITH people AS (
    SELECT id, fields -> %(key)s AS old FROM contact
    WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s) AND deleted_at IS NULL
        AND fields -> %(key)s IS DISTINCT FROM %(value)s::jsonb
    ORDER BY id FOR UPDATE
)
UPDATE contact c SET updated_at = %(now)s, fields = CASE WHEN %(value)s::jsonb IS NULL
    THEN c.fields - %(key)s ELSE c.fields || jsonb_build_object(%(key)s, %(value)s::jsonb) END
FROM people WHERE c.workspace_id = %(workspace)s AND c.id = people.id RETURNING c.id, people.old::text
"""
_SET_COLUMN = """
WITH people AS (
    SELECT id, {column}::text AS old FROM contact
    WHERE workspace_id = %(workspace)s AND id = ANY(%(contacts)s) AND deleted_at IS NULL
        AND {column} IS DISTINCT FROM %(value)s::{type}
    ORDER BY id FOR UPDATE
)
UPDATE contact c SET updated_at = %(now)s, {column} = %(value)s::{type}
FROM people WHERE c.workspace_id = %(workspace)s AND c.id = people.id
RETURNING c.id, to_jsonb(nullif(people.old, ''))::text
"""
SETTABLE_COLUMNS = {
    "first_name": "text", "last_name": "text", "role": "text", "company": "text",
    "city": "text", "notes": "text", "birthday": "date",
}  # fmt: skip
_BY_COLUMN = {
    column: _SET_COLUMN.format(column=column, type=kind)
    for column, kind in SETTABLE_COLUMNS.items()
}


def set_field(
    access: Access, info: FieldInfo, *, ids: Sequence[int], value: Any, now: datetime
) -> list[tuple[int, Any]]:
    """Give one field one value (None clears) for many; answers (id, value before) of those who had another.

    Raises Refused for a bad value and for fields that must differ from person to person.
    """
    if info.column is not None and info.column not in SETTABLE_COLUMNS:
        raise Refused(
            info.key, _("This field cannot be set for many at once."), code="not_settable"
        )
    typed = check_values(access.workspace, {info.key: value}, [info])
    with transaction.atomic():
        changed = write_field(
            access.workspace.pk, info, ids=ids, typed=_typed(info, typed), now=now
        )
        log.record_for(
            access.workspace.pk, kind="contact.updated", contact_ids=[row[0] for row in changed],
            at=now, source="staff", data={"changed": {info.key: [None, value]}},
        )  # fmt: skip
        access.audit("contact.field_set", None, str(info.label), count=len(changed), key=info.key)
    return changed


def _typed(info: FieldInfo, checked: Any) -> Any:
    return checked.custom[info.key] if info.column is None else checked.columns[info.column]


def write_field(
    workspace_id: int, info: FieldInfo, *, ids: Sequence[int], typed: Any, now: datetime
) -> list[tuple[int, Any]]:
    """The statement of `set_field` alone, for a typed value: no check, no event."""
    parameters: dict[str, Any] = {"workspace": workspace_id, "contacts": list(ids), "now": now}
    if info.column is None:
        statement = _SET_CUSTOM
        parameters |= {"key": info.key, "value": None if typed is None else json.dumps(typed)}
    else:
        statement = _BY_COLUMN[info.column]
        parameters["value"] = typed
    found = sql.rows(statement, parameters)
    return [(number, None if old is None else json.loads(old)) for number, old in found]
