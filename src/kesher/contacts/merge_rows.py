"""The rows of two cards that become one: taken in an order in which nobody waits for anybody, and moved from the second to
the first. What the cards themselves hold is joined in `merge`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from kesher.accounts.models import Workspace
from kesher.events import counters
from kesher.lib import sql
from kesher.lib.deadlocks import tried_again
from kesher.lib.registry import Registry


@dataclass(frozen=True)
class Merges:
    """What a domain above contacts has to say when two cards become one. `lock` takes what its workers take before they
    take a contact's row, over %(workspace)s and %(contacts)s; `before` ends what the kept one would have twice."""

    key: str
    lock: str
    before: Callable[[Workspace, int, int, datetime], None]  # workspace, kept, gone, now


MERGES: Registry[Merges] = Registry("part that merges")

# In the order in which workers take them: what happened, then what they move, and only then the contacts.
_LOCK_INBOX = """
SELECT count(*) FROM (SELECT id FROM inbox WHERE workspace_id = %(workspace)s AND contact_id = ANY(%(contacts)s)
                      ORDER BY id FOR UPDATE) AS waiting
"""


def take_in_order(workspace_id: int, contact_ids: Sequence[int]) -> None:
    """All of these contacts that workers may be about to take, before the contacts themselves; who has them in hand is
    waited for."""
    parameters = {"workspace": workspace_id, "contacts": list(contact_ids)}
    for statement in (_LOCK_INBOX, *(part.lock for part in MERGES)):
        sql.execute(statement, parameters)


def tell_before(workspace: Workspace, kept: int, gone: int, *, now: datetime) -> None:
    for part in MERGES:
        part.before(workspace, kept, gone, now)


@tried_again
@transaction.atomic
def move_late_rows(workspace: Workspace, kept: int, gone: int, *, now: datetime) -> None:
    """What somebody was about to write of the second card while the two became one."""
    with counters.added_together():
        take_in_order(workspace.pk, [kept, gone])
        tell_before(workspace, kept, gone, now=now)
        move_rows(workspace.pk, kept, gone)


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


def move_rows(workspace_id: int, kept: int, gone: int) -> None:
    """All that names the second names the first."""
    parameters = {"workspace": workspace_id, "kept": kept, "gone": gone}
    both = [row[0] for row in sql.rows(_MOVE_MEMBERSHIPS, parameters)]
    counters.add(workspace_id, dict.fromkeys(both, -1))
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
