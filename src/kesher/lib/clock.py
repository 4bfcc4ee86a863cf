"""The time of day, read only at the doors (views, loops, commands) and passed in from there as `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)
