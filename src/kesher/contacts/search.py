"""The contacts table: search, filters, sorts, and pages that go on from the last row of the one before."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kesher.contacts.channels import CHANNELS
from kesher.contacts.vocabulary import DEFAULT_KEYS
from kesher.events import counters
from kesher.lib import sql

_IGNORED = re.compile(r"[\u0591-\u05bd\u05bf-\u05c7׳״'\"`\u200e\u200f\u2066-\u2069]")
_PHONE_LIKE = re.compile(r"[\d\s+().\-־–]+$")
MOST_WORDS = 6


@dataclass(frozen=True)
class FieldFilter:
    """`op` is is, contains, set or unset. `column` as in FieldInfo; values compare as text."""

    key: str
    op: str
    value: str = ""


@dataclass(frozen=True)
class Filters:
    """What the table is narrowed to; each left at its default narrows nothing."""

    list_id: int | None = None
    consent: Mapping[str, str] = field(default_factory=dict)  # channel: granted, withdrawn, unknown
    created_from: datetime | None = None
    created_until: datetime | None = None
    has: tuple[str, ...] = ()  # email, mobile, phone
    lacks: tuple[str, ...] = ()
    problem: str = ""  # bounced, suppressed
    source: str = ""
    fields: tuple[FieldFilter, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Row:
    """A contact as the table shows it."""

    id: int
    first_name: str
    last_name: str
    email: str
    mobile: str
    phone: str
    role: str
    company: str
    city: str
    birthday: Any
    notes: str
    fields: dict[str, Any]
    email_consent: str
    sms_consent: str
    whatsapp_consent: str
    email_bounced_at: datetime | None
    source: str
    created_at: datetime
    active_at: datetime | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def value(self, key: str) -> Any:
        """The value of a default or custom field; None or "" when there is none."""
        return getattr(self, key) if key in DEFAULT_KEYS else self.fields.get(key)


@dataclass(frozen=True)
class Page:
    """`after` fetches the next page, "" when this is the last. `is_exact` is False for an estimate."""

    rows: list[Row]
    after: str
    total: int
    is_exact: bool


_COLUMNS = (
    "c.id, c.first_name, c.last_name, c.email, c.mobile, c.phone, c.role, c.company, c.city, c.birthday,"
    " c.notes, c.fields::text, c.email_consent, c.sms_consent, c.whatsapp_consent, c.email_bounced_at,"
    " c.source, c.created_at, c.active_at"
)


@dataclass(frozen=True)
class Stage:
    """A stretch of a sort that one index walks: a condition, an order, and where the page before ended."""

    condition: str
    order: str
    compare: str
    columns: tuple[str, ...]


# Empty names come last, and so do those who never did anything: each in a stage of its own, so that no
# condition needs an OR, which would keep the index from being walked.
SORTS: dict[str, tuple[Stage, ...]] = {
    "newest": (Stage("TRUE", "c.id DESC", "c.id < %(a0)s", ("id",)),),
    "oldest": (Stage("TRUE", "c.id", "c.id > %(a0)s", ("id",)),),
    "name": (
        Stage(
            "c.first_name > ''", "c.first_name, c.last_name, c.id",
            "(c.first_name, c.last_name, c.id) > (%(a0)s, %(a1)s, %(a2)s)", ("first_name", "last_name", "id"),
        ),
        Stage(
            "c.first_name = ''", "c.last_name, c.id",
            "(c.last_name, c.id) > (%(a0)s, %(a1)s)", ("last_name", "id"),
        ),
    ),
    "-name": (
        Stage(
            "TRUE", "c.first_name DESC, c.last_name DESC, c.id DESC",
            "(c.first_name, c.last_name, c.id) < (%(a0)s, %(a1)s, %(a2)s)", ("first_name", "last_name", "id"),
        ),
    ),
    "activity": (
        Stage(
            "c.active_at IS NOT NULL", "c.active_at DESC NULLS LAST, c.id DESC",
            "(c.active_at, c.id) < (%(a0)s::timestamptz, %(a1)s)", ("active_at", "id"),
        ),
        Stage("c.active_at IS NULL", "c.id DESC", "c.id < %(a0)s", ("id",)),
    ),
}  # fmt: skip


def search_page(
    workspace_id: int,
    *,
    salt: str = "",
    text: str = "",
    filters: Filters | None = None,
    sort: str = "newest",
    after: str = "",
    limit: int = 50,
) -> Page:
    """One page of the living contacts that match. A stale or foreign `after` starts from the beginning.

    `salt` is the workspace's, needed only for the filter "suppressed".
    """
    wanted = filters or Filters()
    where, parameters = conditions(text, wanted)
    parameters |= {"workspace": workspace_id, "limit": limit + 1, "salt": salt}
    stages = SORTS.get(sort, SORTS["newest"])
    number, cursor = _read_cursor(after, stages)
    # The planner would walk the index of names past everybody who does not match: the last in the
    # alphabet cost 900,000 buffers. So a search by another order than the ids' finds its people first.
    first = "OFFSET 0" if text.strip() and sort not in ("newest", "oldest") else ""
    walks = not first and _walks(workspace_id, text, wanted, sort)
    walked = f" AND ({_IN_LIST}) IS TRUE" if walks else where
    found: list[tuple[Row, int]] = []
    for index in range(number, len(stages)):
        rest = limit + 1 - len(found)
        if rest <= 0:
            break
        start = cursor if index == number else None
        given = parameters | {"limit": rest}
        rows = _stage_rows(stages[index], walked, given, start, first, ids_first=walks)
        found += [(row, index) for row in rows]
    more = len(found) > limit
    rows_here = [row for row, _index in found[:limit]]
    last = _cursor(*found[limit - 1], stages) if more else ""
    first_page = not after
    if first_page and not more:
        return Page(rows_here, last, len(rows_here), is_exact=True)
    total, is_exact = _total(workspace_id, text, wanted, where, parameters)
    return Page(rows_here, last, total, is_exact)


def _walks(workspace_id: int, text: str, filters: Filters, sort: str) -> bool:
    """Whether to walk the sort's index and look each contact up in the list, held as a hash in memory.

    Of a list this large the next fifty come soon; the planner, who does not know that, looked ten thousand
    contacts up one by one: 39,000 buffers where this takes 400.
    """
    if filters.list_id is None or filters != Filters(list_id=filters.list_id) or text.strip():
        return False
    name = f"list.{filters.list_id}"
    return sort not in ("newest", "oldest") and (
        WALK_FROM <= counters.read(workspace_id, [name])[name] <= WALK_UP_TO
    )


WALK_FROM, WALK_UP_TO = 2_000, 100_000  # above, every tenth contact is in it and any way is fast


def _stage_rows(
    stage: Stage, where: str, parameters: dict[str, Any], cursor: Sequence[Any] | None, fence: str,
    *, ids_first: bool = False,
) -> list[Row]:  # fmt: skip
    """`ids_first` finds them by the index alone and fetches only the fifty that are shown."""
    going_on = "TRUE" if cursor is None else stage.compare
    named = {f"a{n}": value for n, value in enumerate(cursor or ())}
    living = f"c.workspace_id = %(workspace)s AND c.deleted_at IS NULL{where}"
    source = f"(SELECT * FROM contact c WHERE {living} {fence}) c" if fence else "contact c"
    statement = (
        f"SELECT {_COLUMNS} FROM {source} WHERE {'TRUE' if fence else living}"
        f" AND {stage.condition} AND {going_on} ORDER BY {stage.order} LIMIT %(limit)s"
    )
    if ids_first:
        statement = (
            f"SELECT {_COLUMNS} FROM contact c WHERE c.workspace_id = %(workspace)s AND c.id IN ("
            f"SELECT c.id FROM contact c WHERE {living} AND {stage.condition} AND {going_on}"
            f" ORDER BY {stage.order} LIMIT %(limit)s) ORDER BY {stage.order}"
        )
    return [_row(row) for row in sql.rows(statement, parameters | named)]


def _row(values: tuple[Any, ...]) -> Row:
    *start, fields = values[:12]
    return Row(*(*start, json.loads(fields), *values[12:]))


def _cursor(row: Row, stage: int, stages: tuple[Stage, ...]) -> str:
    values = [getattr(row, column) for column in stages[stage].columns]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([stage, *plain]).encode()).decode()


def _read_cursor(text: str, stages: tuple[Stage, ...]) -> tuple[int, Sequence[Any] | None]:
    try:
        number, *values = json.loads(base64.urlsafe_b64decode(text.encode("ascii", "replace")))
        kinds = [int if column == "id" else str for column in stages[number].columns]
        if number >= 0 and [type(value) for value in values] == kinds:
            if "active_at" in stages[number].columns:
                datetime.fromisoformat(values[0])
            return number, values
    except (ValueError, TypeError, IndexError):
        pass
    return 0, None


def _total(
    workspace_id: int, text: str, filters: Filters, where: str, parameters: dict[str, Any]
) -> tuple[int, bool]:
    """From the counters when they know; else the planner's estimate, and an exact count when that is small."""
    if not text.strip() and not filters:
        return counters.read(workspace_id, ["contacts"])["contacts"], True
    if not text.strip() and filters == Filters(list_id=filters.list_id):
        name = f"list.{filters.list_id}"
        return counters.read(workspace_id, [name])[name], True
    living = f"FROM contact c WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL{where}"
    plan = sql.value(f"EXPLAIN (FORMAT JSON) SELECT 1 {living}", parameters)
    estimate = int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])
    if estimate > EXACT_UP_TO:
        return estimate, False
    statement = f"SELECT count(*) FROM (SELECT 1 {living} LIMIT {EXACT_UP_TO}) AS found"
    exact = int(sql.value(statement, parameters))
    return exact, exact < EXACT_UP_TO


EXACT_UP_TO = 1_000


def matching_ids(
    workspace_id: int, *, salt: str = "", text: str = "", filters: Filters | None = None
) -> list[int]:
    """The ids of all that match, newest first, for what is done to all of them."""
    where, parameters = conditions(text, filters or Filters())
    statement = (
        "SELECT c.id FROM contact c WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"
        f"{where} ORDER BY c.id DESC"
    )
    return [
        row[0]
        for row in sql.rows(statement, parameters | {"workspace": workspace_id, "salt": salt})
    ]


def words_of(text: str) -> list[str]:
    """The patterns that a search means, each to be found: "050-123" is one phone, "נועה כה" two words."""
    tidy = _IGNORED.sub("", unicodedata.normalize("NFC", text)).replace("\x00", "").lower().strip()
    if _PHONE_LIKE.match(tidy) and (digits := re.sub(r"\D", "", tidy)):
        return [digits.removeprefix("00")]
    return tidy.split()[:MOST_WORDS]


def _like(word: str) -> str:
    """Anywhere in the text; of one or two letters only where a word begins, which the index can find."""
    plain = re.sub(r"([%_\\])", r"\\\1", word)
    return f"%{plain}%" if len(word) > 2 else f"% {plain}%"


def conditions(text: str, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The search and the filters as ` AND …` over `contact c`, and their parameters."""
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    for number, word in enumerate(words_of(text)):
        parts.append(f"c.search LIKE %(w{number})s")
        parameters[f"w{number}"] = _like(word)
    for part, named in _filter_parts(filters):
        parts.append(part)
        parameters |= named
    return "".join(f" AND {part}" for part in parts), parameters


_IN_LIST = """c.id IN (
    SELECT m.contact_id FROM list_membership m WHERE m.workspace_id = %(workspace)s AND m.list_id = %(list)s)"""
_SUPPRESSED = """c.id IN (
    SELECT sc.id FROM suppression s JOIN contact sc ON sc.workspace_id = s.workspace_id
        AND sc.email = s.address AND sc.email <> '' AND sc.deleted_at IS NULL
    WHERE s.workspace_id = %(workspace)s AND s.channel = 'email' AND s.address <> ''
    UNION ALL
    SELECT sc.id FROM suppression s JOIN contact sc ON sc.workspace_id = s.workspace_id
        AND sc.mobile = s.address AND sc.mobile <> '' AND sc.deleted_at IS NULL
    WHERE s.workspace_id = %(workspace)s AND s.channel IN ('sms', 'whatsapp') AND s.address <> '')"""
_ADDRESSES = ("email", "mobile", "phone")


def _filter_parts(filters: Filters) -> list[tuple[str, dict[str, Any]]]:
    parts: list[tuple[str, dict[str, Any]]] = []
    if filters.list_id is not None:
        parts.append((_IN_LIST, {"list": filters.list_id}))
    for channel, state in filters.consent.items():
        value = "" if state == "unknown" else state
        parts.append((f"c.{CHANNELS[channel].consent} = '{_state(value)}'", {}))
    if filters.created_from:
        parts.append(("c.created_at >= %(created_from)s", {"created_from": filters.created_from}))
    if filters.created_until:
        parts.append(("c.created_at < %(created_until)s", {"created_until": filters.created_until}))
    parts += [(f"c.{key} <> ''", {}) for key in filters.has if key in _ADDRESSES]
    parts += [(f"c.{key} = ''", {}) for key in filters.lacks if key in _ADDRESSES]
    if filters.problem == "bounced":
        parts.append(("c.email_bounced_at IS NOT NULL", {}))
    elif filters.problem == "suppressed":
        parts.append((_SUPPRESSED, {}))
    if filters.source:
        parts.append(("c.source = %(source)s", {"source": filters.source}))
    parts += [_field_part(number, part) for number, part in enumerate(filters.fields)]
    return parts


def _state(value: str) -> str:
    """One of the three, as a constant in the text, so that the partial indexes are used."""
    return value if value in ("", "granted", "withdrawn") else ""


def _field_part(number: int, part: FieldFilter) -> tuple[str, dict[str, Any]]:
    key, given = f"k{number}", f"v{number}"
    column = f"c.{part.key}::text" if part.key in DEFAULT_KEYS else f"(c.fields ->> %({key})s)"
    parameters = {key: part.key, given: part.value.strip().lower()}
    has_it = f"coalesce({column}, '') <> ''"
    match part.op:
        case "set":
            return has_it, parameters
        case "unset":
            return f"coalesce({column}, '') = ''", parameters
        case "contains":
            return f"position(%({given})s IN lower(coalesce({column}, ''))) > 0", parameters
        case _:
            return f"lower(coalesce({column}, '')) = %({given})s", parameters
