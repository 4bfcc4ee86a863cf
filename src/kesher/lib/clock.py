"""The time of day, read only at the doors (views, loops, commands) and passed in from there as `now`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

_source: Callable[[], datetime] | None = None


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _source() if _source is not None else datetime.now(UTC)


def ask(source: Callable[[], datetime] | None) -> None:
    """From now on the time is what `source` says: a test clock. None: the machine's own again."""
    global _source
    _source = source
