"""Sending what is due: workspaces and channels in turns, claimed in batches, asked again whether they may be written to, written,
signed and sent by threads, and made durable promptly.

A dead worker's messages are taken over at once by the next on its machine (`journal`), elsewhere when the lease
ends. A message sent twice carries the same Message-ID, because that is made of its id.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from kesher.accounts.models import Installation, Workspace
from kesher.channels.accounts import default_account, plain_settings, provider_of
from kesher.channels.models import ChannelAccount
from kesher.lib import clock
from kesher.messages import claims, resting
from kesher.messages.contents import Batch
from kesher.messages.eligibility import HOLDS, Judged, judge
from kesher.messages.journal import Journal, orphans
from kesher.messages.outlet import SMALLEST_BATCH, Outlet
from kesher.messages.results import Result, result_of, write_results
from kesher.messages.sources import SourceEnvelope, envelopes_of, refusals_of
from kesher.messages.windows import moving
from kesher.messages.windows.deciding import Windows
from kesher.messages.windows.queries import windows_of
from kesher.messages.writers import CHANNELS, WRITERS

log = structlog.get_logger(__name__)

Way = tuple[int, str]  # a workspace and a channel
Known = tuple[float, Workspace, Outlet, Windows]
FLUSH_SECONDS = 0.25
FRESH_SECONDS = (
    2.0  # so long a change of the workspace or its account may go unnoticed while its mail leaves
)
LOOK_SECONDS = 0.5  # how often to look for another workspace's mail while all outlets are busy
RENEW_AFTER = timedelta(seconds=20)
LONGEST_CALL_SECONDS = 15.0
PRESSED_COUNT = 1_000  # sent within one call and still not done: another process would help


def send_due(
    now: datetime, *, limit: int = 1_000, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Send up to about `limit` messages that are due; answers how many were dealt with (0: nothing to do).

    Returns within some seconds even when there is more. When `stopping` turns true, what has not left is given back.
    """
    with _lock:
        return _sender().send(now, limit=limit, stopping=stopping)


def take_share(number: int, of: int) -> None:
    """From now on this is sender `number` of so many on this machine: each account's connections are divided."""
    global _share
    _share = (number, of)


def is_pressed() -> bool:
    """Whether mail waits that this process alone cannot send any faster."""
    return _instance is not None and _instance.is_pressed


def reclaim(now: datetime) -> int:
    """Take over from dead workers, let released sources go on, refuse what is left of cancelled ones."""
    moved = absorb_orphans()
    moved += claims.take_over_expired(now) + claims.sweep_stopped() + resting.sweep()
    return moved + moving.sweep(now)


def absorb_orphans() -> int:
    """Write down what dead workers of this machine had achieved, and queue again what they held."""
    moved = 0
    for path, remains in orphans(journal_folder()):
        for workspace_id, outcomes in remains.outcomes.items():
            results = [
                result_of(
                    known.outcome, address=known.address, attempts=0, at=known.at, size=known.size
                )
                for known in outcomes
            ]
            moved += write_results(workspace_id, list({r.message_id: r for r in results}.values()))
        for workspace_id, held in remains.held.items():
            if remains.lease is not None and held:
                moved += claims.take_over(workspace_id, sorted(held), lease=remains.lease)
        log.info("worker_taken_over", journal=path.name, messages=moved)
    return moved


def journal_folder() -> Path:
    return Path(settings.HOME) / "sender"


def close() -> None:
    """End the threads and connections of this process; all results are in the database after it."""
    global _instance
    with _lock:
        if _instance is not None:
            _instance.close()
            _instance = None


class Sender:
    """One for each process: an outlet for each way out, and the journal."""

    def __init__(self) -> None:
        self.journal = Journal(journal_folder())
        self.outlets: dict[Way, tuple[str, Outlet]] = {}
        self.known: dict[Way, Known] = {}
        self.turn = 0
        self.began = 0.0
        self.looked_at = 0.0
        self.is_pressed = False
        self.renewed_at = clock.now()

    def send(self, now: datetime, *, limit: int, stopping: Callable[[], bool]) -> int:
        if not Installation.objects.filter(armed=False).exists():
            return self._send(now, limit, stopping)
        return 0

    def close(self) -> None:
        for _stamp, outlet in self.outlets.values():
            outlet.give_up_waiting()
            outlet.close()
            self._flush(outlet)
        self.journal.close()

    def _send(self, now: datetime, limit: int, stopping: Callable[[], bool]) -> int:
        began = flushed_at = self.began = time.monotonic()
        claimed = done = 0
        exhausted = False
        busy: dict[Way, Outlet] = {}
        self.known.clear()
        while True:
            lasted = time.monotonic() - began
            late = lasted > LONGEST_CALL_SECONDS
            may_claim = not exhausted and not late and claimed < limit and not stopping()
            if may_claim:
                count, exhausted = self._claim_round(now, limit - claimed, busy)
                claimed += count
            elif stopping() or lasted > 2 * LONGEST_CALL_SECONDS:
                for outlet in busy.values():
                    outlet.give_up_waiting()
            moment = time.monotonic()
            finished = all(outlet.is_finished for outlet in busy.values())
            if finished or moment - flushed_at > FLUSH_SECONDS:
                done += sum(self._flush(outlet) for outlet in busy.values())
                flushed_at = moment
            self.is_pressed = not exhausted and done > PRESSED_COUNT
            self._renew(busy)
            if not any(outlet.held for outlet in busy.values()):
                self.journal.empty()
                if exhausted or not may_claim:
                    return done
            elif not finished:
                time.sleep(0.01 if claimed < SMALLEST_BATCH else 0.03)

    def _claim_round(self, now: datetime, room: int, busy: dict[Way, Outlet]) -> tuple[int, bool]:
        """One batch for each way out with something due and an outlet with room; a different one first each time."""
        moment = time.monotonic()
        rooms = [outlet.has_room for outlet in busy.values()]
        if rooms and not any(rooms) and moment - self.looked_at < LOOK_SECONDS:
            return 0, False
        self.looked_at = moment
        ways = claims.due(now, CHANNELS)
        self.turn += 1
        claimed, waiting = 0, False
        first = self.turn % len(ways) if ways else 0
        for way in ways[first:] + ways[:first]:
            workspace, outlet, windows = self._known(way, moment)
            hour = now + timedelta(seconds=moment - self.began)
            waiting |= _move_closed(windows, way, now, hour)
            outlet.share(*_share)
            if outlet.is_resting:
                continue
            if not outlet.has_room:
                waiting = True
                continue
            size = min(outlet.batch, room - claimed)
            if size <= 0:
                break
            busy[way] = outlet
            closed = moving.closed_classes(windows, way[1], hour)
            claimed += self._claim(workspace, outlet, now, size, closed)
        return claimed, not claimed and not waiting

    def _claim(
        self,
        workspace: Workspace,
        outlet: Outlet,
        now: datetime,
        size: int,
        closed: tuple[str, ...],
    ) -> int:
        at = clock.now()
        with transaction.atomic():  # no claim is committed that the journal does not know
            batch = claims.claim(
                workspace.pk, channel=outlet.channel, limit=size, now=now, at=at, closed=closed
            )
            if not batch:
                return 0
            self.journal.hold(workspace.pk, [item.id for item in batch], batch[0].lease)
        judged = judge(workspace, outlet.channel, [item.id for item in batch])
        envelopes = envelopes_of(workspace, {(item.source, item.source_id) for item in batch})
        refusals = refusals_of(
            workspace, [(item.source, item.source_id, item.contact_id) for item in batch]
        )
        good: list[claims.Claimed] = []
        against: list[Result] = []
        for item in batch:
            found = judged[item.id]
            item.address, item.name = found.address, found.name
            own = refusals.get((item.source, item.source_id, item.contact_id or 0), "")
            if reason := _reason(found, envelopes[item.source, item.source_id]) or own:
                status = "held" if reason in HOLDS else "refused"
                against.append(Result(item.id, status, at, found.address, reason))
            else:
                good.append(item)
        if against:
            write_results(workspace.pk, against)
        if good:
            made = Batch(workspace, good, envelopes, at, outlet.provider, outlet.settings)
            outlet.put(good, WRITERS[outlet.channel](made))
        return len(batch)

    def _flush(self, outlet: Outlet) -> int:
        results, returned = outlet.take()
        if outlet.problem != outlet.told_problem:
            _tell_problem(outlet)
        if not results and not returned:
            return 0
        with transaction.atomic():
            written = write_results(outlet.workspace_id, results) if results else 0
            if returned:
                claims.put_back(outlet.workspace_id, returned)
        return written

    def _renew(self, busy: dict[Way, Outlet]) -> None:
        at = clock.now()
        if at - self.renewed_at < RENEW_AFTER:
            return
        self.renewed_at = at
        for outlet in busy.values():
            held = list(outlet.held.values())
            if held:
                ids = [item.id for item in held]
                lease = claims.renew(outlet.workspace_id, ids, at=at)
                self.journal.hold(outlet.workspace_id, ids, lease)
                for item in held:
                    item.lease = lease

    def _known(self, way: Way, moment: float) -> tuple[Workspace, Outlet, Windows]:
        """The workspace, its outlet and its windows, as they were at most a moment ago: reading them costs as much as
        ten mails."""
        known = self.known.get(way)
        if known is None or moment - known[0] > FRESH_SECONDS:
            workspace = Workspace.objects.get(pk=way[0])
            outlet, windows = self._outlet(workspace, way), windows_of(workspace)
            known = self.known[way] = (moment, workspace, outlet, windows)
        return known[1:]

    def _outlet(self, workspace: Workspace, way: Way) -> Outlet:
        """The outlet of the workspace's account for the channel; a new one when the account was changed."""
        account = default_account(workspace, way[1])
        stamp = f"{account.pk}:{account.provider}:{account.settings}"
        known = self.outlets.get(way)
        if known is not None and known[0] == stamp:
            return known[1]
        if known is not None:
            known[1].give_up_waiting()
            known[1].close()
            self._flush(known[1])
        provider, plain = provider_of(account), plain_settings(account)
        outlet = Outlet(
            workspace.pk,
            provider,
            plain,
            note=self.journal.outcome,
            sessions=provider.sessions(plain),
        )
        self.outlets[way] = (stamp, outlet)
        return outlet


def _move_closed(windows: Windows, way: Way, now: datetime, hour: datetime) -> bool:
    """Let what may not leave at this hour wait; whether there may be more of it."""
    moved = moving.move_closed(way[0], windows, channel=way[1], now=now, at=hour)
    return moved == moving.AT_ONCE


def _reason(found: Judged, envelope: SourceEnvelope) -> str:
    return envelope.stop or found.reason


_lock = threading.Lock()
_instance: Sender | None = None
_share = (0, 1)


def _sender() -> Sender:
    global _instance
    if _instance is None:
        absorb_orphans()
        _instance = Sender()
    return _instance


def _tell_problem(outlet: Outlet) -> None:
    """Show on the account's screen why mail does not leave, or that it does again."""
    ChannelAccount.objects.filter(
        workspace_id=outlet.workspace_id, channel=outlet.channel, is_default=True
    ).update(problem=outlet.problem)
    outlet.told_problem = outlet.problem
