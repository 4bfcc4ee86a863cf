"""A number, whole or decimal. Kept as a JSON number of at most 15 digits, which a float carries exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext

MOST_DIGITS = 15
# Direction marks that spreadsheets leave around numbers in Hebrew sheets, spaces, currency signs.
_NOISE = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\u00a0\u202f\s₪$€£]|ש[\"״]ח")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)$")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_COMMA_DECIMAL = re.compile(r"[+-]?\d+,\d{1,2}$")


def read_number(text: str) -> Decimal | None:
    """What people mean by 1,234.5, ₪ 12, 12,5, (30), 30-, 5%; None when it is no number."""
    bare = _NOISE.sub("", text).replace("−", "-").rstrip("%")
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    elif len(bare) > 1 and bare.endswith("-"):
        bare = "-" + bare[:-1]
    if _THOUSANDS.match(bare):
        bare = bare.replace(",", "")
    elif _COMMA_DECIMAL.match(bare):
        bare = bare.replace(",", ".")
    return Decimal(bare) if bare.isascii() and _PLAIN.match(bare) else None


def json_number(number: Decimal) -> int | float | BadValue:
    """The number as JSON keeps it, unless it has too many digits to be exact."""
    if not number.is_finite():
        return BadValue("not_a_number")
    trimmed = number.normalize()
    if len(trimmed.as_tuple().digits) > MOST_DIGITS or abs(trimmed.adjusted()) >= MOST_DIGITS:
        return BadValue("number_too_large")
    return int(trimmed) if trimmed == trimmed.to_integral_value() else float(trimmed)


class Number:
    key = "number"
    label = _("number")
    icon = "numbers"
    widget = "number"

    def parse(
        self, text: str, options: Options, context: ParseContext
    ) -> int | float | BadValue | None:
        if not text.strip():
            return None
        number = read_number(text)
        return BadValue("not_a_number") if number is None else json_number(number)

    def check(self, value: Any, options: Options) -> int | float | BadValue | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return BadValue("wrong_type")
        return json_number(Decimal(str(value)))

    def show(self, value: Any, options: Options, language: str) -> str:
        places = options.get("decimals")
        return f"{value:,.{places}f}" if isinstance(places, int) else f"{Decimal(str(value)):,f}"

    def edit(self, value: Any, options: Options) -> str:
        return f"{Decimal(str(value)):f}"


FIELD_TYPES.register(Number())
