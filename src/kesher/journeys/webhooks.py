"""Calls out of journeys: taken from the outbox, signed by Standard Webhooks, tried again for a day and a half.

The host is resolved once and that very address is called, so that a name cannot lead into the network of this
machine between the check and the call. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction

from kesher.events.log import NewEvent, record_many
from kesher.lib import sql

log = structlog.get_logger(__name__)

AT_ONCE = 24
THREADS = 8
TIMEOUT_SECONDS = 10.0
LEASE = timedelta(seconds=90)
LONGEST_ANSWER = 20_000
# After the n-th failure wait so long; after the last, give up.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 28_800, 86_400))


@dataclass(frozen=True)
class Call:
    """A delivery in hand."""

    id: int
    workspace_id: int
    contact_id: int
    url: str
    body: str
    attempts: int
    secret: str


@dataclass(frozen=True)
class Answered:
    """`status` is None when nobody answered; `text` is the answer, or why there is none."""

    status: int | None
    text: str

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Taken, or gone for good (410, Standard Webhooks): no use in trying again."""
        return self.is_good or self.status == 410


_CLAIM = """
WITH due AS (
    SELECT id FROM webhook_delivery WHERE state = 'waiting' AND next_at <= %(now)s
    ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE webhook_delivery d SET next_at = %(lease)s FROM due, journey j
WHERE d.id = due.id AND j.id = d.journey_id AND j.workspace_id = d.workspace_id
RETURNING d.id, d.workspace_id, d.contact_id, d.url, d.body, d.attempts, j.webhook_secret
"""


def deliver(now: datetime, *, limit: int = AT_ONCE) -> int:
    """Make up to `limit` calls that are due; answers how many were made."""
    calls = [
        Call(*row) for row in sql.rows(_CLAIM, {"now": now, "limit": limit, "lease": now + LEASE})
    ]
    if not calls:
        return 0
    with ThreadPoolExecutor(max_workers=min(THREADS, len(calls))) as pool:
        answers = list(pool.map(lambda call: make_call(call, now), calls))
    write(list(zip(calls, answers, strict=True)), now=now)
    return len(calls)


def headers_of(call: Call, now: datetime) -> dict[str, str]:
    """The id stays the same when it is tried again, so that the other side can tell."""
    from standardwebhooks import Webhook  # here, because few call out: see tests/platform

    number = f"msg_kesher_{call.id}"
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Kesher/1",
        "webhook-id": number,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(call.secret).sign(number, now, call.body),
    }


def make_call(call: Call, now: datetime) -> Answered:
    import httpx  # here, because few call out, and it costs every worker 9 MB

    parts = urlsplit(call.url)
    host = parts.hostname or ""
    try:
        address = address_of(host, parts.port or (443 if parts.scheme == "https" else 80))
    except Refused as error:
        return Answered(None, str(error))
    port = f":{parts.port}" if parts.port else ""
    shown = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=f"{shown}{port}").geturl()
    try:
        with httpx.Client(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
        ) as client:
            answer = client.post(
                target,
                content=call.body.encode(),
                headers={**headers_of(call, now), "Host": f"{host}{port}"},
                extensions={"sni_hostname": host},
            )
    except httpx.HTTPError as error:
        return Answered(None, f"{type(error).__name__}: {error}"[:500])
    return Answered(answer.status_code, answer.text[:LONGEST_ANSWER])


class Refused(Exception):
    """This host is not called; the text says why."""


def address_of(host: str, port: int) -> str:
    """The address to call. Raises Refused for one inside this network, unless the operator allows them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(f"{host}: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        known = ipaddress.ip_address(address.partition("%")[0])
        if not known.is_global and not settings.WEBHOOKS_INSIDE:
            raise Refused(f"{host} is inside this network ({address})")
    return addresses[0]


_WRITE = """
UPDATE webhook_delivery d SET state = r.state, attempts = d.attempts + 1, next_at = r.next_at, status = r.status,
       answer = r.answer, done_at = CASE WHEN r.state = 'waiting' THEN NULL ELSE %(now)s::timestamptz END
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(nexts)s::timestamptz[], %(statuses)s::int[], %(answers)s::text[])
     AS r(id, state, next_at, status, answer)
WHERE d.id = r.id AND d.state = 'waiting'
RETURNING d.id, d.workspace_id, d.contact_id, d.state, d.status
"""


@transaction.atomic
def write(done: Sequence[tuple[Call, Answered]], *, now: datetime) -> None:
    """What became of the calls; an event for each that is over, for runs that wait for the answer."""
    states, nexts = [], []
    for call, answer in done:
        again = (
            None
            if answer.is_final or call.attempts >= len(BACKOFF)
            else now + BACKOFF[call.attempts]
        )
        states.append("waiting" if again else "done" if answer.is_good else "failed")
        nexts.append(again)
    rows = sql.rows(
        _WRITE,
        {
            "now": now,
            "ids": [call.id for call, _answer in done],
            "states": states,
            "nexts": nexts,
            "statuses": [answer.status for _call, answer in done],
            "answers": [answer.text.replace("\x00", "") for _call, answer in done],
        },
    )
    events: dict[int, list[NewEvent]] = {}
    for _id, workspace_id, contact_id, state, status in rows:
        if state != "waiting":
            event = NewEvent("webhook.answered", contact_id, now, {"status": status}, "journey")
            events.setdefault(workspace_id, []).append(event)
    for workspace_id, given in events.items():
        record_many(workspace_id, given)


def forget(before: datetime) -> int:
    """Delete calls that were over by then; answers how many."""
    return sql.execute(
        "DELETE FROM webhook_delivery WHERE state <> 'waiting' AND done_at < %s", (before,)
    )
