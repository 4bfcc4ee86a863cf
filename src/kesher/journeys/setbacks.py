"""Workspaces in which the engine met a surprise: they are tried again later and later, and hold up nobody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger(__name__)

FIRST, LONGEST = timedelta(seconds=1), timedelta(seconds=30)


@dataclass
class Setbacks:
    """Of one worker. Whoever waits in such a workspace is found by the watchdog."""

    _until: dict[int, tuple[datetime, timedelta]] = field(default_factory=dict)

    def is_out(self, workspace_id: int, now: datetime) -> bool:
        until, pause = self._until.get(workspace_id, (now, FIRST))
        return until - pause <= now < until  # a clock that was put back waits no longer for it

    def failed(self, workspace_id: int, now: datetime) -> None:
        """Call where the error is caught."""
        log.exception("journey_workspace_failed", workspace=workspace_id)
        _until, before = self._until.get(workspace_id, (now, FIRST / 2))
        pause = min(before * 2, LONGEST)
        self._until[workspace_id] = (now + pause, pause)

    def went_well(self, workspace_id: int) -> None:
        self._until.pop(workspace_id, None)
