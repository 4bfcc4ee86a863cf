"""What the loops do, by calling the domains that do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kesher.campaigns import planning
from kesher.journeys import engine as journeys
from kesher.journeys.claims import next_due
from kesher.journeys.setbacks import Setbacks
from kesher.messages import receipts, sender
from kesher.segments import upkeep

HITS_AT_ONCE = 2000
MESSAGES_AT_ONCE = 100_000
RECLAIM_EVERY = timedelta(seconds=15)
_setbacks = Setbacks()


def engine(now: datetime) -> int:
    """Plan campaigns and release pulses; turn opens and clicks into facts; follow who enters and leaves segments; move journeys."""
    did = planning.advance(now) + receipts.digest_hits(now, HITS_AT_ONCE)
    return did + upkeep.advance(now) + journeys.step(now, setbacks=_setbacks)


def engine_coming(now: datetime) -> datetime | None:
    """When the engine has work that is known beforehand."""
    return next_due(now)


def make_sender(stopping: Callable[[], bool]) -> Callable[[datetime], int]:
    """Send what is due; now and then take over what a dead worker had claimed."""
    reclaimed_at: datetime | None = None

    def step(now: datetime) -> int:
        nonlocal reclaimed_at
        if reclaimed_at is None or now - reclaimed_at >= RECLAIM_EVERY:
            sender.reclaim(now)
            reclaimed_at = now
        return sender.send_due(now, limit=MESSAGES_AT_ONCE, stopping=stopping)

    return step
