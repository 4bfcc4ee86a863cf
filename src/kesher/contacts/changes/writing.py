"""Making changes: any number of steps on any number of contacts, each contact in one UPDATE.

The rows are locked in the order of their ids before their values are read, so that of a thousand +1 at once
none is lost, and two at once cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from json import dumps
from typing import Any

from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.contacts.changes.base import Change
from kesher.contacts.vocabulary import FieldInfo
from kesher.events import log
from kesher.lib import sql

AT_ONCE = 5_000

# {olds}: each touched field as JSONB k0, k1, …; {steps}: a lateral row s<n>.v for each step, kept apart by
# OFFSET 0 so that no step's text is copied into the next; {news}: the last value of each field, n0, n1, ….
_STATEMENT = """
WITH people AS (
    SELECT c.id, {olds} FROM contact c
    WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(contacts)s) AND c.deleted_at IS NULL
    ORDER BY c.id FOR NO KEY UPDATE
), worked AS MATERIALIZED (
    SELECT p.*, {news} FROM people p {steps}
)
UPDATE contact c SET updated_at = %(now)s, {sets} FROM worked w
WHERE c.workspace_id = %(workspace)s AND c.id = w.id AND ({differs})
RETURNING c.id, (
    SELECT jsonb_object_agg(d.key, jsonb_build_array(d.old, d.new)) FROM (VALUES {pairs}) AS d(key, old, new)
    WHERE d.old IS DISTINCT FROM d.new)::text
"""


def apply_changes(
    workspace_id: int,
    *,
    contact_ids: Iterable[int],
    changes: Sequence[Change],
    now: datetime,
    source: str,
    depth: int = 0,
    about: Mapping[str, Any] | None = None,
) -> set[int]:
    """Make the changes, in their order, on each of the living contacts; answers the ids of those that differ now.

    Each of them gets one event contact.updated with {"changed": {key: [before, after]}} and what `about` adds.
    """
    wanted = sorted(set(contact_ids))
    if not changes or not wanted:
        return set()
    statement, parameters = _Statement(workspace_id, changes, now).parts()
    changed: set[int] = set()
    with transaction.atomic():
        for start in range(0, len(wanted), AT_ONCE):
            some = {**parameters, "contacts": wanted[start : start + AT_ONCE]}
            found = sql.rows(statement, some)
            _tell(workspace_id, found, now, source, depth, about)
            changed.update(row[0] for row in found)
    return changed


def _tell(
    workspace_id: int,
    found: Sequence[tuple[int, str]],
    now: datetime,
    source: str,
    depth: int,
    about: Mapping[str, Any] | None,
) -> None:
    rest = f", {dumps(dict(about))[1:]}" if about else "}"
    given = [(number, now, f'{{"changed": {changed}{rest}') for number, changed in found]
    log.record_each(workspace_id, kind="contact.updated", source=source, given=given, depth=depth)


class _Statement:
    """The statement of some changes; a Row for the kinds' SQL."""

    def __init__(self, workspace_id: int, changes: Sequence[Change], now: datetime) -> None:
        self._workspace_id = workspace_id
        self._parameters: dict[str, Any] = {"workspace": workspace_id, "now": now}
        self._places: dict[str, int] = {}  # field key -> number of its k and n
        self._fields: list[FieldInfo] = []
        self._current: dict[str, str] = {}  # field key -> SQL of its value after the steps so far
        self._steps: list[str] = []
        for change in changes:
            current = self.of(change.field)
            step = change.kind.sql(change, current, self)
            name = f"s{len(self._steps)}"
            self._steps.append(f"CROSS JOIN LATERAL (SELECT {step} AS v OFFSET 0) {name}")
            self._current[change.key] = f"{name}.v"
        self._changed = sorted({self._places[change.key] for change in changes})

    def put(self, value: Any, cast: str) -> str:
        name = f"v{len(self._parameters)}"
        self._parameters[name] = value
        return f"%({name})s::{cast}"

    def of(self, info: FieldInfo) -> str:
        if info.key not in self._places:
            place = self._places[info.key] = len(self._fields)
            self._fields.append(info)
            self._current[info.key] = f"p.k{place}"
        return self._current[info.key]

    def zone(self) -> str:
        if "zone" not in self._parameters:
            row = Workspace.objects.only("time_zone").get(pk=self._workspace_id)
            self._parameters["zone"] = row.time_zone
        return "%(zone)s::text"

    def now(self) -> str:
        return "%(now)s::timestamptz"

    def parts(self) -> tuple[str, dict[str, Any]]:
        places = self._changed
        statement = _STATEMENT.format(
            olds=", ".join(f"{self._old(info)} AS k{n}" for n, info in enumerate(self._fields)),
            news=", ".join(f"{self._current[self._fields[n].key]} AS n{n}" for n in places),
            steps=" ".join(self._steps),
            sets=", ".join(self._sets()),
            differs=" OR ".join(f"w.k{n} IS DISTINCT FROM w.n{n}" for n in places),
            pairs=", ".join(
                f"({self.put(self._fields[n].key, 'text')}, w.k{n}, w.n{n})" for n in places
            ),
        )
        return statement, self._parameters

    def _old(self, info: FieldInfo) -> str:
        """The value as JSONB. The columns' names come from the vocabulary, never from outside."""
        if info.column is None:
            return f"c.fields -> {self.put(info.key, 'text')}"
        if info.type == "date":
            return f"to_jsonb(c.{info.column})"
        return f"to_jsonb(nullif(c.{info.column}, ''))"

    def _sets(self) -> Iterable[str]:
        custom = []
        for place in self._changed:
            info = self._fields[place]
            if info.column is None:
                custom.append(f"{self.put(info.key, 'text')}, w.n{place}")
            elif info.type == "date":
                yield f"{info.column} = (w.n{place} #>> '{{}}')::date"
            else:
                yield f"{info.column} = coalesce(w.n{place} #>> '{{}}', '')"
        if custom:
            keys = [self._fields[n].key for n in self._changed if self._fields[n].column is None]
            known = f"jsonb_strip_nulls(jsonb_build_object({', '.join(custom)}))"
            yield f"fields = (c.fields - {self.put(keys, 'text[]')}) || {known}"
