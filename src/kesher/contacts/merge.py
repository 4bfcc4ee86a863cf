"""Two cards of one person become one. Everything that hangs on the second moves to the first; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.contacts.channels import CHANNELS
from kesher.contacts.errors import Refused
from kesher.contacts.models import Contact
from kesher.contacts.values import COLUMNS
from kesher.events import counters
from kesher.events.log import NewEvent, record
from kesher.lib import sql

# Memberships that both have stay the kept one's; the rest move. The counter of a list loses one for each
# list that both were in.
_MOVE_MEMBERSHIPS = """
WITH moved AS (
    INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)
    SELECT workspace_id, list_id, %(kept)s, joined_at, source FROM list_membership
    WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s
    ON CONFLICT DO NOTHING RETURNING list_id
), removed AS (
    DELETE FROM list_membership WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s RETURNING list_id
)
SELECT 'list.' || list_id FROM removed WHERE list_id NOT IN (SELECT list_id FROM moved)
"""
_MOVE = (
    "UPDATE event SET contact_id = %(kept)s WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s",
    "UPDATE consent SET contact_id = %(kept)s WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s",
    "UPDATE contact_note SET contact_id = %(kept)s WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s",
)
# Higher domains keep rows that name a contact. This one may not know them: it goes by the column's name.
# A message that both got from one source stays with the card that goes.
_NAMED_BY_OTHERS = """
SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND c.column_name = 'contact_id' AND t.table_type = 'BASE TABLE'
  AND EXISTS (SELECT 1 FROM information_schema.columns w WHERE w.table_schema = c.table_schema
      AND w.table_name = c.table_name AND w.column_name = 'workspace_id')
  AND c.table_name NOT IN ('event', 'consent', 'contact_note', 'list_membership')
  AND c.table_name NOT LIKE 'event\\_%%'
"""


def merge_contacts(
    access: Access, *, keep: Contact, remove: Contact, take: Mapping[str, bool], now: datetime
) -> Contact:
    """`take` names the fields whose value comes from the card that goes; gaps of the kept one are filled anyway.

    Who refused on one of the two cards has refused. Raises Refused when one of them is gone or both are one.
    """
    if keep.pk == remove.pk:
        raise Refused("", _("This is one and the same card."), code="same")
    with transaction.atomic():
        rows = {
            row.pk: row
            for row in Contact.objects.select_for_update()
            .filter(workspace=access.workspace, pk__in=[keep.pk, remove.pk], deleted_at=None)
            .order_by("pk")
        }
        if len(rows) < 2:
            raise Refused("", _("This contact has been deleted."), code="deleted")
        kept, gone = rows[keep.pk], rows[remove.pk]
        name = f"{gone.first_name} {gone.last_name}".strip() or gone.email or gone.mobile
        _take_values(kept, gone, take)
        _join_consents(kept, gone)
        _move_rows(access, kept, gone)
        # The one that goes gives up its addresses first: they are unique among the living.
        Contact.objects.filter(pk=gone.pk).update(deleted_at=now)
        kept.updated_at = now
        kept.save()
        data = {"name": name, "contact_id": gone.pk, "email": gone.email, "mobile": gone.mobile}
        record(access.workspace.pk, NewEvent("contact.merged", kept.pk, now, data, source="staff"))
        access.audit("contact.merged", kept, name, removed=gone.pk)
    return kept


def _take_values(kept: Contact, gone: Contact, take: Mapping[str, bool]) -> None:
    for column in COLUMNS:
        other = getattr(gone, column)
        if other and (take.get(column) or not getattr(kept, column)):
            setattr(kept, column, other)
    for key, value in gone.fields.items():
        if take.get(key) or key not in kept.fields:
            kept.fields[key] = value
    kept.created_at = min(kept.created_at, gone.created_at)
    if gone.active_at and (kept.active_at is None or gone.active_at > kept.active_at):
        kept.active_at = gone.active_at
    if kept.email == gone.email:
        kept.email_bounced_at = gone.email_bounced_at


def _join_consents(kept: Contact, gone: Contact) -> None:
    """A refusal on either card holds; an agreement fills what was not asked."""
    for channel in CHANNELS.values():
        states = {getattr(kept, channel.consent), getattr(gone, channel.consent)}
        joined = next((s for s in ("withdrawn", "granted") if s in states), "")
        setattr(kept, channel.consent, joined)


def _move_rows(access: Access, kept: Contact, gone: Contact) -> None:
    parameters: dict[str, Any] = {
        "workspace": access.workspace.pk, "kept": kept.pk, "gone": gone.pk,
    }  # fmt: skip
    both = [row[0] for row in sql.rows(_MOVE_MEMBERSHIPS, parameters)]
    counters.add(access.workspace.pk, {"contacts": -1} | dict.fromkeys(both, -1))
    for statement in _MOVE:
        sql.execute(statement, parameters)
    quote = connection.ops.quote_name
    for (table,) in sql.rows(_NAMED_BY_OTHERS, ()):
        _move_foreign(quote(table), parameters)


def _move_foreign(table: str, parameters: Mapping[str, Any]) -> None:
    """All at once; row by row would be needed only where both cards have the same unique row, which then stays."""
    try:
        with transaction.atomic():
            sql.execute(
                f"UPDATE {table} SET contact_id = %(kept)s"
                " WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s",
                parameters,
            )
    except IntegrityError:
        for (place,) in sql.rows(
            f"SELECT ctid::text FROM {table} WHERE workspace_id = %(workspace)s AND contact_id = %(gone)s",
            parameters,
        ):
            _move_one(table, place, parameters)


def _move_one(table: str, place: str, parameters: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            sql.execute(
                f"UPDATE {table} SET contact_id = %(kept)s WHERE ctid = %(place)s::tid"
                " AND workspace_id = %(workspace)s",
                {**parameters, "place": place},
            )
    except IntegrityError:
        return  # both have it: the kept card's own stays
