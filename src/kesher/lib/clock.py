"""The time of day, read only at the doors (views, loops, commands) and passed in from there as `now`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_here: ContextVar[datetime | None] = ContextVar("clock", default=None)
_source: Callable[[], datetime] | None = None


def now() -> datetime:
    """The current instant, aware, in UTC."""
    if (here := _here.get()) is not None:
        return here
    return _source() if _source is not None else datetime.now(UTC)


def ask(source: Callable[[], datetime] | None) -> None:
    """From now on the time is what `source` says: a test clock. None: the machine's own again."""
    global _source
    _source = source


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Inside, and only on this thread, it is this moment: a rehearsal's own time."""
    token = _here.set(moment)
    try:
        yield
    finally:
        _here.reset(token)
