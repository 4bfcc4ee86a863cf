"""ISO 8601 durations, "P30D", "P1M", "PT2H", and counting back and forth on the calendar by them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_PATTERN = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})S)?)?"
)
LONGEST_DAYS = 36_600  # a century: what is more is likely a slip


@dataclass(frozen=True)
class Duration:
    """Calendar months and days, then seconds: a month later is the same day of the next month."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def is_whole_days(self) -> bool:
        return self.seconds == 0


def read_duration(text: object) -> Duration | None:
    """The duration, or None when it is none, is nothing long, or is longer than a century."""
    match = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in match.groups()
    )
    found = Duration(12 * years + months, 7 * weeks + days, 3600 * hours + 60 * minutes + seconds)
    length = 31 * found.months + found.days + found.seconds / 86_400
    return found if 0 < length <= LONGEST_DAYS else None


def moved(day: date, duration: Duration, *, sign: int) -> date:
    """The day that long after (`sign` 1) or before (-1). 31 March less a month is the last of February."""
    month = day.year * 12 + day.month - 1 + sign * duration.months
    year, month = month // 12, month % 12 + 1
    year = min(max(year, 1), 9999)
    last = monthrange(year, month)[1]
    try:
        return date(year, month, min(day.day, last)) + sign * timedelta(days=duration.days)
    except OverflowError:
        return date.max if sign > 0 else date.min


def before(now: datetime, duration: Duration, zone: str) -> datetime:
    """The instant that long ago: months and days on the wall clock of the zone, seconds on the stopwatch."""
    local = now.astimezone(ZoneInfo(zone))
    day = moved(local.date(), duration, sign=-1)
    earlier = local.replace(year=day.year, month=day.month, day=day.day)
    return earlier.astimezone(UTC) - timedelta(seconds=duration.seconds)


def duration_words(duration: Duration) -> str:
    """ "3 months and 2 days" in the active language."""
    counts = _counts(duration)
    years, months, days, hours, minutes, seconds = counts
    counted = [
        ngettext("%(count)s year", "%(count)s years", years),
        ngettext("%(count)s month", "%(count)s months", months),
        ngettext("%(count)s day", "%(count)s days", days),
        ngettext("%(count)s hour", "%(count)s hours", hours),
        ngettext("%(count)s minute", "%(count)s minutes", minutes),
        ngettext("%(count)s second", "%(count)s seconds", seconds),
    ]
    said = [words % {"count": count} for words, count in zip(counted, counts, strict=True) if count]
    if len(said) == 1:
        return said[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}


def last_words(duration: Duration) -> str:
    """ "in the last 90 days" in the active language."""
    counts = _counts(duration)
    if sum(map(bool, counts)) > 1:
        return _("in the last %(duration)s") % {"duration": duration_words(duration)}
    years, months, days, hours, minutes, seconds = counts
    counted = [
        ngettext("in the last year", "in the last %(count)s years", years),
        ngettext("in the last month", "in the last %(count)s months", months),
        ngettext("in the last day", "in the last %(count)s days", days),
        ngettext("in the last hour", "in the last %(count)s hours", hours),
        ngettext("in the last minute", "in the last %(count)s minutes", minutes),
        ngettext("in the last second", "in the last %(count)s seconds", seconds),
    ]
    return next(
        words % {"count": count} for words, count in zip(counted, counts, strict=True) if count
    )


def _counts(duration: Duration) -> tuple[int, int, int, int, int, int]:
    """Years, months, days, hours, minutes and seconds."""
    hours, rest = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    years, months = divmod(duration.months, 12)
    return years, months, duration.days, hours, minutes, seconds
