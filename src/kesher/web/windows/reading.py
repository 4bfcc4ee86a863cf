"""The form of sending hours: from what was typed in to settings, and from settings to what the form shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kesher.contacts.channels import CHANNELS
from kesher.messages.windows.settings import WindowProblem
from kesher.messages.windows.words import DAYS, day_name

ANY, SAME, OWN = "any", "same", "own"  # hours of a channel: all, those of e-mail, its own
FIRST = "email"
USUAL = ("08:00", "20:00")
_HOUR = re.compile(r"(\d{1,2})[:.]?([0-5]\d)?")


@dataclass(frozen=True)
class DayRow:
    key: str
    name: str
    is_open: bool
    start: str
    end: str
    problem: str = ""


@dataclass(frozen=True)
class ChannelPart:
    key: str
    label: str
    icon: str
    mode: str
    days: Sequence[DayRow]
    problem: str = ""
    can_be_same: bool = False


def read(posted: QueryDict) -> dict[str, Any]:
    """The settings, not yet checked."""
    hours: dict[str, Any] = {}
    for channel in CHANNELS:
        mode = posted.get(f"{channel}_mode", ANY)
        if mode == OWN:
            hours[channel] = _week(posted, channel)
        elif mode == SAME and FIRST in hours:
            hours[channel] = hours[FIRST]
    return {
        "hours": hours,
        "classes": ["advertising", *(["service"] if posted.get("service") else [])],
        "rest": _rest(posted) if posted.get("rest") else None,
    }


def _week(posted: QueryDict, channel: str) -> dict[str, list[str]]:
    return {
        day: [_hour(posted.get(f"{channel}_{day}_{end}", "")) for end in ("from", "to")]
        for day in DAYS
        if posted.get(f"{channel}_{day}")
    }


def _hour(text: str) -> str:
    """ "8", "830", "8.30" and "8:30" as 08:00 and 08:30; what is no hour stays as it is."""
    found = _HOUR.fullmatch(text.strip())
    return f"{int(found[1]):02}:{found[2] or '00'}" if found else text.strip()


def _rest(posted: QueryDict) -> dict[str, Any]:
    candles, after = posted.get("candles", "").strip(), posted.get("after", "").strip()
    return {
        "city": posted.get("city", ""),
        "candles": _number(candles) if candles else None,
        "after": _number(after or "0"),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def form_of(settings: Mapping[str, Any], problems: Sequence[WindowProblem] = ()) -> dict[str, Any]:
    """What the form shows of these settings, with what is wrong beside its place."""
    wrong = {problem.path: str(problem.text) for problem in problems}
    rest = settings.get("rest")
    return {
        "parts": [_part(channel, settings["hours"], wrong) for channel in CHANNELS],
        "rest": rest or {"city": "jerusalem", "candles": None, "after": 60},
        "keeps_rest": rest is not None,
        "service": "service" in settings["classes"],
        "problems": wrong,
        "summary": _("Nothing was changed yet: see below.") if wrong else "",
    }


def _part(channel: str, hours: Mapping[str, Any], wrong: Mapping[str, str]) -> ChannelPart:
    week = hours.get(channel)
    mode = ANY if week is None else OWN
    if channel != FIRST and week is not None and week == hours.get(FIRST):
        mode = SAME
    known = CHANNELS[channel]
    return ChannelPart(
        key=channel,
        label=str(known.label),
        icon=known.icon,
        mode=mode,
        days=[_day(channel, day, week, wrong) for day in DAYS],
        problem=wrong.get(f"hours.{channel}", ""),
        can_be_same=channel != FIRST,
    )


def _day(channel: str, day: str, week: Any, wrong: Mapping[str, str]) -> DayRow:
    usual = (USUAL[0], "13:00") if day == "fri" else USUAL
    pair = (week or {}).get(day)
    start, end = pair or usual
    return DayRow(
        key=day,
        name=day_name(day).removeprefix("יום "),
        is_open=pair is not None if week is not None else day != "sat",
        start=start,
        end=end,
        problem=wrong.get(f"hours.{channel}.{day}", ""),
    )
