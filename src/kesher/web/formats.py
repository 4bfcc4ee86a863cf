"""How numbers, money, times, phones and people's names are written on screens, one function each.

Hebrew text around a number must not move its sign: money follows CLDR's Hebrew pattern, a right-to-left
mark before the number and before ₪.
"""

from __future__ import annotations

import re
import zlib
from datetime import date, datetime, timedelta
from decimal import Decimal

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_location
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from django.utils import timezone, translation

Number = int | float | Decimal
HUES = ("teal", "blue", "plum", "amber", "moss", "coral")
NOTHING = "–"
MISSING = (None, "")  # a template gives "" for what it does not find


def locale() -> Locale:
    """Babel's locale of the screen's language, with the customs of Israel."""
    return Locale.parse(
        "en_IL" if (translation.get_language() or "he").startswith("en") else "he_IL"
    )


def number(value: Number | None) -> str:
    """18402 → "18,402"; None → "–"."""
    return NOTHING if value in MISSING else format_decimal(value, locale=locale())


def short_number(value: Number | None) -> str:
    """18402 → "18K" or its Hebrew form, for badges."""
    if value is None or value in MISSING or -10_000 < value < 10_000:
        return number(value)
    return format_compact_decimal(value, format_type="short", locale=locale(), fraction_digits=0)


def money(value: Number | None, currency: str = "ILS") -> str:
    """Whole amounts without agorot: 1240 → "1,240 ₪"."""
    if value is None:
        return NOTHING
    agorot = value != int(value)
    pattern = locale().currency_formats["standard"].pattern
    return format_currency(
        value,
        currency,
        format=pattern if agorot else pattern.replace(".00", ""),
        locale=locale(),
        currency_digits=agorot,
    )


def percent(ratio: float | None) -> str:
    """0.384 → "38.4%"; None (nothing to divide by) → "–"."""
    return NOTHING if ratio is None else format_percent(ratio, "#,##0.#%", locale=locale())


def share(part: int, whole: int) -> str:
    """38 of 100 → "38%"; of nothing → "–"."""
    return percent(part / whole if whole else None)


def day(value: date | datetime | None) -> str:
    """17.11.2026, in the workspace's time zone."""
    return NOTHING if value is None else format_date(_local(value), "d.M.yyyy", locale=locale())


def moment(value: datetime | None) -> str:
    """17.11.2026, 10:00, in the workspace's time zone."""
    if value is None:
        return NOTHING
    return format_datetime(_local(value), "d.M.yyyy, HH:mm", locale=locale())


def short_day(value: date) -> str:
    """17 Nov, for the axis of a chart."""
    return format_date(value, "d MMM", locale=locale())


def short_hour(value: datetime) -> str:
    """17 Nov 10:00, for the axis of a chart, on the clock of the active time zone."""
    return format_datetime(
        timezone.localtime(value).replace(tzinfo=None), "d MMM HH:mm", locale=locale()
    )


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """ "3 minutes ago"; older than thirty days is a date."""
    if value is None:
        return NOTHING
    passed = (now or timezone.now()) - value
    if abs(passed) > timedelta(days=30):
        return day(value)
    return str(format_timedelta(-passed, add_direction=True, threshold=1.2, locale=locale()))


def duration(seconds: float) -> str:
    """ "2 minutes", rounded to its largest unit."""
    return str(format_timedelta(timedelta(seconds=max(1, round(seconds))), locale=locale()))


_ISRAELI_MOBILE = re.compile(r"\+9725[0-9]{8}")


def phone(e164: str | None) -> str:
    """+972501234567 → 050-123-4567; a foreign number keeps its country code."""
    if not e164:
        return NOTHING
    # Most of a table's fifty; the library takes 0.1 ms for each.
    if _ISRAELI_MOBILE.fullmatch(e164):
        return f"0{e164[4:6]}-{e164[6:9]}-{e164[9:]}"
    try:
        parsed = phonenumbers.parse(e164, "IL")
    except phonenumbers.NumberParseException:
        return e164
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    foreign = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, national if parsed.country_code == 972 else foreign)


def zone_name(zone: str) -> str:
    """Asia/Jerusalem → "Jerusalem", in the language of the screen; without the region's name, as it is."""
    try:
        city = get_timezone_location(zone, locale=locale(), return_city=True)
    except LookupError:
        return zone
    return str(city).replace("_", " ")


def initials(name: str) -> str:
    """Of the first and the last word: "דנה לוי" → "דל". An address gives its first letter."""
    words = [word for word in name.split("@")[0].split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(seed: object) -> str:
    """Always the same colour for the same person."""
    return HUES[zlib.crc32(str(seed).encode()) % len(HUES)]


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value
