"""The contacts table: search, filters, sorts, and pages that go on from the last row of the one before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.contacts.filtering import FieldFilter, Filters, conditions, words_of
from kesher.contacts.sorting import (
    BROAD_SORTS,
    BY_ID,
    ORDERS,
    SORTS,
    Stage,
    beginnings,
    read_cursor,
    read_place,
    write_cursor,
)
from kesher.contacts.vocabulary import DEFAULT_KEYS
from kesher.events import counters
from kesher.lib import sql

__all__ = [
    "FieldFilter",
    "Filters",
    "Page",
    "Row",
    "conditions",
    "matching_ids",
    "search_page",
    "words_of",
]


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
    """`after` fetches the next page, "" when this is the last. `is_exact` is False for an estimate.

    `order` tells when too many match to be put as asked: "begins" (those whose name begins with the words first, in
    order, then the others, newest first) or "newest"; "" is the order that was asked for.
    """

    rows: list[Row]
    after: str
    total: int
    is_exact: bool
    order: str = ""


_COLUMNS = (
    "c.id, c.first_name, c.last_name, c.email, c.mobile, c.phone, c.role, c.company, c.city, c.birthday,"
    " c.notes, c.fields::text, c.email_consent, c.sms_consent, c.whatsapp_consent, c.email_bounced_at,"
    " c.source, c.created_at, c.active_at"
)


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
    asked = _Asked(workspace_id, salt, text.strip(), filters or Filters(), sort, limit)
    way, *place = read_cursor(after) or [""]
    if asked.is_narrow and way in ("", "few") and (page := _page_of_few(asked, place)):
        return page
    is_broad = bool(asked.text) and asked.sort not in BY_ID
    stages = BROAD_SORTS[asked.sort] if is_broad else SORTS[asked.sort]
    known = way == ("broad" if is_broad else "walk")
    return _page_of_many(asked, stages, place if known else [], is_first=not known)


class _Asked:
    """What a page is asked for, with its condition in SQL."""

    def __init__(
        self, workspace_id: int, salt: str, text: str, filters: Filters, sort: str, limit: int
    ) -> None:
        self.workspace_id, self.text, self.filters, self.limit = workspace_id, text, filters, limit
        self.sort = sort if sort in SORTS else "newest"
        self.where, parameters = conditions(text, filters)
        given = {"workspace": workspace_id, "salt": salt, "limit": limit + 1}
        self.parameters = parameters | given | beginnings(text)
        base = "c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"
        self.living = base + self.where
        # In this dress a condition looks to the planner as if nearly all met it: it walks the sort's index and
        # asks one after the other, where it would gather all that meet it before the first fifty are shown.
        self.hidden = f"{base} AND nullif(TRUE{self.where}, FALSE) IS NOT NULL"

    @property
    def is_narrow(self) -> bool:
        """Whether few may match in an order that no index of what is searched gives."""
        by_list_only = self.filters == Filters(list_id=self.filters.list_id)
        return self.sort not in BY_ID and bool(self.text or not by_list_only)


FEW = 2_000


def _page_of_few(asked: _Asked, place: list[Any]) -> Page | None:
    """When at most so many match, all are put in order at once; None when there are more."""
    ids = [
        row[0]
        for row in sql.rows(
            "WITH found AS MATERIALIZED (SELECT c.id, c.first_name, c.last_name, c.active_at"
            f" FROM contact c WHERE {asked.living} LIMIT {FEW + 1})"
            f" SELECT c.id FROM found c ORDER BY {ORDERS[asked.sort]}",
            asked.parameters,
        )
    ]
    if len(ids) > FEW:
        return None
    start = _start(ids, place)
    shown = ids[start : start + asked.limit]
    rows = {row.id: row for row in _rows_of(asked.workspace_id, shown)}
    stop = start + len(shown)
    after = write_cursor("few", shown[-1], stop) if stop < len(ids) else ""
    return Page([rows[number] for number in shown if number in rows], after, len(ids), True)


def _start(ids: list[int], place: list[Any]) -> int:
    """Behind the row that ended the page before; where it was, when it is not among them any more."""
    match place:
        case [int(last), int(position)]:
            return ids.index(last) + 1 if last in ids else min(max(position - 1, 0), len(ids))
    return 0


def _rows_of(workspace_id: int, ids: Sequence[int]) -> list[Row]:
    statement = f"SELECT {_COLUMNS} FROM contact c WHERE c.workspace_id = %s AND c.id = ANY(%s)"
    return [_row(row) for row in sql.rows(statement, (workspace_id, list(ids)))] if ids else []


def _page_of_many(
    asked: _Asked, stages: Sequence[Stage], place: list[Any], *, is_first: bool
) -> Page:
    number, cursor = read_place(place, stages)
    is_broad = bool(asked.text) and asked.sort not in BY_ID
    walks = not is_broad and _walks(asked)
    found: list[tuple[Row, int]] = []
    for index in range(number, len(stages)):
        rest = asked.limit + 1 - len(found)
        if rest <= 0:
            break
        start = cursor if index == number else None
        given = asked.parameters | {"limit": rest}
        hidden = walks or (is_broad and stages[index].is_range)
        living = asked.hidden if hidden else asked.living
        rows = _stage_rows(stages[index], living, given, start, ids_first=walks)
        found += [(row, index) for row in rows]
    more = len(found) > asked.limit
    shown = [row for row, _index in found[: asked.limit]]
    after = ""
    if more:
        last, stage = found[asked.limit - 1]
        values = [getattr(last, column) for column in stages[stage].columns]
        after = write_cursor("broad" if is_broad else "walk", stage, *values)
    if is_first and not more:
        return Page(shown, after, len(shown), is_exact=True)
    total, is_exact = _total(asked)
    if is_broad:
        return Page(
            shown, after, max(total, FEW), is_exact and total > FEW, order=_order(asked.sort)
        )
    return Page(shown, after, total, is_exact)


def _order(sort: str) -> str:
    """What stands in the place of an order that costs too much: see `Page.order`."""
    return "newest" if BROAD_SORTS[sort] is SORTS["newest"] else "begins"


def _walks(asked: _Asked) -> bool:
    """Whether to walk the sort's index and look each contact up in the list, held as a hash in memory.

    Of a list this large the next fifty come soon; the planner, who does not know that, looked ten thousand
    contacts up one by one: 39,000 buffers where this takes 400.
    """
    filters = asked.filters
    if filters.list_id is None or filters != Filters(list_id=filters.list_id) or asked.text:
        return False
    name = f"list.{filters.list_id}"
    return asked.sort not in BY_ID and (
        WALK_FROM <= counters.read(asked.workspace_id, [name])[name] <= WALK_UP_TO
    )


WALK_FROM, WALK_UP_TO = 2_000, 100_000  # above, every tenth contact is in it and any way is fast


def _stage_rows(
    stage: Stage, living: str, parameters: dict[str, Any], cursor: Sequence[Any] | None, *, ids_first: bool
) -> list[Row]:  # fmt: skip
    """`ids_first` finds them by the index alone and fetches only the fifty that are shown."""
    going_on = "TRUE" if cursor is None else stage.compare
    named = {f"a{n}": value for n, value in enumerate(cursor or ())}
    tail = f"FROM contact c WHERE {living} AND {stage.condition} AND {going_on} ORDER BY {stage.order} LIMIT %(limit)s"
    statement = f"SELECT {_COLUMNS} {tail}"
    if ids_first:
        statement = (
            f"SELECT {_COLUMNS} FROM contact c WHERE c.workspace_id = %(workspace)s"
            f" AND c.id IN (SELECT c.id {tail}) ORDER BY {stage.order}"
        )
    return [_row(row) for row in sql.rows(statement, parameters | named)]


def _row(values: tuple[Any, ...]) -> Row:
    *start, fields = values[:12]
    return Row(*(*start, json.loads(fields), *values[12:]))


def _total(asked: _Asked) -> tuple[int, bool]:
    """From the counters when they know; else the planner's estimate, and an exact count when that is small."""
    filters = asked.filters
    if not asked.text and not filters:
        return counters.read(asked.workspace_id, ["contacts"])["contacts"], True
    if not asked.text and filters == Filters(list_id=filters.list_id):
        name = f"list.{filters.list_id}"
        return counters.read(asked.workspace_id, [name])[name], True
    living = f"FROM contact c WHERE {asked.living}"
    plan = sql.value(f"EXPLAIN (FORMAT JSON) SELECT 1 {living}", asked.parameters)
    estimate = int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])
    if estimate > EXACT_UP_TO:
        return estimate, False
    statement = f"SELECT count(*) FROM (SELECT 1 {living} LIMIT {EXACT_UP_TO}) AS found"
    exact = int(sql.value(statement, asked.parameters))
    return exact, exact < EXACT_UP_TO


EXACT_UP_TO = 1_000


def matching_ids(
    workspace_id: int,
    *,
    salt: str = "",
    text: str = "",
    filters: Filters | None = None,
    limit: int | None = None,
) -> list[int]:
    """The ids of those who match, newest first: all, or `limit` of them."""
    where, parameters = conditions(text, filters or Filters())
    statement = (
        "SELECT c.id FROM contact c WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"
        f"{where} ORDER BY c.id DESC LIMIT %(limit)s"
    )
    given = {"workspace": workspace_id, "salt": salt, "limit": limit}
    return [row[0] for row in sql.rows(statement, parameters | given)]
