"""The filters of the contacts table as a query string, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.contacts.fields.date import read_date
from kesher.contacts.filtering import FieldFilter, Filters
from kesher.contacts.sorting import SORTS
from kesher.contacts.vocabulary import FieldInfo

STATES: dict[str, str | Promise] = {
    "granted": _("agreed"), "withdrawn": _("refused"), "unknown": _("not asked"),
}  # fmt: skip
REACH: dict[str, str | Promise] = {
    "email": _("have an e-mail"), "-email": _("have no e-mail"),
    "mobile": _("have a mobile"), "-mobile": _("have no mobile"),
}  # fmt: skip
PROBLEMS: dict[str, str | Promise] = {"bounced": _("mail bounced"), "suppressed": _("blocked")}
OPERATORS: dict[str, str | Promise] = {
    "is": _("is"), "contains": _("contains"), "set": _("is known"), "unset": _("is not known"),
}  # fmt: skip
SOURCES: dict[str, str | Promise] = {
    "staff": _("by hand"), "import": _("import"), "form": _("form"), "api": _("API"), "demo": _("demo"),
}  # fmt: skip
_KEPT = (
    "q", "list", "email", "sms", "whatsapp", "from", "until", "reach", "problem", "source",
    "field", "op", "value", "sort", "segment", "rule",
)  # fmt: skip


@dataclass(frozen=True)
class Query:
    """What the table shows: the search, the filters and the sort, with the query string that says so."""

    text: str
    filters: Filters
    sort: str
    string: str

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.filters)


def read_query(given: QueryDict, fields: list[FieldInfo]) -> Query:
    """What is not understood is left out."""
    sort = given.get("sort", "")
    text = given.get("q", "").strip()[:200]
    kept = {key: given[key] for key in _KEPT if given.get(key)}
    return Query(
        text, _filters(given, fields), sort if sort in SORTS else "newest", urlencode(kept)
    )


def _filters(given: QueryDict, fields: list[FieldInfo]) -> Filters:
    reach = given.get("reach", "")
    return Filters(
        list_id=int(number) if (number := str(given.get("list", ""))).isdecimal() else None,
        consent={
            channel: str(given[channel])
            for channel in ("email", "sms", "whatsapp")
            if given.get(channel) in STATES
        },
        created_from=_day(given.get("from", "")),
        created_until=_day(given.get("until", ""), days=1),
        has=(reach,) if reach in ("email", "mobile") else (),
        lacks=(reach[1:],) if reach in ("-email", "-mobile") else (),
        problem=given.get("problem", "") if given.get("problem") in PROBLEMS else "",
        source=given.get("source", "")[:40],
        fields=_field(given, fields),
    )


def _day(text: str, days: int = 0) -> datetime | None:
    """The beginning of a day on the workspace's clock, so many days later."""
    day = read_date(text, day_first=True)
    if day is None:
        return None
    day += timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _field(given: QueryDict, fields: list[FieldInfo]) -> tuple[FieldFilter, ...]:
    key, op, value = given.get("field", ""), given.get("op", "is"), given.get("value", "").strip()
    info = next((info for info in fields if info.key == key), None)
    if info is None or op not in OPERATORS or (op in ("is", "contains") and not value):
        return ()
    typed = _typed(info, value) if op == "is" else None
    if isinstance(typed, str | int | float):
        value = str(typed).lower() if isinstance(typed, bool) else str(typed)
    return (FieldFilter(key, op, value[:200], typed),)


def _typed(info: FieldInfo, value: str) -> Any:
    """The value as the field keeps it; None when it is none."""
    from kesher.contacts.fields import BadValue, ParseContext

    typed = info.field_type.parse(value, info.options, ParseContext())
    return None if isinstance(typed, BadValue) else typed


def count_active(query: Query) -> int:
    """How many filters of the panel are set: not the search, not the list."""
    filters = query.filters
    single = (
        filters.created_from, filters.created_until, filters.has, filters.lacks,
        filters.problem, filters.source, filters.fields,
    )  # fmt: skip
    return len(filters.consent) + sum(bool(part) for part in single)
