"""Writing one chunk of a blocked list: the addresses are blocked, and people left without another are binned.

The same rule holds at the door of contacts (`statements.BLOCKED`): who has no address but blocked ones does
not come in. So lists of contacts and blocked lists give the same result in any order. Who has another
address that is not blocked stays, and is written to only there.
"""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.contacts.bulk import delete_contacts
from kesher.contacts.imports.batches import Batch
from kesher.contacts.imports.writing import Tally
from kesher.contacts.models import Import
from kesher.contacts.suppression import address_hash_sql
from kesher.lib import sql

# A blocked list outweighs the softer reasons (unsubscribed, bounced); erasure outweighs all.
_BLOCK = f"""
INSERT INTO suppression (workspace_id, channel, address_hash, address, reason, source, created_at)
SELECT DISTINCT %(workspace)s, %(channel)s, {address_hash_sql("given.address")}, address, 'blocked', %(source)s,
    %(now)s::timestamptz
FROM unnest(%(addresses)s::text[]) AS given(address) ORDER BY 3
ON CONFLICT (workspace_id, channel, address_hash) DO UPDATE SET reason = 'blocked', source = excluded.source
    WHERE suppression.reason NOT IN ('blocked', 'erased')
RETURNING address
"""
_HASH = address_hash_sql("c.{column}")
_IS_BLOCKED = (
    "(c.{column} = '' OR EXISTS (SELECT 1 FROM suppression s WHERE s.workspace_id = %(workspace)s"
    " AND s.channel = '{channel}' AND s.reason IN ('blocked', 'erased') AND s.address_hash = "
    + _HASH
    + "))"
)
_WITHOUT_ADDRESS = f"""
SELECT c.id FROM contact c
WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL
    AND ((c.email <> '' AND c.email = ANY(%(emails)s)) OR (c.mobile <> '' AND c.mobile = ANY(%(mobiles)s)))
    AND {_IS_BLOCKED.format(column="email", channel="email")}
    AND {_IS_BLOCKED.format(column="mobile", channel="sms")}
ORDER BY c.id
"""
CHANNELS_OF = {"email": ("email",), "mobile": ("sms", "whatsapp")}


class BlockWriter:
    """Writes chunks of a blocked list. A row counts as created when one of its addresses was not blocked yet."""

    def __init__(self, workspace: Workspace, row: Import) -> None:
        self._workspace, self._import = workspace, row

    def write(self, batch: Batch, now: datetime) -> Tally:
        emails = sorted({p.values[1] for p in batch.people if p.values[1]})
        mobiles = sorted({p.values[2] for p in batch.people if p.values[2]})
        new = self._block("email", emails, now) | self._block("mobile", mobiles, now)
        parameters = self._parameters(now) | {"emails": emails, "mobiles": mobiles}
        gone = [number for (number,) in sql.rows(_WITHOUT_ADDRESS, parameters)]
        if gone:
            access = Access(self._workspace, "editor", user=self._import.created_by)
            delete_contacts(access, ids=gone, now=now, source=f"import:{self._import.pk}")
        tally = Tally()
        for person in batch.people:
            addresses = {value for value in person.values[1:3] if value}
            tally.created += bool(addresses & new)
            new -= addresses
        tally.unchanged = len(batch.people) - tally.created
        return tally

    def _block(self, kind: str, addresses: list[str], now: datetime) -> set[str]:
        if not addresses:
            return set()
        new: set[str] = set()
        for channel in CHANNELS_OF[kind]:
            parameters = self._parameters(now) | {"channel": channel, "addresses": addresses}
            new |= {address for (address,) in sql.rows(_BLOCK, parameters)}
        return new

    def _parameters(self, now: datetime) -> dict[str, object]:
        return {
            "workspace": self._workspace.pk,
            "salt": self._workspace.address_salt,
            "now": now,
            "source": f"import:{self._import.pk}",
        }
