"""Sending windows as they are stored and as the REST API takes them: read, checked, recommended. Pure.

    {"hours": {"email": {"sun": ["08:00", "20:00"], …}, …}, "classes": ["advertising"],
     "rest": {"city": "jerusalem", "candles": 40, "after": 0} or null}

A channel that `hours` does not name is open at every hour; a day that a channel does not name is closed. An end that
is not later than the start is of the next day; "24:00" is the end of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kesher.messages.windows.cities import CITIES
from kesher.messages.windows.deciding import (
    CHANNELS,
    LONGEST_CLOSED,
    WEEKDAYS,
    Minutes,
    Week,
    Windows,
    longest_closed,
)
from kesher.messages.windows.rests import RestSettings

CLASSES = ("advertising", "service")
LONGEST_CANDLES, LONGEST_AFTER = 120, 240
LOOKED_AHEAD = timedelta(days=400)  # a year of either calendar
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class WindowProblem:
    """`path` is the place: "hours.email.sun", "rest.city"."""

    path: str
    text: str | Promise


class BadWindows(Exception):
    """These windows cannot be kept; nothing was changed."""

    def __init__(self, problems: list[WindowProblem]) -> None:
        super().__init__("; ".join(f"{one.path}: {one.text}" for one in problems))
        self.problems = problems


OFF: dict[str, Any] = {"hours": {}, "classes": ["advertising"], "rest": None}


def recommended(city: str = "jerusalem") -> dict[str, Any]:
    """What suits most businesses in Israel: working days, Friday till noon, not on Shabbat and holidays."""
    return {
        "hours": {
            channel: {
                **{day: [begins, "20:00"] for day in ("sun", "mon", "tue", "wed", "thu")},
                "fri": [begins, "13:00"],
            }
            for channel, begins in (("email", "08:00"), ("sms", "09:00"), ("whatsapp", "09:00"))
        },
        "classes": ["advertising"],
        "rest": {"city": city, "candles": CITIES[city].candles_minutes, "after": 60},
    }


def windows_of_json(value: Mapping[str, Any], zone: str, version: int = 0) -> Windows:
    """What was stored, which was checked."""
    rest = value.get("rest")
    return Windows(
        zone=zone,
        hours={channel: _week(days) for channel, days in value.get("hours", {}).items()},
        classes=tuple(value.get("classes", ("advertising",))),
        rest=RestSettings(rest["city"], rest["candles"], rest["after"]) if rest else None,
        version=version,
    )


def _week(days: Mapping[str, Any]) -> Week:
    return {day: _minutes(pair) for day, pair in days.items()}


def _minutes(pair: Any) -> Minutes:
    start, end = (int(hour) * 60 + int(minute) for hour, minute in (one.split(":") for one in pair))
    return start, end


def checked(value: Mapping[str, Any], zone: str, now: datetime) -> dict[str, Any]:
    """The settings as they are kept. Raises BadWindows; so it does when a channel would never, or hardly ever, open."""
    problems = [*_hours_problems(value.get("hours")), *_other_problems(value)]
    if problems:
        raise BadWindows(problems)
    kept = {
        "hours": dict(value.get("hours") or {}),
        "classes": _classes(value),
        "rest": _rest(value),
    }
    windows = windows_of_json(kept, zone)
    problems = [
        WindowProblem(f"hours.{channel}", _NEVER_OPEN if not week else _HARDLY_OPEN)
        for channel, week in windows.hours.items()
        if not week or longest_closed(windows, channel, now, now + LOOKED_AHEAD) > LONGEST_CLOSED
    ]
    if problems:
        raise BadWindows(problems)
    return kept


_NEVER_OPEN = _(
    "There is no open hour in the whole week: nothing would ever be sent. Open at least one day."
)
_HARDLY_OPEN = _(
    "With these hours weeks may go by without one open minute, as they fall on Shabbat or holidays. Open more hours."
)


def _classes(value: Mapping[str, Any]) -> list[str]:
    given = value.get("classes") or ()
    return [one for one in CLASSES if one == "advertising" or one in given]


def _rest(value: Mapping[str, Any]) -> dict[str, Any] | None:
    given = value.get("rest")
    if not given:
        return None
    city = CITIES[given["city"]]
    candles = given.get("candles")
    return {
        "city": city.key,
        "candles": city.candles_minutes if candles is None else int(candles),
        "after": int(given.get("after") or 0),
    }


def _hours_problems(hours: Any) -> Iterable[WindowProblem]:
    if not isinstance(hours or {}, dict):
        yield WindowProblem("hours", _("hours by channel are expected here"))
        return
    for channel, days in (hours or {}).items():
        if channel not in CHANNELS:
            yield WindowProblem(
                f"hours.{channel}", _("one of these is expected here: email, sms, whatsapp")
            )
        elif not isinstance(days, dict):
            yield WindowProblem(
                f"hours.{channel}", _("hours by days of the week are expected here")
            )
        else:
            yield from _week_problems(f"hours.{channel}", days)


def _week_problems(path: str, days: dict[str, Any]) -> Iterable[WindowProblem]:
    for day, pair in days.items():
        if day not in WEEKDAYS:
            yield WindowProblem(
                f"{path}.{day}",
                _("days of the week are expected here: sun, mon, tue, wed, thu, fri, sat"),
            )
        elif not _is_pair(pair):
            yield WindowProblem(
                f"{path}.{day}", _("two hours are expected here, as 08:00 and 20:00")
            )
        elif pair[0] == pair[1]:
            yield WindowProblem(f"{path}.{day}", _("The day opens and closes at the same hour."))


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(one, str) for one in pair)
        and bool(_TIME.fullmatch(pair[0]))
        and (bool(_TIME.fullmatch(pair[1])) or pair[1] == "24:00")
    )


def _other_problems(value: Mapping[str, Any]) -> Iterable[WindowProblem]:
    classes = value.get("classes") or []
    if not isinstance(classes, list) or any(one not in CLASSES for one in classes):
        yield WindowProblem("classes", _("these are expected here: advertising, service"))
    rest = value.get("rest")
    if not rest:
        return
    if not isinstance(rest, dict) or rest.get("city") not in CITIES:
        yield WindowProblem("rest.city", _("There is no such town in the list."))
        return
    for key, most in (("candles", LONGEST_CANDLES), ("after", LONGEST_AFTER)):
        given = rest.get(key)
        if given is not None and (not isinstance(given, int) or not 0 <= given <= most):
            yield WindowProblem(
                f"rest.{key}",
                format_lazy(_("Minutes from 0 to {most} are expected here."), most=most),
            )


def json_of_windows(windows: Windows) -> dict[str, Any]:
    """As they are stored: the inverse of `windows_of_json`."""
    rest = windows.rest
    return {
        "hours": {
            channel: {day: [clock_words(one) for one in hours] for day, hours in week.items()}
            for channel, week in windows.hours.items()
        },
        "classes": list(windows.classes),
        "rest": {"city": rest.city, "candles": rest.candles, "after": rest.after} if rest else None,
    }


def clock_words(minutes: int) -> str:
    """480 → "08:00"; the end of the day is "24:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
