"""Results of sending, written in sets: status, times, address, events and counters in one transaction."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kesher.channels.outgoing import Accepted, Delivered, InDoubt, Outcome, Rejected
from kesher.content.models import Version
from kesher.events import counters
from kesher.events.log import record_each
from kesher.lib import sql
from kesher.messages.receipts import record_bounce, record_delivered
from kesher.messages.sources import group_of, told_of

# After the n-th failure that may pass, wait so long; after the last, give up.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 300, 1800, 7200, 21_600, 43_200))
# RFC 3463 §3.2: the address is bad, moved, or its mailbox is disabled. 5.7.x is about us, not about the address.
_UNKNOWN_STATUS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
_UNKNOWN_WORDS = re.compile(
    r"(user|recipient|mailbox|address|account)s?\b.{0,40}\b(unknown|not found|does ?n[o']t exist|invalid|disabled)"
    r"|(no such|unknown|invalid) (user|recipient|mailbox|address|local part)",
    re.IGNORECASE,
)


Kind = tuple[int, str, str, str, str, str]  # version, source, source id, status, reason, channel
Size = tuple[int, int] | None  # parts and billed units of a text; None for mail


@dataclass(slots=True)
class Result:
    """What becomes of one message in hand. `due_at` is set when it is to be tried again.

    `is_told`: of one that was sent, that it is with its reader is known at once; else a receipt tells, or nothing.
    """

    message_id: int
    status: str
    at: datetime
    address: str = ""
    reason: str = ""
    reason_data: dict[str, Any] | None = None
    due_at: datetime | None = None
    failed_tries: int = 0
    bounce: str = ""
    size: Size = None
    is_told: bool = True


def is_address_unknown(outcome: Rejected) -> bool:
    """Whether the server says that this address will never take mail, and not that it dislikes the mail or us."""
    if not outcome.permanent:
        return False
    if outcome.enhanced:
        return outcome.enhanced in _UNKNOWN_STATUS
    return outcome.code in (550, 551, 553) and bool(_UNKNOWN_WORDS.search(outcome.text))


def result_of(
    outcome: Outcome, *, address: str, attempts: int, at: datetime, size: Size = None
) -> Result:
    """Decide what an outcome means. `attempts` is how often it failed before."""
    match outcome:
        case Delivered(message_id):
            return Result(message_id, "sent", at, address, size=size)
        case Accepted(message_id):
            return Result(message_id, "sent", at, address, size=size, is_told=False)
        case InDoubt(message_id, text):
            return _again(message_id, "unknown", "no_answer", text, 0, address, attempts, at)
        case Rejected(message_id, permanent, code, text):
            said = {"code": code, "text": text}
            if outcome.is_account_problem:
                return Result(message_id, "queued", at, due_at=at + BACKOFF[2])
            if is_address_unknown(outcome):
                return Result(
                    message_id, "failed", at, address, "address_unknown", said, bounce=text
                )
            if permanent:
                return Result(message_id, "failed", at, address, "provider_refused", said)
            return _again(message_id, "failed", "kept_deferring", text, code, address, attempts, at)


def _again(
    message_id: int,
    end: str,
    reason: str,
    text: str,
    code: int,
    address: str,
    attempts: int,
    at: datetime,
) -> Result:
    said = {"code": code, "text": text}
    if attempts >= len(BACKOFF):
        return Result(message_id, end, at, address, reason, said)
    later = at + BACKOFF[attempts]
    return Result(message_id, "queued", at, address, "", said, due_at=later, failed_tries=1)


_WRITE = """
UPDATE message m SET status = r.status, reason = r.reason, reason_data = r.said,
       address = CASE WHEN r.address = '' THEN m.address ELSE r.address END,
       due_at = coalesce(r.due_at, m.due_at), attempts = m.attempts + r.tries, claimed_until = NULL
FROM jsonb_to_recordset(%(results)s::jsonb) AS r(
    id bigint, status text, reason text, said jsonb, address text, at timestamptz, due_at timestamptz, tries smallint)
WHERE m.workspace_id = %(workspace)s AND m.id = r.id AND m.status = 'sending'
RETURNING m.id, m.contact_id, m.version_id, m.source, m.source_id, m.status, m.reason, m.channel
"""


# The ordinary end, with nothing in it but times. A mail is delivered until it bounces; a text when a receipt says so.
_WRITE_SENT = """
UPDATE message m SET status = 'sent', reason = '', reason_data = NULL, address = r.address, sent_at = r.at,
       delivered_at = CASE WHEN m.channel = 'email' AND r.told THEN coalesce(m.delivered_at, r.at) ELSE m.delivered_at END,
       claimed_until = NULL
FROM unnest(%(ids)s::bigint[], %(ats)s::timestamptz[], %(addresses)s::text[], %(told)s::bool[]) AS r(id, at, address, told)
WHERE m.workspace_id = %(workspace)s AND m.id = r.id AND m.status = 'sending'
RETURNING m.id, m.contact_id, m.version_id, m.source, m.source_id, m.status, m.reason, m.channel
"""


@transaction.atomic(savepoint=False)
def write_results(workspace_id: int, results: Sequence[Result]) -> int:
    """Make them durable. A message no longer in our hands is left alone; answers how many were written."""
    by_id = {r.message_id: r for r in results}
    sent = [r for r in results if r.status == "sent"]
    written = _write_sent(workspace_id, sent) if sent else []
    if len(sent) < len(results):
        written += _write_others(workspace_id, [r for r in results if r.status != "sent"])
    kinds: dict[Kind, list[tuple[int, int | None]]] = {}
    for message_id, contact_id, *kind in written:
        kinds.setdefault(tuple(kind), []).append((message_id, contact_id))
    _tell(workspace_id, kinds, by_id)
    counts = _counts(kinds, by_id)
    if measured := [r for r in sent if r.size]:
        counts += _write_sizes(workspace_id, measured, written)
    counters.add(workspace_id, counts)
    _arrive(kinds, by_id)
    for message_id, *_rest in written:
        if bounce := by_id[message_id].bounce:
            record_bounce(message_id, now=by_id[message_id].at, hard=True, text=bounce)
    return len(written)


def _write_sent(workspace_id: int, sent: Sequence[Result]) -> list[tuple[Any, ...]]:
    parameters = {
        "workspace": workspace_id,
        "ids": sql.numbers(result.message_id for result in sent),
        "ats": sql.moments(result.at for result in sent),
        "addresses": sql.texts(result.address for result in sent),
        "told": [result.is_told for result in sent],
    }
    return sql.rows(_WRITE_SENT, parameters)


_WRITE_SIZES = """
UPDATE message m SET parts = r.parts, units = r.units
FROM unnest(%(ids)s::bigint[], %(parts)s::int[], %(units)s::int[]) AS r(id, parts, units)
WHERE m.workspace_id = %(workspace)s AND m.id = r.id
"""


def _write_sizes(
    workspace_id: int, measured: Sequence[Result], written: Sequence[tuple[Any, ...]]
) -> Counter[str]:
    """Keep the sizes of texts that were sent; answers the units by source, to be counted."""
    sources = {row[0]: f"{row[3]}.{row[4]}" for row in written if row[3] != "test"}
    ids = {row[0] for row in written}
    sizes = {r.message_id: r.size for r in measured if r.size and r.message_id in ids}
    parameters = {
        "workspace": workspace_id,
        "ids": list(sizes),
        "parts": [parts for parts, _units in sizes.values()],
        "units": [units for _parts, units in sizes.values()],
    }
    sql.execute(_WRITE_SIZES, parameters)
    deltas: Counter[str] = Counter()
    for message_id, (_parts, units) in sizes.items():
        if message_id in sources:
            deltas[f"{sources[message_id]}.units"] += units
    return deltas


def _write_others(workspace_id: int, results: Sequence[Result]) -> list[tuple[Any, ...]]:
    rows = json.dumps([_row(result) for result in results])
    return sql.rows(_WRITE, {"workspace": workspace_id, "results": rows})


def _row(result: Result) -> dict[str, Any]:
    return {
        "id": result.message_id,
        "status": result.status,
        "reason": result.reason,
        "said": result.reason_data,
        "address": result.address,
        "at": result.at.isoformat(),
        "due_at": result.due_at.isoformat() if result.due_at else None,
        "tries": result.failed_tries,
    }


_TOLD = {"sent": "message.sent", "refused": "message.refused"}


def _tell(
    workspace_id: int, kinds: Mapping[Kind, list[tuple[int, int | None]]], by_id: dict[int, Result]
) -> None:
    """An event for each that was sent or refused."""
    subjects = subjects_of({version_id for version_id, *_rest in kinds})
    given: dict[tuple[str, str], dict[str, list[tuple[int, int]]]] = {}
    for (version_id, source, source_id, status, reason, _channel), people in kinds.items():
        found = [(number, contact) for number, contact in people if contact is not None]
        if status not in _TOLD or not found:
            continue
        data = {"version_id": version_id, **told_of(source, source_id)}
        data["subject"] = subjects.get(version_id, "")
        data |= {"reason": reason} if reason else {}
        given.setdefault((_TOLD[status], source), {})[json.dumps(data)] = found
    for (kind, source), alike in given.items():
        # What all share is sent once; where several differ (a journey's), each carries all of its own.
        common = next(iter(alike)) if len(alike) == 1 else "{}"
        entries = [
            (contact, by_id[number].at, _data(number, data if data is not common else "{}"))
            for data, people in alike.items()
            for number, contact in people
        ]
        record_each(workspace_id, kind=kind, source=source, given=entries, common=common)


def _data(message_id: int, rest: str) -> str:
    return f'{{"message_id": {message_id}' + ("}" if rest == "{}" else f", {rest[1:]}")


def _arrive(
    kinds: Mapping[Kind, list[tuple[int, int | None]]], by_id: Mapping[int, Result]
) -> None:
    """Texts of which the answer itself says that they are with their reader: as if a receipt had come."""
    told = [
        number
        for (*_about, status, _reason, channel), people in kinds.items()
        if status == "sent" and channel != "email"
        for number, _contact in people
        if by_id[number].is_told
    ]
    if told:
        record_delivered(told, now=max(by_id[number].at for number in told))


def _counts(
    kinds: Mapping[Kind, list[tuple[int, int | None]]], by_id: Mapping[int, Result]
) -> Counter[str]:
    deltas: Counter[str] = Counter()
    for (_version, source, source_id, status, _reason, channel), people in kinds.items():
        if source == "test" or status in ("queued", "held"):
            continue
        group = group_of(source, source_id)
        deltas[f"{source}.{group}.{status}"] += len(people)
        if status == "sent" and channel == "email":
            told = sum(by_id[number].is_told for number, _contact in people)
            deltas[f"{source}.{group}.delivered"] += told
    return deltas


_subjects: dict[int, str] = {}


def subjects_of(version_ids: set[int]) -> dict[int, str]:
    """Versions never change, so their subjects are remembered (a few thousand of them)."""
    if missing := version_ids - _subjects.keys():
        if len(_subjects) > 5_000:
            _subjects.clear()
        _subjects.update(Version.objects.filter(pk__in=missing).values_list("pk", "subject"))
    return {number: _subjects[number] for number in version_ids if number in _subjects}
