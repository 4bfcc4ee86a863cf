"""Where a rehearsal's messages go: claimed, asked of and written by the real code, measured, and let fall.

No account is opened, nothing is noted in the sender's journal or the local mailbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kesher.accounts.models import Workspace
from kesher.channels.accounts import default_account, plain_settings, provider_of
from kesher.channels.email.headers import BadAddress, plain_address
from kesher.journeys.rehearsal.keeping import Kept
from kesher.lib import sql
from kesher.messages import claims
from kesher.messages.claims import Claimed
from kesher.messages.contents import Batch, CannotWrite, Contents
from kesher.messages.eligibility import HOLDS, judge
from kesher.messages.results import Result, write_results
from kesher.messages.sources import SourceEnvelope, envelopes_of, group_of, refusals_of
from kesher.messages.texts import TextWriter
from kesher.messages.tokens import brief_token, message_token
from kesher.messages.windows import moving
from kesher.messages.windows.queries import windows_of
from kesher.messages.writers import CHANNELS

BATCH = 20_000
SAMPLES = 3
MOST_KINDS = 300  # of messages that are told apart
LONGEST_TEXT = 4_000

Key = tuple[str, int, tuple[bool, ...]]  # journey and node, version, which parts are shown


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that would have left."""

    message_id: int
    contact_id: int
    channel: str
    group: str
    version_id: int
    at: datetime


@dataclass
class Kind:
    """All messages of one node and version that show the same parts."""

    channel: str
    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    units: int = 0
    samples: list[dict[str, Any]] = field(default_factory=list)


_MOVED = """
SELECT id, reason_data ->> 'from' FROM message
WHERE workspace_id = %s AND id = ANY(%s) AND reason_data ? 'from'
"""


def place_of(group: str) -> tuple[int | None, str]:
    """Of which journey and step a message is."""
    number, _dot, node = group.partition(".")
    return (int(number), node) if number.isdigit() else (None, group)


class Outlet:
    def __init__(self, workspace: Workspace, kept: Kept) -> None:
        self.workspace, self.kept = workspace, kept
        self.zone = ZoneInfo(workspace.time_zone)
        self.kinds: dict[Key, Kind] = {}
        self.sent_count: Counter[str] = Counter()  # by channel
        self.units: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()  # by group and reason
        self.refused_people: dict[tuple[str, str], list[int]] = {}
        self.daily: Counter[tuple[int, str]] = Counter()  # by contact and the workspace's day
        self.days: Counter[tuple[str, str]] = Counter()  # by group and day
        self.repeats: Counter[tuple[str, str]] = (
            Counter()
        )  # people who were told the same before, by both groups
        self.windows = windows_of(workspace)
        self.moved: Counter[str] = Counter()  # by group, those that waited for the sending hours
        self._moved_from: dict[int, str] = {}
        self._told: dict[tuple[int, int], str] = {}  # which group told a contact these words first

    def send(self, now: datetime) -> tuple[int, list[Sent]]:
        """Everything that is due: how many were dealt with, and those that left."""
        done, left = 0, []
        for workspace_id, channel in claims.due(now, CHANNELS):
            if workspace_id == self.workspace.pk:
                count, sent = self._send(channel, now)
                done += count
                left += sent
        return done, left

    def _send(self, channel: str, now: datetime) -> tuple[int, list[Sent]]:
        closed = self._move_closed(channel, now)
        batch = claims.claim(
            self.workspace.pk, channel=channel, limit=BATCH, now=now, at=now, closed=closed
        )
        self._moved_from = self._moved(batch)
        judged = judge(self.workspace, channel, [item.id for item in batch])
        envelopes = envelopes_of(self.workspace, {(item.source, item.source_id) for item in batch})
        own = refusals_of(
            self.workspace, [(item.source, item.source_id, item.contact_id) for item in batch]
        )
        results, good = [], []
        for item in batch:
            found = judged[item.id]
            item.address, item.name = found.address, found.name
            reason = (
                envelopes[item.source, item.source_id].stop
                or found.reason
                or own.get((item.source, item.source_id, item.contact_id or 0), "")
            )
            if reason:
                results.append(self._against(item, channel, reason, now))
            else:
                good.append(item)
        sent: list[Sent] = []
        if good:
            written, sent = self._write(channel, good, envelopes, now)
            results += written
        write_results(self.workspace.pk, results)
        return len(batch), sent

    def _move_closed(self, channel: str, now: datetime) -> tuple[str, ...]:
        """As the sender does: what may not leave at this hour waits; answers the classes that this holds for."""
        workspace_id, windows = self.workspace.pk, self.windows
        while moving.move_closed(workspace_id, windows, channel=channel, now=now, at=now):
            pass
        return moving.closed_classes(windows, channel, now)

    def _moved(self, batch: Sequence[Claimed]) -> dict[int, str]:
        """When those that waited for the sending hours would have left without."""
        if not self.windows.is_on:
            return {}
        return dict(sql.rows(_MOVED, (self.workspace.pk, [item.id for item in batch])))

    def _against(self, item: Claimed, channel: str, reason: str, now: datetime) -> Result:
        key = (group_of(item.source, item.source_id), reason)
        self.refused[key] += 1
        self.kept.message(
            item.contact_id or 0, place_of(key[0]), channel, now, item.version_id, reason=reason
        )
        people = self.refused_people.setdefault(key, [])
        if len(people) < SAMPLES and item.contact_id is not None:
            people.append(item.contact_id)
        status = "held" if reason in HOLDS else "refused"
        return Result(item.id, status, now, item.address, reason)

    def _write(
        self,
        channel: str,
        good: Sequence[Claimed],
        envelopes: dict[tuple[str, str], SourceEnvelope],
        now: datetime,
    ) -> tuple[list[Result], list[Sent]]:
        account = default_account(self.workspace, channel)
        batch = Batch(
            self.workspace, good, envelopes, now, provider_of(account), plain_settings(account)
        )
        contents = Contents(batch)
        texts = TextWriter(batch) if channel != "email" else None
        results, sent = [], []
        for item in good:
            try:
                self._note(item, channel, contents, texts, envelopes, now)
            except CannotWrite as refused:
                results.append(self._against(item, channel, refused.reason, now))
                continue
            results.append(Result(item.id, "sent", now, item.address, size=item.size))
            group = group_of(item.source, item.source_id)
            sent.append(Sent(item.id, item.contact_id or 0, channel, group, item.version_id, now))
        return results, sent

    def _note(
        self,
        item: Claimed,
        channel: str,
        contents: Contents,
        texts: TextWriter | None,
        envelopes: dict[tuple[str, str], SourceEnvelope],
        now: datetime,
    ) -> None:
        """Write the message and keep what is to be told of it. Raises CannotWrite."""
        renderer = contents.renderer_of(item)
        values = contents.values_of(item, renderer.plan)
        subject = item.data.get("subject") or ""
        if texts is not None:
            text = texts.write(item).text
            said = text.replace(brief_token(item.id), "")
        else:
            self._check_addresses(item, envelopes[item.source, item.source_id])
            token = message_token(item.id)
            rendered = renderer.render(token, values)
            text = rendered.text.decode()
            if not text.strip() and not rendered.html.strip():
                raise CannotWrite("empty")
            said = f"{subject or rendered.subject} {text.replace(token, '')}"
        group = group_of(item.source, item.source_id)
        self._count(item, channel, group, said, now)
        moved_from = self._moved_from.get(item.id, "")
        self.moved[group] += bool(moved_from)
        self.kept.message(
            item.contact_id or 0, place_of(group), channel, now, item.version_id, subject=subject,
            content=values if texts is None else text, units=item.size[1] if item.size else None,
            moved_from=moved_from,
        )  # fmt: skip
        shown = tuple(bool(truth) for truth in values[len(renderer.plan.values) :])
        kind = self._kind((group, item.version_id, shown), channel)
        kind.count += 1
        kind.first_at, kind.last_at = kind.first_at or now, now
        if item.size:
            kind.units += item.size[1]
        if len(kind.samples) < SAMPLES:
            kind.samples.append(
                {
                    "contact": item.contact_id, "name": item.name, "address": item.address,
                    "at": now.isoformat(), "text": text[:LONGEST_TEXT],
                    "subject": subject or (rendered.subject if texts is None else ""),
                    "parts": item.size[0] if item.size else None,
                    "units": item.size[1] if item.size else None,
                }
            )  # fmt: skip

    def _count(self, item: Claimed, channel: str, group: str, said: str, now: datetime) -> None:
        """By channel and day; and whoever is told the same words once more."""
        contact, day = item.contact_id or 0, now.astimezone(self.zone).date().isoformat()
        self.sent_count[channel] += 1
        if item.size:
            self.units[channel] += item.size[1]
        self.daily[contact, day] += 1
        self.days[group, day] += 1
        key = contact, hash(said)
        if first := self._told.get(key):
            self.repeats[first, group] += 1
        else:
            self._told[key] = group

    def _kind(self, key: Key, channel: str) -> Kind:
        """Those beyond what can be told apart are one."""
        if key not in self.kinds and len(self.kinds) >= MOST_KINDS:
            key = (key[0], key[1], ())
        return self.kinds.setdefault(key, Kind(channel))

    def _check_addresses(self, item: Claimed, envelope: SourceEnvelope) -> None:
        """What a mail cannot be put together without. Raises CannotWrite."""
        sender = (
            item.data.get("sender_email") or envelope.sender_email or self.workspace.sender_email
        )
        if not sender:
            raise CannotWrite("no_sender")
        try:
            plain_address(item.address)
        except BadAddress as error:
            raise CannotWrite("bad_address") from error
