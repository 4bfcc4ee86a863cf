"""What an operator takes: what is refused, its JSON schema, and how it reads in a sentence.

`editor` names the input of the builder. A `check` answers None or a sentence; values are JSON with tuples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kesher.rules.durations import duration_words, read_duration
from kesher.rules.folding import is_storable
from kesher.rules.operators.days import DAY_PATTERN, MONTH_DAY, SPOKEN_MONTHS, read_day
from kesher.rules.vocabulary import Field

LONGEST_TEXT, MOST_VALUES, MOST_DIGITS = 1_000, 500, 15
Schema = dict[str, Any]


class Operand(Protocol):
    @property
    def editor(self) -> str: ...
    def check(self, value: Any, field: Field) -> str | None: ...
    def schema(self, field: Field) -> Schema | None:
        """None: there is no value."""
        ...

    def show(self, value: Any, field: Field) -> str: ...


@dataclass(frozen=True)
class Nothing:
    editor: str = "none"

    def check(self, value: Any, field: Field) -> str | None:
        return None if value is None else _("this operator takes no value")

    def schema(self, field: Field) -> Schema | None:
        return None

    def show(self, value: Any, field: Field) -> str:
        return ""


@dataclass(frozen=True)
class OneText:
    editor: str = "text"

    def check(self, value: Any, field: Field) -> str | None:
        if not isinstance(value, str):
            return _("a text is expected here")
        if not value or not is_storable(value):
            return _("the text is empty or cannot be kept")
        if len(value) > LONGEST_TEXT:
            return _("longer than %(most)s characters") % {"most": LONGEST_TEXT}
        return None

    def schema(self, field: Field) -> Schema | None:
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}

    def show(self, value: Any, field: Field) -> str:
        return _("“%(text)s”") % {"text": value}


@dataclass(frozen=True)
class OneNumber:
    editor: str = "number"

    def check(self, value: Any, field: Field) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return _("a number is expected here, not a text")
        number = Decimal(str(value))
        if not number.is_finite() or len(number.normalize().as_tuple().digits) > MOST_DIGITS:
            return _("a number of more than %(most)s digits") % {"most": MOST_DIGITS}
        return None if abs(number) < 10**MOST_DIGITS else _("the number is too large")

    def schema(self, field: Field) -> Schema | None:
        return {"type": "number"}

    def show(self, value: Any, field: Field) -> str:
        return f"{Decimal(str(value)).normalize():,f}"


@dataclass(frozen=True)
class OneDay:
    """A day, or "today"."""

    editor: str = "date"

    def check(self, value: Any, field: Field) -> str | None:
        if value == "today" or read_day(value):
            return None
        return _("a day is expected here, like 2027-03-26")

    def schema(self, field: Field) -> Schema | None:
        return {"anyOf": [{"type": "string", "pattern": f"^{DAY_PATTERN}$"}, {"const": "today"}]}

    def show(self, value: Any, field: Field) -> str:
        day = read_day(value)
        return show_day(day) if day else _("today")


def show_day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


@dataclass(frozen=True)
class Several:
    """A list of one thing, each once or more."""

    of: Operand
    editor: str = "tags"

    def check(self, value: Any, field: Field) -> str | None:
        if not isinstance(value, tuple) or not value:
            return _("a list with at least one value is expected here")
        if len(value) > MOST_VALUES:
            return _("more than %(most)s values") % {"most": MOST_VALUES}
        return next((bad for one in value if (bad := self.of.check(one, field))), None)

    def schema(self, field: Field) -> Schema | None:
        items = self.of.schema(field)
        return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_VALUES}

    def show(self, value: Any, field: Field) -> str:
        shown = [self.of.show(one, field) for one in value]
        if len(shown) == 1:
            return shown[0]
        return _("%(list)s or %(last)s") % {"list": ", ".join(shown[:-1]), "last": shown[-1]}


@dataclass(frozen=True)
class FromTo:
    """Two of one thing, the first not above the second; both ends are included."""

    of: Operand
    order: Callable[[Any], Any]
    editor: str = "pair"

    def check(self, value: Any, field: Field) -> str | None:
        if not isinstance(value, tuple) or len(value) != 2:
            return _("two values are expected here: from and to")
        bad = self.of.check(value[0], field) or self.of.check(value[1], field)
        if bad:
            return bad
        low, high = self.order(value[0]), self.order(value[1])
        if low is None or high is None or low <= high:
            return None
        return _("from is above to: nothing lies between them")

    def schema(self, field: Field) -> Schema | None:
        return {"type": "array", "items": self.of.schema(field), "minItems": 2, "maxItems": 2}

    def show(self, value: Any, field: Field) -> str:
        low, high = (self.of.show(one, field) for one in value)
        return pgettext("between", "%(low)s and %(high)s") % {"low": low, "high": high}


@dataclass(frozen=True)
class Days:
    """A duration of whole days, weeks, months or years."""

    editor: str = "duration"

    def check(self, value: Any, field: Field) -> str | None:
        duration = read_duration(value)
        if duration and duration.is_whole_days:
            return None
        return _("a duration of whole days is expected here, like P30D")

    def schema(self, field: Field) -> Schema | None:
        return {"type": "string", "pattern": r"^P[0-9YMWD]+$"}

    def show(self, value: Any, field: Field) -> str:
        duration = read_duration(value)
        return duration_words(duration) if duration else str(value)


@dataclass(frozen=True)
class MonthAndDay:
    """A day of the year, "03-26", or "today"."""

    editor: str = "month_day"

    def check(self, value: Any, field: Field) -> str | None:
        if value == "today" or (isinstance(value, str) and MONTH_DAY.fullmatch(value)):
            return None
        return _("a month and a day are expected here, like 03-26, or today")

    def schema(self, field: Field) -> Schema | None:
        return {
            "anyOf": [
                {"type": "string", "pattern": f"^(?:{MONTH_DAY.pattern})$"},
                {"const": "today"},
            ]
        }

    def show(self, value: Any, field: Field) -> str:
        if value == "today":
            return _("today")
        month, day = (int(part) for part in value.split("-"))
        return _("%(day)s %(month)s") % {"day": day, "month": MONTHS[month]}


@dataclass(frozen=True)
class Month:
    """A month by its number, or "this", "next" or "last"."""

    editor: str = "month"

    def check(self, value: Any, field: Field) -> str | None:
        if isinstance(value, str) and value in SPOKEN_MONTHS:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 12:
            return None
        return _("a month is expected here: 1 to 12, this, next or last")

    def schema(self, field: Field) -> Schema | None:
        return {"enum": [*range(1, 13), *SPOKEN_MONTHS]}

    def show(self, value: Any, field: Field) -> str:
        spoken = {"this": _("this month"), "next": _("next month"), "last": _("last month")}
        return spoken[value] if value in spoken else str(MONTHS[value])


@dataclass(frozen=True)
class OneChoice:
    """The key of a choice. A choice since removed is not refused here: see checks."""

    editor: str = "choice"

    def check(self, value: Any, field: Field) -> str | None:
        return OneText().check(value, field)

    def schema(self, field: Field) -> Schema | None:
        keys = [choice.key for choice in field.choices]
        return {"enum": keys} if keys else {"type": "string", "minLength": 1}

    def show(self, value: Any, field: Field) -> str:
        label = next((one.label for one in field.choices if one.key == value), value)
        return _("“%(text)s”") % {"text": label}


@dataclass(frozen=True)
class YesOrNo:
    editor: str = "yes_no"

    def check(self, value: Any, field: Field) -> str | None:
        return None if isinstance(value, bool) else _("true or false is expected here")

    def schema(self, field: Field) -> Schema | None:
        return {"type": "boolean"}

    def show(self, value: Any, field: Field) -> str:
        return _("yes") if value else _("no")
