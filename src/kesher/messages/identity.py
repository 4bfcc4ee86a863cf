"""Who a visitor is, as an identified link carries it: a sealed name that goes out of date.

It recognises and proves nothing: a mail is forwarded, and with it its links. Whoever wants to see or change a
person's details proves the address first (`proving`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from kesher.lib import sealed

PURPOSE = "identity"
PARAMETER = "k"
USUAL_DAYS = 30
_HOUR = 3600  # the end is kept in hours: nobody needs it finer


@dataclass(frozen=True)
class Identified:
    """Whom a link names. `message_id` is the mail it stood in, 0 when in none."""

    workspace_id: int
    contact_id: int
    message_id: int
    until: datetime


@dataclass(frozen=True)
class Expired:
    """It was one of ours, and its time is over."""

    until: datetime


def identity_token(
    workspace_id: int,
    contact_id: int,
    *,
    now: datetime,
    days: int = USUAL_DAYS,
    message_id: int = 0,
) -> str:
    """A name for a link, of 64 letters, that holds for some days."""
    until = int((now + timedelta(days=days)).timestamp()) // _HOUR
    return sealed.seal(PURPOSE, (workspace_id, contact_id, message_id, until))


def read_identity(token: str, *, now: datetime) -> Identified | Expired | None:
    """None when the token is not one of ours."""
    found = sealed.unseal(PURPOSE, token, 4)
    if found is None:
        return None
    workspace_id, contact_id, message_id, hours = found
    until = datetime.fromtimestamp(hours * _HOUR, UTC)
    if now >= until:
        return Expired(until)
    return Identified(workspace_id, contact_id, message_id, until)


def identified(url: str, token: str) -> str:
    """The address with the token in its query, which is the last thing before the fragment."""
    parts = urlsplit(url)
    query = "&".join(piece for piece in (parts.query, urlencode({PARAMETER: token})) if piece)
    return urlunsplit(parts._replace(query=query))
