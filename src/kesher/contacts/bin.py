"""The bin: contacts deleted in the last thirty days, who did it and when, and taking them out for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kesher.accounts.access import Access
from kesher.contacts.bulk import purge_binned
from kesher.contacts.filtering import Filters, conditions
from kesher.lib import sql

KEPT = timedelta(days=30)
COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class Binned:
    """`by` is the member of staff, "" when it was a program or is not known; then `source` says what it was."""

    id: int
    name: str
    email: str
    mobile: str
    deleted_at: datetime
    by: str
    source: str

    @property
    def until(self) -> datetime:
        return self.deleted_at + KEPT


# Those erased by law are in no bin: nothing of them is left to be restored.
_IN_THE_BIN = "c.workspace_id = %(workspace)s AND c.deleted_at IS NOT NULL AND c.source <> 'erased'"
_PAGE = f"""
SELECT c.id, trim(c.first_name || ' ' || c.last_name), c.email, c.mobile, c.deleted_at,
    coalesce(e.data ->> 'by', ''), coalesce(e.source, '')
FROM (
    SELECT c.* FROM contact c WHERE {_IN_THE_BIN}{{where}}
        AND (%(at)s::timestamptz IS NULL OR (c.deleted_at, c.id) < (%(at)s, %(id)s))
    ORDER BY c.deleted_at DESC, c.id DESC LIMIT %(limit)s
) c LEFT JOIN LATERAL (
    SELECT e.data, e.source FROM event e
    WHERE e.workspace_id = %(workspace)s AND e.kind = 'contact.deleted' AND e.contact_id = c.id
        AND e.at >= c.deleted_at - interval '1 day'
    ORDER BY e.at DESC LIMIT 1
) e ON TRUE
ORDER BY c.deleted_at DESC, c.id DESC
"""


def bin_page(
    workspace_id: int, *, text: str = "", after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Binned]:
    """Deleted contacts, the latest first; `after` is (deleted_at, id) of the last one seen."""
    where, parameters = conditions(text, Filters())
    at, number = after or (None, 0)
    given = parameters | {"workspace": workspace_id, "at": at, "id": number, "limit": limit}
    return [Binned(*row) for row in sql.rows(_PAGE.format(where=where), given)]


def count_binned(workspace_id: int) -> int:
    """How many are in the bin; COUNTED_UP_TO stands for any larger number."""
    counted = f"SELECT count(*) FROM (SELECT 1 FROM contact c WHERE {_IN_THE_BIN} LIMIT %(most)s) s"
    return int(sql.value(counted, {"workspace": workspace_id, "most": COUNTED_UP_TO}))


def erase_binned(access: Access, *, ids: Sequence[int]) -> int:
    """Remove binned contacts for good before their thirty days are over; answers how many."""
    with transaction.atomic():
        count = purge_binned(access.workspace.pk, ids=ids)
        if count:
            access.audit("contact.purged", None, str(count), count=count)
    return count
