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


def is_own_site(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address lies on one of these hosts or below it, by https or on this machine."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme != "https" and host not in ("localhost", "127.0.0.1"):
        return False
    return any(host == own or host.endswith(f".{own}") for own in hosts)


def own_hosts(website: str, base_url: str) -> tuple[str, ...]:
    """The hosts that may learn who comes: the business's site and what lies below it, and this installation."""
    site = (urlsplit(website).hostname or "").lower().removeprefix("www.")
    here = (urlsplit(base_url).hostname or "").lower()
    return tuple(host for host in (site, here) if host)


def identified(url: str, token: str) -> str:
    """The address with the token in its query, which is the last thing before the fragment."""
    parts = urlsplit(url)
    query = "&".join(piece for piece in (parts.query, urlencode({PARAMETER: token})) if piece)
    return urlunsplit(parts._replace(query=query))
