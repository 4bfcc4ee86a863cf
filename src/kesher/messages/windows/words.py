"""Sending windows in words, in the active language: when it opens, what holds, which days are kept. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kesher.contacts.channels import channel_label
from kesher.messages.windows.cities import CITIES
from kesher.messages.windows.deciding import CHANNELS, Minutes, Week, Windows
from kesher.messages.windows.rests import SHABBAT
from kesher.messages.windows.settings import clock_words

# From Sunday on, with a day of 2023 on which each fell: names of days are the calendar's own.
DAYS = {"sun": 1, "mon": 2, "tue": 3, "wed": 4, "thu": 5, "fri": 6, "sat": 7}
_NAMES = {
    SHABBAT: _("Shabbat"),
    "rosh_hashana": _("Rosh Hashana"),
    "yom_kippur": _("Yom Kippur"),
    "sukkot": _("Sukkot"),
    "simchat_torah": _("Simchat Torah"),
    "passover": _("Passover"),
    "passover_end": _("The last day of Passover"),
    "shavuot": _("Shavuot"),
}


def opens_words(at: datetime, zone: str) -> str:
    """Sunday 22.11, 08:00."""
    return _told(at.astimezone(ZoneInfo(zone)), "EEEE d.M, HH:mm")


def waits_words(data: Any) -> str:
    """Why a moved message waits, by its `reason_data` (see `moving`)."""
    at = datetime.fromisoformat(data["until"])
    when = opens_words(at, str(data["zone"]))
    return gettext("waits for the sending hours: %(when)s") % {"when": when}


def day_name(day: str) -> str:
    return _told(datetime(2023, 1, DAYS[day], tzinfo=ZoneInfo("UTC")), "EEEE")


def rest_name(days: Sequence[str]) -> str:
    """What is kept: "Rosh Hashana and Shabbat"."""
    names = [str(_NAMES[day]) for day in days]
    if len(names) == 1:
        return names[0]
    said = {"days": ", ".join(names[:-1]), "last": names[-1]}
    return gettext("%(days)s and %(last)s") % said


def holds_words(windows: Windows) -> list[str]:
    """Whole sentences: what may leave when."""
    if not windows.is_on:
        return [gettext("Messages leave at any hour of the week.")]
    said = [*_hours_words(windows)]
    if rest := windows.rest:
        city = str(CITIES[rest.city].name)
        begins = ngettext(
            "%(count)s minute before sunset", "%(count)s minutes before sunset", rest.candles
        ) % {"count": rest.candles}
        ends = (
            ngettext(
                "%(count)s minute after nightfall", "%(count)s minutes after nightfall", rest.after
            )
            % {"count": rest.after}
            if rest.after
            else gettext("nightfall")
        )
        said.append(
            gettext("Closed on Shabbat and holidays by the sun of %(city)s: from %(begins)s until %(ends)s.")
            % {"city": city, "begins": begins, "ends": ends}
        )  # fmt: skip
    if "service" in windows.classes:
        said.append(gettext("It holds for advertising and for service messages. Replies, and what a person’s own act calls for, go at any hour."))  # fmt: skip
    else:
        said.append(gettext("It holds for advertising only. Service messages, replies, and what a person’s own act calls for, go at any hour."))  # fmt: skip
    return said


def _hours_words(windows: Windows) -> Iterator[str]:
    """Channels with the same hours in one sentence."""
    weeks = [(channel, windows.hours[channel]) for channel in CHANNELS if channel in windows.hours]
    told: list[str] = []
    for channel, week in weeks:
        if channel in told:
            continue
        same = [other for other, theirs in weeks if theirs == week]
        told += same
        names = ", ".join(str(channel_label(one)) for one in same)
        yield f"{capfirst(names)}: {week_words(week)}."


def week_words(week: Week) -> str:
    """Sunday–Thursday 08:00–20:00, Friday 08:00–13:00."""
    parts = []
    for hours, group in groupby(DAYS, week.get):
        days = list(group)
        if hours is None:
            continue
        names = [day_name(day).removeprefix("יום ") for day in (days[0], days[-1])]
        between = "–".join(dict.fromkeys(names))
        parts.append(f"{between} {hours_words(hours)}")
    return ", ".join(parts)


def hours_words(hours: Minutes) -> str:
    """\u206608:00–20:00\u2069: isolated, so that the earlier stands first in no language's way."""
    return f"\u2066{clock_words(hours[0])}–{clock_words(hours[1])}\u2069"


def _told(local: datetime, pattern: str) -> str:
    from babel.dates import format_datetime  # heavy: loaded by the first who asks

    language = "en" if (get_language() or "he").startswith("en") else "he"
    return format_datetime(local, pattern, locale=language)
