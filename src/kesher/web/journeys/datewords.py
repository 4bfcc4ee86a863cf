"""The day of a trigger or a wait in words: a date of the contact, a day, a holiday, a day of the Hebrew year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesher.journeys.triggers import BY_ITSELF, HOLIDAYS, MONTHS
from kesher.lib.bidi import isolated


def day_words(given: Mapping[str, Any], label_of: Callable[[Any], str]) -> str:
    """`label_of` tells a field's name. "…" where nothing is chosen yet."""
    if given.get("field"):
        return isolated(label_of(given["field"]))
    if given.get("holiday"):
        return _label(HOLIDAYS, str(given["holiday"]))
    if given.get("hebrew_month"):
        return _hebrew_day(str(given["hebrew_month"]), given.get("hebrew_day"))
    return isolated(str(given.get("on") or "…"))


def rounds_words(given: Mapping[str, Any]) -> str:
    """How it comes round; "" for once."""
    if any(given.get(key) for key in BY_ITSELF):
        return _("every year")
    words = {
        "year": _("every year"),
        "month": _("every month"),
        "hebrew_year": _("every year by the Hebrew date"),
    }
    return words.get(str(given.get("every") or ""), "")


def _label(choices: Any, key: str) -> str:
    return next((str(one.label) for one in choices if one.key == key), key)


def _hebrew_day(month: str, day: Any) -> str:
    from pyluach.hebrewcal import to_hebrew_numeral  # loaded by the first who asks

    is_day = isinstance(day, int) and 1 <= day <= 30
    in_hebrew = is_day and (get_language() or "").startswith("he")
    told = to_hebrew_numeral(day) if in_hebrew else day if is_day else "…"
    return _("%(day)s of %(month)s") % {"day": told, "month": _label(MONTHS, month)}
