"""Forgetting versions that nothing shows any more: those of old tests, of drafts that were frozen and taken back.

What points at a version registers here, as a condition on `v.id`: content knows nothing of those above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.lib import sql
from kesher.lib.registry import Registry

KEPT_FOR = timedelta(days=30)
KEPT_OF_DOCUMENT = 5  # the newest, whatever they were made for
AT_ONCE = 5_000
BATCH = 500


@dataclass(frozen=True)
class VersionUser:
    """`uses`: SQL that is true where the version `v.id` must stay at `%(now)s`."""

    key: str
    uses: str


VERSION_USERS: Registry[VersionUser] = Registry("user of versions")

# Read once for all workspaces, so that what is asked of large tables is asked in one pass over them. Versions of no
# document are those of our own mails and of documents that were deleted: few, and found again by their words.
_UNUSED = """
WITH ranked AS (
    SELECT id, created_at, row_number() OVER (PARTITION BY document_id ORDER BY id DESC) AS place
    FROM document_version WHERE document_id IS NOT NULL
)
SELECT v.id FROM ranked v
WHERE v.created_at < %(before)s AND v.place > %(kept)s
  {unless}
ORDER BY v.id LIMIT %(limit)s
"""
_LINKS = "DELETE FROM tracked_link WHERE version_id = ANY(%s)"
_VERSIONS = "DELETE FROM document_version WHERE id = ANY(%s)"


def sweep_versions(now: datetime) -> int:
    """Forget up to AT_ONCE, in batches; answers how many. Each new sending makes a version anew, so none comes back."""
    found = unused(now)
    for first in range(0, len(found), BATCH):
        _forget(found[first : first + BATCH])
    return len(found)


def unused(now: datetime) -> list[int]:
    unless = "".join(f"AND NOT ({user.uses})\n" for user in VERSION_USERS)
    parameters: dict[str, Any] = {
        "now": now, "before": now - KEPT_FOR, "kept": KEPT_OF_DOCUMENT, "limit": AT_ONCE,
    }  # fmt: skip
    return [row[0] for row in sql.rows(_UNUSED.format(unless=unless), parameters)]


@transaction.atomic
def _forget(versions: Sequence[int]) -> None:
    sql.execute(_LINKS, (list(versions),))
    sql.execute(_VERSIONS, (list(versions),))
