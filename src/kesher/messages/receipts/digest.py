"""From hits to facts: message times, receipts, events, counters. In sets, in one transaction.

A hit waits SETTLE before it is judged, so that a scanner's burst is seen whole. A batch costs four
statements and six more for each workspace in it, however many hits it holds.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.events import counters
from kesher.events.log import NewEvent, record_many
from kesher.lib import sql
from kesher.messages.receipts import deeds
from kesher.messages.receipts import hits as raw
from kesher.messages.receipts.agents import device_of
from kesher.messages.receipts.classify import (
    SETTLE,
    SWEEP,
    Click,
    Clicks,
    Verdict,
    clicks_of,
    judge,
)
from kesher.messages.receipts.deeds import SmartBlock
from kesher.messages.receipts.hits import CLICK, Hit
from kesher.messages.receipts.unsubscribing import unsubscribe
from kesher.messages.sources import group_of, told_of

BATCH = 5_000
TEST = "test"  # the source of test messages: nobody's life is moved by what staff do with them


def digest_hits(now: datetime, limit: int = BATCH) -> int:
    """Digest up to `limit` hits that have settled by `now`; answers how many. 0 means that none is ready.

    Any number may run at once. One that dies leaves its hits for the next.
    """
    return _digest_unsubscribes(now, limit) + _digest_settled(now - SETTLE, limit)


def _digest_unsubscribes(now: datetime, limit: int) -> int:
    """A wish to get no more mail does not settle: it holds at once, whoever passed it on (RFC 8058)."""
    with transaction.atomic():
        taken = raw.take_unsubscribes(limit)
        for hit in taken:
            unsubscribe(
                hit.message_id,
                now=hit.at,
                by="one_click",
                evidence={"ip": hit.ip, "agent": hit.agent},
            )
    return len(taken)


@transaction.atomic
def _digest_settled(settled: datetime, limit: int) -> int:
    taken = raw.take_settled(settled, limit)
    if not taken:
        return 0
    messages = _lock_messages({hit.message_id for hit in taken})
    versions = _versions({message.version_id for message in messages.values()})
    clicked = sorted({hit.message_id for hit in taken if hit.kind == CLICK})
    waiting = raw.waiting_clicks(settled, settled + SWEEP, clicked) if clicked else []
    for workspace_id, hits in _by_workspace(taken, messages).items():
        own = {hit.message_id: messages[hit.message_id] for hit in hits}
        _digest_workspace(workspace_id, hits, own, versions, waiting)
    return len(taken)


@dataclass(slots=True)
class _Message:
    id: int
    workspace_id: int
    contact_id: int | None
    version_id: int
    source: str
    source_id: str
    sent_at: datetime | None
    opened_at: datetime | None
    machine_opened_at: datetime | None
    clicked_at: datetime | None
    human_links: set[int | None] = field(default_factory=set)
    machine_links: set[int | None] = field(default_factory=set)
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class _Version:
    subject: str
    links: Mapping[int, tuple[str, str]]  # number -> (address, label)
    smart: Mapping[int, SmartBlock]  # number -> what a click on it does, of those that do something


# Locked in the order of ids, so that two digests cannot wait for each other in a ring.
_LOCK_MESSAGES = """
SELECT id, workspace_id, contact_id, version_id, source, source_id, sent_at, opened_at, machine_opened_at, clicked_at
FROM message WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""

_VERSIONS = """
SELECT v.id, v.subject, l.number, l.url, l.label, l.block_id, l.smart::text
FROM document_version v LEFT JOIN tracked_link l ON l.version_id = v.id WHERE v.id = ANY(%s)
"""

# Which links of these messages were clicked before, when last, and whether ever by a person and by a machine.
_EARLIER_CLICKS = """
SELECT message_id, link_number, max(at), bool_or(NOT is_machine), bool_or(is_machine) FROM receipt
WHERE workspace_id = %s AND message_id = ANY(%s) AND kind = 'click' GROUP BY message_id, link_number
"""

_SET_TIMES = """
UPDATE message SET opened_at = d.opened, machine_opened_at = d.machine_opened, clicked_at = d.clicked
FROM unnest(%(ids)s::bigint[], %(opened)s::timestamptz[], %(machine)s::timestamptz[], %(clicked)s::timestamptz[])
     AS d(id, opened, machine_opened, clicked)
WHERE message.id = d.id AND message.workspace_id = %(workspace)s
"""

# SKIP LOCKED: a card being saved is not waited for; the next sign of life moves it.
_SET_ACTIVE = """
UPDATE contact SET active_at = d.at
FROM (SELECT c.id, g.at FROM contact c JOIN unnest(%(ids)s::bigint[], %(times)s::timestamptz[]) AS g(id, at) ON g.id = c.id
      WHERE c.workspace_id = %(workspace)s AND (c.active_at IS NULL OR c.active_at < g.at)
      ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED) d
WHERE contact.id = d.id AND contact.workspace_id = %(workspace)s
"""

_RECEIPT_COLUMNS = (
    "workspace_id", "message_id", "version_id", "source", "source_id", "contact_id", "kind", "link_number",
    "is_machine", "machine_reason", "device", "at",
)  # fmt: skip


def _lock_messages(ids: Iterable[int]) -> dict[int, _Message]:
    """The messages by id; one that is gone is missing."""
    return {row[0]: _Message(*row) for row in sql.rows(_LOCK_MESSAGES, (sorted(ids),))}


def _versions(ids: Iterable[int]) -> dict[int, _Version]:
    subjects: dict[int, str] = {}
    links: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    smart: dict[int, dict[int, SmartBlock]] = defaultdict(dict)
    for version_id, subject, number, url, label, block, acts in sql.rows(_VERSIONS, (sorted(ids),)):
        subjects[version_id] = subject
        if number is not None:
            links[version_id][number] = (url, label)
        if acts is not None:
            smart[version_id][number] = SmartBlock(block, label, json.loads(acts))
    return {key: _Version(subject, links[key], smart[key]) for key, subject in subjects.items()}


def _by_workspace(taken: list[Hit], messages: Mapping[int, _Message]) -> dict[int, list[Hit]]:
    groups: dict[int, list[Hit]] = defaultdict(list)
    for hit in taken:
        if message := messages.get(hit.message_id):
            groups[message.workspace_id].append(hit)
    return dict(sorted(groups.items()))


def _digest_workspace(
    workspace_id: int,
    hits: list[Hit],
    messages: dict[int, _Message],
    versions: Mapping[int, _Version],
    waiting: Sequence[Hit],
) -> None:
    near = _near(workspace_id, hits, messages, waiting)
    patterns = {
        message_id: Clicks(clicks, len(_links(versions, messages[message_id])))
        for message_id, clicks in near.items()
        if len(clicks) > 1
    }
    visitors = {message_id: clicks.by_visitor() for message_id, clicks in patterns.items()}
    told = _Told(versions)
    for hit in hits:
        message = messages[hit.message_id]
        verdict = judge(
            hit,
            sent_at=message.sent_at,
            clicks=patterns.get(hit.message_id),
            own_clicks=visitors.get(hit.message_id, {}).get((hit.ip, hit.agent)),
        )
        told.tell(hit, message, verdict)
    told.write(workspace_id, messages)


def _links(versions: Mapping[int, _Version], message: _Message) -> Mapping[int, tuple[str, str]]:
    version = versions.get(message.version_id)
    return version.links if version else {}


def _near(
    workspace_id: int,
    hits: list[Hit],
    messages: dict[int, _Message],
    waiting: Sequence[Hit],
) -> dict[int, list[Click]]:
    """Per message the clicks to judge by: those of this batch, those still settling, those told before."""
    near: dict[int, list[Click]] = defaultdict(list)
    for hit in (*hits, *waiting):
        if hit.kind == CLICK and hit.message_id in messages:
            near[hit.message_id] += clicks_of([hit])
    if near:
        for message_id, number, at, by_human, by_machine in sql.rows(
            _EARLIER_CLICKS, (workspace_id, sorted(near))
        ):
            near[message_id].append(Click(at, number))
            if by_human:
                messages[message_id].human_links.add(number)
            if by_machine:
                messages[message_id].machine_links.add(number)
    return near


class _Told:
    """What a batch tells of one workspace, gathered in memory and then written in sets."""

    def __init__(self, versions: Mapping[int, _Version]) -> None:
        self._versions = versions
        self._receipts: list[tuple[Any, ...]] = []
        self._events: list[NewEvent] = []
        self._smart: list[deeds.Click] = []
        self._counts: Counter[str] = Counter()
        self._active: dict[int, datetime] = {}

    def tell(self, hit: Hit, message: _Message, verdict: Verdict) -> None:
        self._receipts.append(
            (
                message.workspace_id,
                message.id,
                message.version_id,
                message.source,
                message.source_id,
                message.contact_id,
                hit.kind,
                hit.link_number,
                verdict.is_machine,
                verdict.reason,
                device_of(hit.agent),
                hit.at,
            )
        )
        if verdict.is_machine:
            self._by_machine(hit, message, verdict.reason)
        else:
            self._by_human(hit, message, verdict.reason)

    def _by_machine(self, hit: Hit, message: _Message, reason: str) -> None:
        """One event for a machine's first open, and one for each link that machines followed: enough for "by any"."""
        if hit.kind == CLICK:
            if hit.link_number not in message.machine_links:
                message.machine_links.add(hit.link_number)
                self._clicked_event(hit, message, machine=reason)
        elif message.machine_opened_at is None:
            message.machine_opened_at, message.is_changed = hit.at, True
            self._count(message, "machine_opened")
            self._event("message.opened", hit, message, machine=reason)

    def _by_human(self, hit: Hit, message: _Message, reason: str) -> None:
        if message.opened_at is None:  # a click counts as an open, also where no picture was loaded
            message.opened_at, message.is_changed = hit.at, True
            self._count(message, "opened")
            how = {"by_click": True} if hit.kind == CLICK else {"seen": reason} if reason else {}
            self._event("message.opened", hit, message, **how)
        self._count(message, "clicks" if hit.kind == CLICK else "opens")
        if hit.kind == CLICK:
            self._click(hit, message)
        if message.contact_id is not None and message.source != TEST:
            known = self._active.get(message.contact_id)
            self._active[message.contact_id] = max(known, hit.at) if known else hit.at

    def _click(self, hit: Hit, message: _Message) -> None:
        if message.clicked_at is None:
            message.clicked_at, message.is_changed = hit.at, True
            self._count(message, "clicked")
        self._do_smart(hit, message)
        if hit.link_number not in message.human_links:
            message.human_links.add(hit.link_number)
            self._clicked_event(hit, message)

    def _clicked_event(self, hit: Hit, message: _Message, **data: Any) -> None:
        number = hit.link_number if hit.link_number is not None else -1
        url, label = _links(self._versions, message).get(number, ("", ""))
        self._event(
            "message.clicked", hit, message, url=url, label=label, link=hit.link_number, **data
        )

    def _do_smart(self, hit: Hit, message: _Message) -> None:
        version = self._versions.get(message.version_id)
        block = version.smart.get(hit.link_number or 0) if version else None
        if block is None or message.contact_id is None or message.source == TEST:
            return
        group = group_of(message.source, message.source_id)
        self._smart.append(
            deeds.Click(message.id, message.contact_id, message.source, group, hit.at, block)
        )

    def _count(self, message: _Message, name: str) -> None:
        if message.source != TEST:
            group = group_of(message.source, message.source_id)
            self._counts[f"{message.source}.{group}.{name}"] += 1

    def _event(self, kind: str, hit: Hit, message: _Message, **data: Any) -> None:
        if message.contact_id is None or message.source == TEST:
            return
        version = self._versions.get(message.version_id)
        data = {
            "message_id": message.id,
            "version_id": message.version_id,
            **told_of(message.source, message.source_id),
            "subject": version.subject if version else "",
            **data,
        }
        self._events.append(NewEvent(kind, message.contact_id, hit.at, data, source=message.source))

    def write(self, workspace_id: int, messages: Mapping[int, _Message]) -> None:
        """The deeds come first: who hears of a click sees what it changed."""
        deeds.do_deeds(workspace_id, self._smart)
        sql.copy_in("receipt", _RECEIPT_COLUMNS, self._receipts)
        if changed := [message for message in messages.values() if message.is_changed]:
            sql.execute(
                _SET_TIMES,
                {
                    "workspace": workspace_id,
                    "ids": [message.id for message in changed],
                    "opened": [message.opened_at for message in changed],
                    "machine": [message.machine_opened_at for message in changed],
                    "clicked": [message.clicked_at for message in changed],
                },
            )
        if self._active:
            sql.execute(
                _SET_ACTIVE,
                {
                    "workspace": workspace_id,
                    "ids": list(self._active),
                    "times": list(self._active.values()),
                },
            )
        record_many(workspace_id, self._events)
        counters.add(workspace_id, self._counts)
