"""The SQL of changes: each contact in one UPDATE, whatever the number of its steps.

The rows are locked in the order of their ids before their values are read, so that of a thousand +1 at once
none is lost, and two at once cannot deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.changes.base import Change
from kesher.contacts.vocabulary import FieldInfo

# {own}: what the steps of each contact are given, where that differs; {olds}: each touched field as JSONB k0, k1, …;
# {steps}: a lateral row s<n>.v for each step, kept apart by OFFSET 0 so that no step's text is copied into the next;
# {news}: the last value of each field, n0, n1, ….
_CHANGE = """
WITH people AS (
    SELECT c.id{given}, {olds} FROM contact c {own}
    WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(contacts)s) AND c.deleted_at IS NULL
    ORDER BY c.id FOR NO KEY UPDATE OF c
), worked AS MATERIALIZED (
    SELECT p.*, {news} FROM people p {steps}
), told AS (
    UPDATE contact c SET updated_at = %(now)s, {sets} FROM worked w
    WHERE c.workspace_id = %(workspace)s AND c.id = w.id AND ({differs})
    RETURNING c.id AS contact_id, %(about)s::jsonb || jsonb_build_object('changed', (
        SELECT jsonb_object_agg(d.key, jsonb_build_array(d.old, d.new)) FROM (VALUES {pairs}) AS d(key, old, new)
        WHERE d.old IS DISTINCT FROM d.new)) AS data
)
"""


@dataclass(frozen=True)
class Part:
    """A statement's beginning, which ends with `told` (contact_id, data), and its parameters.

    `given` names those that are the operands of steps, each with its SQL type: they may differ from contact to contact.
    """

    text: str
    parameters: Mapping[str, Any]
    given: Mapping[str, str]


def statement_of(workspace_id: int, changes: Sequence[Change], now: datetime) -> Part:
    return _Statement(workspace_id, changes, now).part()


def together(parts: Mapping[int, Part]) -> Iterable[tuple[list[int], str, dict[str, Any]]]:
    """Contacts (by id, each with its part) whose statements differ in operands alone become one: ids, text, parameters."""
    groups: dict[Any, list[int]] = {}
    for number in sorted(parts):
        part = parts[number]
        groups.setdefault((part.text, *_fixed(part)), []).append(number)
    for ids in groups.values():
        text, parameters = _merged(ids, [parts[number] for number in ids])
        yield ids, text, parameters


def _fixed(part: Part) -> Iterable[str]:
    """What must be alike: keys, and operands that are arrays."""
    return (
        f"{name}={value!r}"
        for name, value in part.parameters.items()
        if not _may_differ(part, name)
    )


def _may_differ(part: Part, name: str) -> bool:
    return name in part.given and not part.given[name].endswith("[]")


def _merged(ids: list[int], parts: Sequence[Part]) -> tuple[str, dict[str, Any]]:
    """Operands that differ travel as arrays beside the ids, and are read from each contact's own row."""
    first = parts[0]
    parameters = dict(first.parameters)
    own: list[tuple[str, str]] = []
    if len({id(part) for part in parts}) > 1:
        for name, cast in first.given.items():
            values = [part.parameters[name] for part in parts]
            if any(value != values[0] for value in values):
                own.append((name, cast))
                parameters[name] = values
    if not own:
        return _placed(first.text, "", ""), parameters
    parameters["ids"] = ids
    text = first.text
    for name, cast in own:
        text = text.replace(f"%({name})s::{cast}", f"p.{name}")
    arrays = ", ".join(f"%({name})s::{cast}[]" for name, cast in own)
    names = ", ".join(name for name, _cast in own)
    return _placed(
        text,
        "".join(f", g.{name}" for name, _cast in own),
        f"JOIN unnest(%(ids)s::bigint[], {arrays}) AS g(id, {names}) ON g.id = c.id",
    ), parameters


_GIVEN, _OWN = "/*given*/", "/*own*/"


def _placed(text: str, given: str, own: str) -> str:
    return text.replace(_GIVEN, given).replace(_OWN, own)


class _Statement:
    """The statement of some changes; a Row for the kinds' SQL."""

    def __init__(self, workspace_id: int, changes: Sequence[Change], now: datetime) -> None:
        self._workspace_id = workspace_id
        self._parameters: dict[str, Any] = {"workspace": workspace_id, "now": now}
        self._given: dict[str, str] = {}
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
        self._given[name] = cast
        return self._bind(name, value, cast)

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

    def part(self) -> Part:
        places = self._changed
        text = _CHANGE.format(
            given=_GIVEN,
            own=_OWN,
            olds=", ".join(f"{self._old(info)} AS k{n}" for n, info in enumerate(self._fields)),
            news=", ".join(f"{self._current[self._fields[n].key]} AS n{n}" for n in places),
            steps=" ".join(self._steps),
            sets=", ".join(self._sets()),
            differs=" OR ".join(f"w.k{n} IS DISTINCT FROM w.n{n}" for n in places),
            pairs=", ".join(f"({self._key(self._fields[n].key)}, w.k{n}, w.n{n})" for n in places),
        )
        return Part(text, self._parameters, self._given)

    def _bind(self, name: str, value: Any, cast: str) -> str:
        self._parameters[name] = value
        return f"%({name})s::{cast}"

    def _key(self, value: Any, cast: str = "text") -> str:
        """A name of ours beside the statement, the same for everybody."""
        return self._bind(f"f{len(self._parameters)}", value, cast)

    def _old(self, info: FieldInfo) -> str:
        """The value as JSONB. The columns' names come from the vocabulary, never from outside."""
        if info.column is None:
            return f"c.fields -> {self._key(info.key)}"
        if info.type == "date":
            return f"to_jsonb(c.{info.column})"
        return f"to_jsonb(nullif(c.{info.column}, ''))"

    def _sets(self) -> Iterable[str]:
        custom = []
        for place in self._changed:
            info = self._fields[place]
            if info.column is None:
                custom.append(f"{self._key(info.key)}, w.n{place}")
            elif info.type == "date":
                yield f"{info.column} = (w.n{place} #>> '{{}}')::date"
            else:
                yield f"{info.column} = coalesce(w.n{place} #>> '{{}}', '')"
        if custom:
            keys = [self._fields[n].key for n in self._changed if self._fields[n].column is None]
            known = f"jsonb_strip_nulls(jsonb_build_object({', '.join(custom)}))"
            yield f"fields = (c.fields - {self._key(keys, 'text[]')}) || {known}"
