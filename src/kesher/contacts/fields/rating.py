"""A rating from 1 up to its end: options {"max": 5, "low": "bad", "high": "excellent"}."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.base import FIELD_TYPES, BadValue, Options, ParseContext
from kesher.contacts.fields.number import read_number

USUAL_MOST = 5


def highest(options: Options) -> int:
    return int(options.get("max") or USUAL_MOST)


class Rating:
    key = "rating"
    label = _("rating")
    icon = "star"
    widget = "rating"

    def parse(self, text: str, options: Options, context: ParseContext) -> int | BadValue | None:
        if not text.strip():
            return None
        number = read_number(text)
        if number is None or number != number.to_integral_value():
            return BadValue("not_a_rating", {"most": highest(options)})
        return self.check(int(number), options)

    def check(self, value: Any, options: Options) -> int | BadValue | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            return BadValue("wrong_type")
        most = highest(options)
        return value if 1 <= value <= most else BadValue("not_a_rating", {"most": most})

    def show(self, value: Any, options: Options, language: str) -> str:
        return f"{value} / {highest(options)}"

    def edit(self, value: Any, options: Options) -> str:
        return str(value)


FIELD_TYPES.register(Rating())
