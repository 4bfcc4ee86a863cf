"""How a merge tag may be written, `[[birthday:long|soon]]`: each format one entry, found by its Hebrew or English name.

A format takes a stored value and gives the words of a language. What a value of its kind cannot be is left as it
is: a mail never fails for an odd value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

import phonenumbers
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, is_currency
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.contacts.vocabulary import folded
from kesher.lib.addresses import show_phone
from kesher.lib.registry import Registry

Show = Callable[[Any, Locale, str], str | None]

_DATES = frozenset({"date", "date_time"})
_NUMBERS = frozenset({"number", "rating"})
_WORDS = frozenset({"text", "long_text"})


@dataclass(frozen=True)
class TagFormat:
    """`types` are the field types it fits. `show(value, locale, argument)`: None leaves the field's own way.

    `takes` names what may stand after the format's name: "currency", or nothing.
    """

    key: str
    label: str | Promise
    names: tuple[str, ...]
    types: frozenset[str]
    example: Any
    show: Show
    takes: str = ""


TAG_FORMATS: Registry[TagFormat] = Registry("tag format")


def formats_for(type: str) -> list[TagFormat]:
    """Those that fit a field of this type, in their order."""
    return [one for one in TAG_FORMATS if type in one.types]


def read_format(text: str, type: str) -> str | None:
    """The stored form of what was typed after the colon, "money USD"; None when it names no format of the type."""
    wanted = folded(text)
    for one in formats_for(type):
        for name in (one.key, str(one.label), *one.names):
            if wanted == folded(name):
                return one.key
            if one.takes == "currency" and wanted.startswith(f"{folded(name)} "):
                currency = wanted.rpartition(" ")[2].upper()
                if is_currency(currency):
                    return f"{one.key} {currency}"
    return None


def nearest_format(text: str, type: str) -> str | None:
    """The format's name that was most likely meant."""
    names = {folded(name): name for one in formats_for(type) for name in (one.key, *one.names)}
    found = get_close_matches(folded(text), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def show_as(stored: str, value: Any, *, language: str, currency: str) -> str | None:
    """The value in words. None: this format says nothing about such a value. `currency` is the workspace's."""
    key, _space, given = stored.partition(" ")
    if key not in TAG_FORMATS:
        return None
    return TAG_FORMATS.get(key).show(value, locale_of(language), given or currency)


def locale_of(language: str) -> Locale:
    """Babel's locale of a document's language, with the customs of Israel where there is a choice."""
    short = language[:2]
    if short in ("he", "en"):
        return Locale.parse(f"{short}_IL")
    return Locale.parse(short) if short in {"ar", "ru", "fr", "es", "de", "am"} else Locale("en")


# Dates.


def _day(value: Any) -> date | None:
    """The day of a date or an instant, on the active clock."""
    text = str(value)
    try:
        if "T" in text:
            return timezone.localtime(datetime.fromisoformat(text)).date()
        return date.fromisoformat(text)
    except ValueError:
        return None


def _dated(pattern_he: str, pattern: str) -> Show:
    def show(value: Any, locale: Locale, _argument: str) -> str | None:
        day = _day(value)
        chosen = pattern_he if locale.language == "he" else pattern
        return None if day is None else str(format_date(day, chosen, locale=locale))

    return show


def _time(value: Any, _locale: Locale, _argument: str) -> str | None:
    try:
        return f"{timezone.localtime(datetime.fromisoformat(str(value))):%H:%M}"
    except ValueError:
        return None


# Numbers.


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _decimal(pattern: str) -> Show:
    def show(value: Any, locale: Locale, _argument: str) -> str | None:
        number = _number(value)
        return None if number is None else str(format_decimal(number, pattern, locale=locale))

    return show


def money(value: Any, locale: Locale, currency: str) -> str | None:
    """Whole amounts without agorot. Hebrew by CLDR: a right-to-left mark before the number and before ₪."""
    amount = _number(value)
    if amount is None:
        return None
    pattern = locale.currency_formats["standard"].pattern
    is_whole = amount == amount.to_integral_value()
    return str(
        format_currency(
            amount,
            currency,
            format=pattern.replace(".00", "") if is_whole else pattern,
            locale=locale,
            currency_digits=not is_whole,
        )
    )


def _percent(value: Any, locale: Locale, _argument: str) -> str | None:
    """15 is "15%": fields hold percents as people write them."""
    number = _number(value)
    return None if number is None else f"{format_decimal(number, '#,##0.##', locale=locale)}%"


# Words and phones.


def _upper_first(value: Any, _locale: Locale, _argument: str) -> str | None:
    text = str(value)
    return text[:1].upper() + text[1:]


def _local_phone(value: Any, _locale: Locale, _argument: str) -> str | None:
    return show_phone(str(value))


def _abroad_phone(value: Any, _locale: Locale, _argument: str) -> str | None:
    try:
        parsed = phonenumbers.parse(str(value))
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _digits(value: Any, _locale: Locale, _argument: str) -> str | None:
    return re.sub(r"\D", "", str(value)) or None


_DAY, _INSTANT = "2026-11-17", "2026-11-17T08:00:00Z"
for _made in (
    TagFormat(
        "short", _("short date"), ("date short", "קצר", "תאריך קצר"), _DATES, _DAY,
        _dated("d.M.yyyy", "d/M/yyyy"),
    ),
    TagFormat(
        "long", _("long date"), ("date long", "ארוך", "מלא", "תאריך מלא", "תאריך ארוך"), _DATES, _DAY,
        _dated("d בMMMM yyyy", "d MMMM yyyy"),
    ),
    TagFormat(
        "day", _("day and month"), ("day month", "day+month", "יום וחודש"), _DATES, _DAY,
        _dated("d בMMMM", "d MMMM"),
    ),
    TagFormat("month", _("month"), ("חודש",), _DATES, _DAY, _dated("LLLL", "LLLL")),
    TagFormat(
        "weekday", _("day of the week"), ("יום", "יום בשבוע"), _DATES, _DAY, _dated("EEEE", "EEEE")
    ),
    TagFormat("time", _("time"), ("hour", "שעה"), frozenset({"date_time"}), _INSTANT, _time),
    TagFormat(
        "money", _("money"), ("price", "sum", "כסף", "סכום", "מחיר"), _NUMBERS, 1240, money, "currency"
    ),
    TagFormat(
        "number", _("number with separators"), ("מספר",), _NUMBERS, 12345.5, _decimal("#,##0.##########")
    ),
    TagFormat("whole", _("whole number"), ("round", "שלם", "מספר שלם"), _NUMBERS, 12345.5, _decimal("#,##0")),
    TagFormat("percent", _("percent"), ("%", "אחוז", "אחוזים"), _NUMBERS, 15, _percent),
    TagFormat(
        "local", _("local number"), ("phone local", "מקומי"), frozenset({"phone"}), "+972501234567",
        _local_phone,
    ),
    TagFormat(
        "international", _("with country code"), ("בינלאומי",), frozenset({"phone"}), "+972501234567",
        _abroad_phone,
    ),
    TagFormat(
        "digits", _("digits only"), ("ספרות",), frozenset({"phone"}), "+972501234567", _digits
    ),
    TagFormat(
        "capital", _("capital first letter"), ("upper first", "upper-first", "אות גדולה"), _WORDS, "noa",
        _upper_first,
    ),
):  # fmt: skip
    TAG_FORMATS.register(_made)
