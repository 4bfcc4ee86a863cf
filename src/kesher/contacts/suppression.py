"""Addresses never written to again, by channel. Kept as salted hashes, so that they outlive the contact.

The salt is the workspace's: two workspaces cannot compare their lists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.contacts.channels import CHANNELS
from kesher.contacts.models import Suppression
from kesher.lib import sql
from kesher.lib.addresses import normalise_email, normalise_phone


# Over a column or alias `address`, normalised; parameter `salt`. Equal to `address_hash` in Python.
def address_hash_sql(column: str) -> str:
    """The hash of an address in SQL; %(salt)s is the workspace's.

    `column` is always qualified: inside a subquery over `suppression` a bare name would mean its own column.
    """
    return f"sha256(convert_to(%(salt)s || {column}, 'UTF8'))"


def address_hash(salt: str, address: str) -> bytes:
    return hashlib.sha256((salt + address).encode()).digest()


def normalise(channel: str, text: str, country: str = "IL") -> str | None:
    """An address as this channel compares it, or None when it is not one."""
    if CHANNELS[channel].address == "email":
        return normalise_email(text)
    phone = normalise_phone(text, country)
    return phone.number if phone else None


_SUPPRESS = f"""
INSERT INTO suppression (workspace_id, channel, address_hash, address, reason, source, created_at)
SELECT DISTINCT %(workspace)s, %(channel)s, {address_hash_sql("given.address")},
       CASE WHEN %(keep)s THEN address ELSE '' END, %(reason)s, %(source)s, %(now)s::timestamptz
FROM unnest(%(addresses)s::text[]) AS given(address) ORDER BY 3
ON CONFLICT (workspace_id, channel, address_hash) DO NOTHING
"""
_UNSUPPRESS = f"""
DELETE FROM suppression s USING (SELECT {address_hash_sql("given.address")} AS hash
    FROM unnest(%(addresses)s::text[]) AS given(address)) g
WHERE s.workspace_id = %(workspace)s AND s.channel = %(channel)s AND s.address_hash = g.hash
"""


@dataclass(frozen=True)
class Suppressed:
    """`new` were not blocked before; `bad` are those that are no address."""

    new: int
    known: int
    bad: tuple[str, ...]


def suppress(
    workspace: Workspace,
    *,
    channel: str,
    addresses: Iterable[str],
    reason: str,
    now: datetime,
    source: str = "",
) -> Suppressed:
    """Never write to these again on this channel. The first reason stays. Harmless when repeated."""
    good, bad = _sort_out(workspace, channel, addresses)
    if not good:
        return Suppressed(0, 0, bad)
    parameters = {
        "workspace": workspace.pk,
        "salt": workspace.address_salt,
        "channel": channel,
        "addresses": good,
        "reason": str(Suppression.Reason(reason)),
        "keep": reason != Suppression.Reason.ERASED,
        "source": source,
        "now": now,
    }
    new = sql.execute(_SUPPRESS, parameters)
    return Suppressed(new, len(good) - new, bad)


def unsuppress(workspace: Workspace, *, channel: str, addresses: Iterable[str]) -> int:
    """Allow writing to these again; answers how many were blocked."""
    good, _bad = _sort_out(workspace, channel, addresses)
    parameters = {
        "workspace": workspace.pk,
        "salt": workspace.address_salt,
        "channel": channel,
        "addresses": good,
    }
    with transaction.atomic():
        return sql.execute(_UNSUPPRESS, parameters) if good else 0


def _sort_out(
    workspace: Workspace, channel: str, addresses: Iterable[str]
) -> tuple[list[str], tuple[str, ...]]:
    good, bad = set(), []
    for text in addresses:
        address = normalise(channel, text, workspace.country)
        if address:
            good.add(address)
        else:
            bad.append(text)
    return sorted(good), tuple(bad)


def is_suppressed(workspace: Workspace, channel: str, address: str) -> bool:
    """Whether this normalised address is blocked on this channel."""
    return reason_for(workspace, channel, address) is not None


def reason_for(workspace: Workspace, channel: str, address: str) -> str | None:
    """Why a normalised address is blocked on this channel, or None when it is not."""
    found: str | None = sql.value(
        "SELECT reason FROM suppression"
        " WHERE workspace_id = %s AND channel = %s AND address_hash = %s",
        (workspace.pk, channel, address_hash(workspace.address_salt, address)),
    )
    return found
