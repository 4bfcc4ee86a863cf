"""When Shabbat and holidays are, from candles to nightfall: days that touch are one rest. Pure.

Days as they are kept in Israel: one of each holiday, two of Rosh Hashana. Hol hamoed, Purim, Hanukkah and national
days are ordinary days here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kesher.lib import hebrew
from kesher.messages.windows.cities import nightfall, sunset

SHABBAT = "shabbat"
HOLIDAYS: dict[tuple[str, int], str] = {
    ("tishrei", 1): "rosh_hashana",
    ("tishrei", 2): "rosh_hashana",
    ("tishrei", 10): "yom_kippur",
    ("tishrei", 15): "sukkot",
    ("tishrei", 22): "simchat_torah",
    ("nisan", 15): "passover",
    ("nisan", 21): "passover_end",
    ("sivan", 6): "shavuot",
}
_SATURDAY = 5
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RestSettings:
    """`candles` is how many minutes before sunset it begins, `after` how many after nightfall it ends."""

    city: str
    candles: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """`days`: keys of what is kept in it, in their order, each once."""

    start: datetime
    end: datetime
    days: tuple[str, ...]


def kept_on(day: date) -> str:
    """The holiday of this day, or Shabbat; "" for a weekday."""
    here = hebrew.hebrew_of(day)
    return HOLIDAYS.get((here.month, here.day)) or (SHABBAT if day.weekday() == _SATURDAY else "")


def rests(settings: RestSettings, zone: str, since: datetime, until: datetime) -> Iterator[Rest]:
    """Those that touch this time, the earliest first."""
    day = since.astimezone(ZoneInfo(zone)).date() - _DAY
    last = until.astimezone(ZoneInfo(zone)).date() + _DAY
    while kept_on(day):
        day -= _DAY
    while day <= last:
        if not kept_on(day):
            day += _DAY
            continue
        first = day
        names: list[str] = []
        while name := kept_on(day):
            names.append(name)
            day += _DAY
        rest = Rest(
            _floor(sunset(settings.city, first - _DAY) - settings.candles * _MINUTE),
            _ceiling(nightfall(settings.city, day - _DAY) + settings.after * _MINUTE),
            tuple(dict.fromkeys(names)),
        )
        if rest.start < until and rest.end > since:
            yield rest


def _floor(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _ceiling(at: datetime) -> datetime:
    floor = _floor(at)
    return floor if floor == at else floor + _MINUTE
