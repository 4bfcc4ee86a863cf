"""The virtual clock of a rehearsal: everything that is due at a moment until all is quiet, then on to the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as hour
from typing import Any, ClassVar

from kesher.accounts.models import Workspace
from kesher.journeys import clockwork
from kesher.journeys.matching import match
from kesher.journeys.rehearsal.behaviour import Behaviour
from kesher.journeys.rehearsal.outlet import Outlet
from kesher.journeys.rehearsal.shadow import empty, tidy
from kesher.journeys.walking import advance
from kesher.journeys.when import next_opening
from kesher.lib import clock, sql
from kesher.segments import upkeep

BATCH = 20_000
MOST_TURNS = 2_000  # at one moment
LONGEST_SECONDS = 180.0
# So many changed rows, and as many times those that stay, before a copy is written anew.
STALE_ROWS, STALE_TIMES, STALE_TAKEN = 5_000, 0.5, 500


class CannotRehearse(Exception):
    """It was cancelled, or goes on too long; `reason` says which: a key of `telling.ENDS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Played:
    """`until` is how far the clock came; before the end, `cut` says why."""

    until: datetime
    moments: int
    cut: str = ""


class Stage:
    """`look` is asked now and then with how far it is, 0 to 1; it raises to stop."""

    def __init__(
        self,
        workspace: Workspace,
        outlet: Outlet,
        behaviour: Behaviour,
        look: Callable[[float], None] = lambda share: None,
    ) -> None:
        self.workspace, self.outlet, self.behaviour, self.look = workspace, outlet, behaviour, look
        self.has_segments = bool(sql.value("SELECT EXISTS (SELECT 1 FROM segment_listener)"))
        self._worn: dict[str, int] = {}
        self._sizes: dict[str, int] = {}  # rows, when it was written anew
        self._walks = (
            True  # runs may be due at once: those that begin, or that the last turn led on
        )
        self._awaited: datetime | None = None

    def play(self, start: datetime, end: datetime) -> Played:
        began = time.monotonic()
        now, moments = start, 0
        while True:
            with clock.standing_at(now):
                is_quiet = self.settle(now)
            moments += 1
            self.look((now - start) / (end - start) if end > start else 1.0)
            if not is_quiet:
                return Played(now, moments, "circle")
            if time.monotonic() - began > LONGEST_SECONDS:
                return Played(now, moments, "time")
            following = self.next_at(now)
            if following is None or following > end:
                return Played(end, moments)
            now = following

    def settle(self, now: datetime) -> bool:
        """Whether it came to rest."""
        for _turn in range(MOST_TURNS):
            if not self._turn(now):
                if self.has_segments:
                    upkeep.sweep(now)
                    if self._turn(now):
                        continue
                self._tidy()
                return True
        return False

    def _turn(self, now: datetime) -> int:
        """Everything of which something is due, and what that leads to, once; answers how much was done."""
        workspace = self.workspace
        done = self.behaviour.act(now)
        heard, struck, happened = sql.rows(self._DUE, {"workspace": workspace.pk, "now": now})[0]
        walks = self._walks or self._is_awaited(now)
        leaves = self._is_awaited(now)
        self._awaited, self._walks = None, False
        if heard:
            happened = upkeep.advance(now, limit=BATCH) > 0 or happened
        if struck:
            done += clockwork.strike(workspace, now=now)
        if happened:
            matched = match(workspace, now=now, limit=BATCH)
            self._wear("inbox", matched)
            done += matched
        if walks or struck or happened:
            moved = advance(workspace, now=now, limit=BATCH)
            self._wear("journey_run", moved)
            done += moved
            self._walks = moved > 0
            leaves = leaves or moved > 0
        if leaves:
            count, sent = self.outlet.send(now)
            self.behaviour.hear(sent)
            self._wear("message", count)
            done += count
        return int(done) + bool(heard)

    def _is_awaited(self, now: datetime) -> bool:
        """Whether a run or a message was due at this moment when time went on: looking anew costs more."""
        return self._awaited is not None and self._awaited <= now

    # Asked first, for most parts have nothing to do at most moments, and find that out at some cost.
    _DUE: ClassVar[str] = """
    SELECT EXISTS (SELECT 1 FROM inbox WHERE consumer = 'segment'),
           EXISTS (SELECT 1 FROM journey_clock WHERE workspace_id = %(workspace)s AND next_at <= %(now)s),
           EXISTS (SELECT 1 FROM inbox WHERE consumer = 'journey')
    """

    _NEXT: ClassVar[str] = """
    SELECT least(
        (SELECT min(due_at) FROM journey_run WHERE workspace_id = %(workspace)s AND due_at > %(now)s),
        (SELECT min(due_at) FROM message WHERE workspace_id = %(workspace)s AND status = 'queued' AND due_at > %(now)s)
    ), (SELECT min(next_at) FROM journey_clock WHERE workspace_id = %(workspace)s AND next_at > %(now)s)
    """

    def next_at(self, now: datetime) -> datetime | None:
        """The next moment at which anything falls due: also a midnight, which moves people in segments."""
        self._awaited, struck = sql.rows(self._NEXT, {"workspace": self.workspace.pk, "now": now})[
            0
        ]
        found: list[Any] = [self._awaited, struck, self.behaviour.next_at]
        if self.has_segments:
            soon = now + timedelta(minutes=1)
            found.append(next_opening(soon, self.workspace.time_zone, at=hour(0)))
        return min((moment for moment in found if moment is not None), default=None)

    def _wear(self, table: str, count: int) -> None:
        self._worn[table] = self._worn.get(table, 0) + count

    def _tidy(self) -> None:
        """What was taken or changed over and over within this one transaction costs each reader again: cleared away."""
        if self._worn.pop("inbox", 0) > STALE_TAKEN:
            empty("inbox")
            empty("hit")
        for table, worn in self._worn.items():
            if worn > STALE_ROWS and worn > STALE_TIMES * self._sizes.get(table, 0):
                self._sizes[table] = tidy(table)
                self._worn[table] = 0
