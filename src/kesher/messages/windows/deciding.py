"""When a message may leave: the one function that decides, and the stretches of time it decides by. Pure.

Hours are of the wall clock of the workspace. An hour that a spring night leaves out comes an hour later on the
clock; one that an autumn night has twice is its first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kesher.messages.windows.rests import Rest, RestSettings, rests

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as date.weekday() counts
CHANNELS = ("email", "sms", "whatsapp")
DAY_MINUTES = 24 * 60
SOON = timedelta(days=9)
LONGEST_CLOSED = timedelta(days=28)  # longer is refused when saved: see `settings`

Minutes = tuple[int, int]  # of the day; an end that is not later than the start is of the day after
Week = Mapping[str, Minutes]  # by WEEKDAYS; a day without hours is closed
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Windows:
    """`hours` by channel: a channel without is open at every hour. `classes`: for what messages they hold."""

    zone: str
    hours: Mapping[str, Week] = field(default_factory=dict)
    classes: tuple[str, ...] = ("advertising",)
    rest: RestSettings | None = None
    version: int = 0

    @property
    def is_on(self) -> bool:
        return bool(self.hours) or self.rest is not None


def next_open(windows: Windows, channel: str, message_class: str, at: datetime) -> datetime:
    """The first moment from `at` on at which such a message may leave: `at` itself when it is open."""
    if not windows.is_on or message_class not in windows.classes:
        return at
    for horizon in (SOON, LONGEST_CLOSED):
        for start, _end in openings(windows, channel, at, at + horizon):
            return max(start, at)
    return at + LONGEST_CLOSED  # asked again then: a message never waits for good


def openings(windows: Windows, channel: str, since: datetime, until: datetime) -> Iterator[Span]:
    """The stretches within this time in which advertising may leave, the earliest first; they do not touch."""
    week = windows.hours.get(channel)
    open_ = [(since, until)] if week is None else list(_hours(week, windows.zone, since, until))
    closed = rests_of(windows, since, until)
    for start, end in open_:
        for rest in closed:
            if rest.end <= start or rest.start >= end:
                continue
            if start < rest.start:
                yield start, rest.start
            start = rest.end
        if start < end:
            yield start, end


def rests_of(windows: Windows, since: datetime, until: datetime) -> list[Rest]:
    """Shabbat and holidays that touch this time; none when they are not kept."""
    return list(rests(windows.rest, windows.zone, since, until)) if windows.rest else []


def _hours(week: Week, zone: str, since: datetime, until: datetime) -> Iterator[Span]:
    """The hours of each day within this time, those that touch as one."""
    pending: Span | None = None
    for start, end in _by_day(week, zone, since, until):
        if pending is None:
            pending = start, end
        elif start <= pending[1]:
            pending = pending[0], max(pending[1], end)
        else:
            yield pending
            pending = start, end
    if pending is not None:
        yield pending


def _by_day(week: Week, zone: str, since: datetime, until: datetime) -> Iterator[Span]:
    day = since.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)  # its night may reach over
    last = until.astimezone(ZoneInfo(zone)).date()
    while day <= last:
        if hours := week.get(WEEKDAYS[day.weekday()]):
            first, end = hours
            start = max(since, instant(day, first, zone))
            stop = min(until, instant(day, end if end > first else end + DAY_MINUTES, zone))
            if start < stop:
                yield start, stop
        day += timedelta(days=1)


def instant(day: date, minutes: int, zone: str) -> datetime:
    """When the clock of the zone shows so many minutes of this day, or of the next beyond 24 hours."""
    days, rest = divmod(minutes, DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(*divmod(rest, 60)), ZoneInfo(zone))
    return local.astimezone(UTC)


def closed_for(windows: Windows, channel: str, at: datetime) -> datetime | None:
    """Until when it is closed for what the windows hold for; None when it is open."""
    if not windows.is_on or not windows.classes:
        return None
    opens = next_open(windows, channel, windows.classes[0], at)
    return opens if opens > at else None


def longest_closed(windows: Windows, channel: str, since: datetime, until: datetime) -> timedelta:
    """The longest stretch within this time in which it is closed."""
    edges: Sequence[datetime] = [
        since,
        *(edge for span in openings(windows, channel, since, until) for edge in span),
        until,
    ]
    return max(after - before for before, after in zip(edges[::2], edges[1::2], strict=True))
