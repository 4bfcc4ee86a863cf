"""Where the engine met a surprise: it is tried again later and later, and holds up nobody else. A person whose run fails is
set apart from their workspace; a workspace in which everything fails, from the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger(__name__)

FIRST, LONGEST = timedelta(seconds=1), timedelta(seconds=30)
LONGEST_APART = timedelta(minutes=5)
MOST_APART = 1_000  # people of one workspace; with more it is the workspace that is in trouble


@dataclass
class _Pauses:
    longest: timedelta
    _until: dict[int, tuple[datetime, timedelta]] = field(default_factory=dict)

    def failed(self, number: int, now: datetime) -> None:
        _until, before = self._until.get(number, (now, FIRST / 2))
        pause = min(before * 2, self.longest)
        self._until[number] = (now + pause, pause)

    def is_out(self, number: int, now: datetime) -> bool:
        until, pause = self._until.get(number, (now, FIRST))
        return until - pause <= now < until  # a clock that was put back waits no longer for it

    def all_out(self, now: datetime) -> list[int]:
        return [number for number in self._until if self.is_out(number, now)]

    def went_well(self, number: int) -> None:
        self._until.pop(number, None)

    def forget_past(self, now: datetime) -> None:
        """All were tried again, and nothing failed."""
        self._until = {one: pause for one, pause in self._until.items() if self.is_out(one, now)}

    def __len__(self) -> int:
        return len(self._until)


@dataclass
class Setbacks:
    """Of one worker. Whoever has to wait is found by the watchdog."""

    workspaces: _Pauses = field(default_factory=lambda: _Pauses(LONGEST))
    _people: dict[int, _Pauses] = field(default_factory=dict)  # by workspace

    def people(self, workspace_id: int) -> _Pauses:
        return self._people.setdefault(workspace_id, _Pauses(LONGEST_APART))

    def workspace_failed(self, workspace_id: int, now: datetime) -> None:
        """Call where the error is caught."""
        log.exception("journey_workspace_failed", workspace=workspace_id)
        self.workspaces.failed(workspace_id, now)

    def person_failed(self, workspace_id: int, contact_id: int, now: datetime) -> None:
        """Call where the error is caught."""
        log.exception("journey_person_failed", workspace=workspace_id, contact=contact_id)
        self.people(workspace_id).failed(contact_id, now)
