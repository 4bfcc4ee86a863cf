"""Since when and until when, as instants of one moment."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kesher.rules.durations import before, read_duration
from kesher.rules.moment import Moment
from kesher.rules.operators.days import read_day, read_instant
from kesher.rules.tree import Period


def bounds(period: Period, moment: Moment) -> tuple[datetime | None, datetime | None]:
    """From (included) and to (left out); None where there is no end. A day given as `until` is in whole."""
    if duration := read_duration(period.within):
        return before(moment.now, duration, moment.zone), moment.now + timedelta(microseconds=1)
    first = _instant(period.since, moment.zone, days=0)
    return first, _instant(period.until, moment.zone, days=1)


def _instant(text: str | None, zone: str, *, days: int) -> datetime | None:
    if day := read_day(text):
        start = datetime.combine(day + timedelta(days=days), time(), ZoneInfo(zone))
        return start.astimezone(UTC)
    return read_instant(text)
