"""The next seven days as strips of a day's hours: what is open, what Shabbat and holidays close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kesher.messages.windows.deciding import DAY_MINUTES, Span, Windows, instant, openings, rests_of
from kesher.messages.windows.rests import Rest
from kesher.messages.windows.words import hours_words, rest_name

DAYS = 7


@dataclass(frozen=True)
class Bar:
    """A stretch of the day, in percent of it."""

    start: str
    length: str
    kind: str  # "open" or "rest"


@dataclass(frozen=True)
class Strip:
    """`words` say what the bars show. `now`: where the hand stands, on today's strip."""

    day: date
    bars: tuple[Bar, ...]
    words: str
    rest: str = ""
    now: str = ""


def strips(windows: Windows, channel: str, now: datetime) -> list[Strip]:
    zone = ZoneInfo(windows.zone)
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    until = instant(days[-1], DAY_MINUTES, windows.zone)
    since = instant(today, 0, windows.zone)
    open_ = list(openings(windows, channel, since, until))
    rests = rests_of(windows, since, until)
    return [_strip(day, open_, rests, zone, now if day == today else None) for day in days]


def _strip(
    day: date, open_: Iterable[Span], rests: list[Rest], zone: ZoneInfo, now: datetime | None
) -> Strip:
    spans = [found for span in open_ if (found := _within(day, *span, zone))]
    closed = [
        (found, rest) for rest in rests if (found := _within(day, rest.start, rest.end, zone))
    ]
    words = ", ".join(hours_words(span) for span in spans) or _("closed")
    return Strip(
        day=day,
        bars=(*_bars(spans, "open"), *_bars((span for span, _rest in closed), "rest")),
        words=_("open all day") if spans == [(0, DAY_MINUTES)] else words,
        rest=", ".join(_rest_words(span, rest) for span, rest in closed),
        now=_percent(_minutes(day, now, zone)) if now else "",
    )


def _rest_words(span: tuple[int, int], rest: Rest) -> str:
    name = rest_name(rest.days)
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)
    match span[0] > 0, span[1] < DAY_MINUTES:
        case True, False:
            return _("%(name)s from %(hour)s") % {"name": name, "hour": start}
        case False, True:
            return _("%(name)s until %(hour)s") % {"name": name, "hour": end}
    return name


def _within(day: date, start: datetime, end: datetime, zone: ZoneInfo) -> tuple[int, int] | None:
    first, last = _minutes(day, start, zone), _minutes(day, end, zone)
    return (first, last) if first < last else None


def _minutes(day: date, at: datetime, zone: ZoneInfo) -> int:
    """Where on the clock of this day the moment stands: 0 before it, 1440 after it."""
    local = at.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else DAY_MINUTES
    return local.hour * 60 + local.minute


def _bars(spans: Iterable[tuple[int, int]], kind: str) -> Iterator[Bar]:
    for start, end in spans:
        yield Bar(_percent(start), _percent(end - start), kind)


def _percent(minutes: int) -> str:
    return f"{minutes / DAY_MINUTES * 100:.3f}%"
