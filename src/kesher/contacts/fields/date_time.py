"""An instant. Kept as RFC 3339 in UTC, "2027-03-26T06:30:00Z"; read and shown on the workspace's clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext
from kesher.contacts.fields.date import read_date, show_date

_TIME = re.compile(r"(.+?)[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*$")
_SERIAL = re.compile(r"(\d{4,5})\.(\d+)$")


def read_instant(text: str, context: ParseContext) -> datetime | None:
    """ISO with or without a zone, 31/12/1980 14:30, Excel's 29586.6; None when it is none of these."""
    bare = text.strip()
    zone = ZoneInfo(context.time_zone)
    if len(bare) > 10 and bare[4:5] == "-":
        try:
            given = datetime.fromisoformat(bare)
        except ValueError:
            return None
        return given if given.tzinfo else given.replace(tzinfo=zone)
    if _SERIAL.match(bare) and (day := read_date(bare.split(".")[0], day_first=True)):
        seconds = round(float("0." + bare.split(".")[1]) * 86_400)
        return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=seconds)
    match = _TIME.match(bare)
    day = read_date(match[1] if match else bare, day_first=context.day_first)
    hours, minutes, seconds = (
        (int(part or 0) for part in match.groups()[1:]) if match else (0, 0, 0)
    )
    if day is None or hours > 23 or minutes > 59 or seconds > 59:
        return None
    return datetime(day.year, day.month, day.day, hours, minutes, seconds, tzinfo=zone)


def stored(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class DateTime:
    key = "date_time"
    label = _("date and time")
    icon = "calendar-time"
    widget = "datetime-local"

    def parse(self, text: str, options: Options, context: ParseContext) -> str | BadValue | None:
        if not text.strip():
            return None
        instant = read_instant(text, context)
        return BadValue("not_a_time") if instant is None else stored(instant)

    def check(self, value: Any, options: Options) -> str | BadValue | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return BadValue("wrong_type")
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            return BadValue("not_a_time")
        return stored(instant) if instant.tzinfo else BadValue("not_a_time")

    def show(self, value: Any, options: Options, language: str) -> str:
        local = timezone.localtime(datetime.fromisoformat(str(value)))
        return f"{show_date(local.date())} {local:%H:%M}"

    def edit(self, value: Any, options: Options) -> str:
        local = timezone.localtime(datetime.fromisoformat(str(value)))
        return f"{local:%Y-%m-%dT%H:%M:%S}" if local.second else f"{local:%Y-%m-%dT%H:%M}"


FIELD_TYPES.register(DateTime())
