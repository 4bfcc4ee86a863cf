"""A rule as SQL, the reference evaluator: one condition over alias `c` (a row of `contact`) and parameters.

Nothing of a rule is ever written into the text: it only decides which fragments are joined. Every leaf is
true or false, never NULL, so that a rule and its NOT split any audience exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from kesher.rules.moment import Moment
from kesher.rules.operators import TYPES, operator_of
from kesher.rules.operators.text import TEXT, is_verbatim, stored_text
from kesher.rules.parse import event_field, parse
from kesher.rules.periods import bounds
from kesher.rules.tree import (
    PREVIOUS,
    AllOf,
    AnyOf,
    ConsentLeaf,
    DidLeaf,
    FieldLeaf,
    IdentifiedLeaf,
    ListLeaf,
    Not,
    Period,
    Rule,
    SegmentLeaf,
    Times,
)
from kesher.rules.vocabulary import Field, Vocabulary

_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
# What an event of a machine carries in its data: the reason why it is held to be one.
MACHINE = "machine"


@dataclass(frozen=True)
class Statement:
    """Text with named parameters, for `lib.sql`."""

    text: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Audience:
    """`FROM contact c {joins} WHERE … AND ({text})`. A join never adds rows: it has one at most for each contact."""

    joins: str
    text: str
    parameters: dict[str, Any]


def condition(
    rule: Rule, vocabulary: Vocabulary, moment: Moment, *, prefix: str = "rule"
) -> Statement:
    """Whether the contact `c` passes: for few contacts. The names of parameters begin with `prefix`.

    It looks at each contact's own rows by index; over a whole base `audience` is several times faster.
    """
    writer = _Writer(vocabulary, moment, prefix)
    return Statement(writer.write(rule), writer.parameters)


def audience(
    rule: Rule, vocabulary: Vocabulary, moment: Moment, *, workspace_id: int, prefix: str = "rule"
) -> Audience:
    """The same for a whole base: memberships and events are read once and joined, whatever their number.

    For WHERE alone: who is out may be NULL, so that the planner sees plain comparisons.
    """
    writer = _Writer(vocabulary, moment, prefix, workspace_id)
    text = writer.write(rule, top=True)
    return Audience(" ".join(writer.joins.values()), text, writer.parameters)


def ids_where(
    rule: Rule, vocabulary: Vocabulary, moment: Moment, *, workspace_id: int
) -> Statement:
    """The ids of the living contacts who pass, one row each."""
    return _selected(
        "c.id", audience(rule, vocabulary, moment, workspace_id=workspace_id), workspace_id
    )


def count_where(
    rule: Rule, vocabulary: Vocabulary, moment: Moment, *, workspace_id: int
) -> Statement:
    """How many living contacts pass."""
    made = audience(rule, vocabulary, moment, workspace_id=workspace_id)
    return _selected("count(*)", made, workspace_id)


def _selected(what: str, made: Audience, workspace_id: int) -> Statement:
    text = f"SELECT {what} FROM contact c {made.joins} WHERE {_LIVING} AND ({made.text})"
    return Statement(text, {**made.parameters, "workspace": workspace_id})


_LIVING = "c.workspace_id = %(workspace)s AND c.deleted_at IS NULL"


@dataclass(frozen=True)
class Columns:
    """`SELECT {texts} FROM contact c {joins}`: a boolean for each rule. A join never adds rows."""

    joins: str
    texts: tuple[str, ...]
    parameters: dict[str, Any]


def truth_columns(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    moment: Moment,
    *,
    workspace_id: int | None = None,
    prefix: str = "rule",
) -> Columns:
    """The rules beside other columns of one statement. With `workspace_id` as `audience` does, for a whole base."""
    writer = _Writer(vocabulary, moment, prefix, workspace_id)
    texts = tuple(f"({writer.write(rule)})" for rule in rules)
    return Columns(" ".join(writer.joins.values()), texts, writer.parameters)


def truths(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    moment: Moment,
    *,
    workspace_id: int,
    contact_ids: Sequence[int],
) -> Statement:
    """One row for each of the contacts: its id, then each rule's truth as a column, in their order."""
    made = truth_columns(rules, vocabulary, moment)
    columns = "".join(f", {text}" for text in made.texts)
    parameters = {**made.parameters, "workspace": workspace_id, "contacts": list(contact_ids)}
    text = (
        f"SELECT c.id{columns} FROM contact c"
        " WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(contacts)s::bigint[])"
    )
    return Statement(text, parameters)


@dataclass
class _Writer:
    vocabulary: Vocabulary
    moment: Moment
    prefix: str
    workspace_id: int | None = None  # None: no joins
    parameters: dict[str, Any] = field(default_factory=dict)
    joins: dict[ListLeaf | DidLeaf, str] = field(default_factory=dict)
    _segments: dict[str, Rule] = field(default_factory=dict)

    def bind(self, value: Any, cast: str) -> str:
        name = f"{self.prefix}{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s::{cast}"

    def write(self, rule: Rule, *, top: bool = False) -> str:
        """`top`: what is false or NULL here is out, so that the planner itself turns EXISTS into a join."""
        match rule:
            case AllOf(parts):
                return " AND ".join(f"({self.write(part, top=top)})" for part in parts) or "TRUE"
            case AnyOf(parts):
                return " OR ".join(f"({self.write(part)})" for part in parts) or "FALSE"
            case Not(part):
                is_leaf = isinstance(part, ListLeaf | DidLeaf)
                return f"NOT ({self.write(part, top=top and is_leaf)})"
            case FieldLeaf():
                return self._field(rule, top=top)
            case ListLeaf():
                return self._list(rule, top=top)
            case SegmentLeaf(key):
                return self.write(self._segment(key), top=top)
            case ConsentLeaf(channel):
                return self._consent(channel, top=top)
            case IdentifiedLeaf(value):
                return "TRUE" if self.moment.identified is value else "FALSE"
            case DidLeaf():
                return self._did(rule, top=top)

    def _segment(self, key: str) -> Rule:
        if key not in self._segments:
            found = self.vocabulary.segment(key)
            self._segments[key] = parse(found.rule if found else None, self.vocabulary, owner=key)
        return self._segments[key]

    def _field(self, leaf: FieldLeaf, *, top: bool) -> str:
        found = self.vocabulary.field(leaf.field)
        if found is None:
            return "FALSE"
        if found.column is None:
            json = f"(c.fields -> {self.bind(found.key, 'text')})"
            return self._compared(leaf, found, json, top=top)
        return self._compared(leaf, found, f"c.{_safe(found.column)}", is_column=True, top=top)

    def _compared(
        self,
        leaf: FieldLeaf,
        found: Field,
        source: str,
        *,
        is_column: bool = False,
        top: bool = False,
    ) -> str:
        """`source` is a column or a JSONB expression."""
        operator = operator_of(found.type, leaf.op)
        if operator is None:
            return "FALSE"
        prepared = operator.prepare(leaf.value, found, self.moment)
        family = TYPES[found.type]
        if family.key == TEXT and is_verbatim(operator, prepared):
            typed = source if is_column else stored_text(source)
        else:
            read = family.of_column if is_column else family.of_json
            typed = read(source, found.type, self.moment, self.bind)
        said = operator.sql(f"({typed})", prepared, self.bind)
        return said if top else f"coalesce({said}, FALSE)"

    def _consent(self, key: str, *, top: bool) -> str:
        channel = self.vocabulary.channel(key)
        if channel is None:
            return "FALSE"
        granted = f"c.{_safe(channel.column)} = 'granted'"
        return granted if top else f"coalesce({granted}, FALSE)"

    def _list(self, leaf: ListLeaf, *, top: bool) -> str:
        found = self.vocabulary.list(leaf.list)
        if found is None:
            return "FALSE"
        if found.is_all:
            return "TRUE"
        if self.workspace_id is None or top:
            return f"EXISTS (SELECT 1 {self._members(leaf, found.id, 'c.workspace_id')} AND lm.contact_id = c.id)"
        if leaf not in self.joins:
            members = self._members(leaf, found.id, self.bind(self.workspace_id, "bigint"))
            self._join(leaf, f"SELECT lm.contact_id {members}")
        return f"{self._alias(leaf)}.contact_id IS NOT NULL"

    def _members(self, leaf: ListLeaf, list_id: int, workspace: str) -> str:
        return (
            f"FROM list_membership lm WHERE lm.workspace_id = {workspace}"
            f" AND lm.list_id = {self.bind(list_id, 'bigint')}{self._in(leaf.joined, 'lm.joined_at')}"
        )

    def _alias(self, leaf: ListLeaf | DidLeaf) -> str:
        return f"{self.prefix}_{list(self.joins).index(leaf)}"

    def _join(self, leaf: ListLeaf | DidLeaf, rows: str) -> None:
        """`rows` holds a contact once at most."""
        self.joins[leaf] = ""
        alias = self._alias(leaf)
        self.joins[leaf] = f"LEFT JOIN ({rows}) AS {alias} ON {alias}.contact_id = c.id"

    def _in(self, period: Period, column: str) -> str:
        first, end = bounds(period, self.moment)
        text = f" AND {column} >= {self.bind(first, 'timestamptz')}" if first else ""
        return f"{text} AND {column} < {self.bind(end, 'timestamptz')}" if end else text

    # Events.

    def _did(self, leaf: DidLeaf, *, top: bool) -> str:
        tests = self._event_tests(leaf)
        if tests is None:
            return "FALSE"
        is_plain = leaf.times == Times() or leaf.times.at_most == 0
        if self.workspace_id is None or (top and is_plain):
            own = "ev.workspace_id = c.workspace_id AND ev.contact_id = c.id"
            return self._counted(leaf.times, self._events(leaf, own, tests))
        # Who is counted out is never joined: a NULL says no, or yes where none at all is enough.
        if leaf not in self.joins:
            workspace = self.bind(self.workspace_id, "bigint")
            events = self._events(leaf, f"ev.workspace_id = {workspace}", tests)
            self._join(
                leaf,
                f"SELECT ev.contact_id {events} GROUP BY ev.contact_id{self._having(leaf.times)}",
            )
        found = f"{self._alias(leaf)}.contact_id"
        return f"{found} IS NULL" if leaf.times.at_least == 0 else f"{found} IS NOT NULL"

    def _having(self, times: Times) -> str:
        """Those counted in; with no lower end, those counted out."""
        if times == Times():
            return ""
        if times.at_least == 0:
            return f" HAVING count(*) > {self.bind(times.at_most or 0, 'bigint')}"
        return f" HAVING {self._within(times, 'count(*)')}"

    def _event_tests(self, leaf: DidLeaf) -> list[str] | None:
        """None: no event passes, for the kind or an entry is not known."""
        kind = self.vocabulary.kind(leaf.kind)
        if kind is None:
            return None
        tests = [
            self._compared(part, found, self._entry(part.field), top=True)
            for part in leaf.where
            if (found := event_field(kind, part.field, part.value)) is not None
        ]
        if len(tests) < len(leaf.where):
            return None
        if leaf.by == "human":
            tests.append(f"NOT ev.data ? {self.bind(MACHINE, 'text')}")
        if leaf.message is not None:
            tests.append(self._of_message(leaf.message))
        return tests

    def _events(self, leaf: DidLeaf, whose: str, tests: Sequence[str]) -> str:
        return (
            f"FROM event ev WHERE {whose}"
            f" AND ev.kind = {self.bind(leaf.kind, 'text')}{self._in(leaf.period, 'ev.at')}"
            + "".join(f" AND {test}" for test in tests)
        )

    def _entry(self, key: str) -> str:
        """An entry of the event's data, by the key itself or by the way its dots spell."""
        flat, way = self.bind(key, "text"), self.bind(key.split("."), "text[]")
        return f"coalesce(ev.data -> {flat}, ev.data #> {way})"

    def _of_message(self, key: str) -> str:
        if key == PREVIOUS:
            ids = self.bind([str(number) for number in self.moment.previous or ()], "text[]")
            return f"coalesce(ev.data ->> 'message_id' = ANY({ids}), FALSE)"
        found = self.vocabulary.message(key)
        return f"ev.data @> {self.bind(dumps(dict(found.match)), 'jsonb')}" if found else "FALSE"

    def _counted(self, times: Times, events: str) -> str:
        """Counting stops as soon as the answer is known."""
        if times == Times():
            return f"EXISTS (SELECT 1 {events})"
        if times.at_most == 0:
            return f"NOT EXISTS (SELECT 1 {events})"
        enough = times.at_least if times.at_most is None else times.at_most + 1
        limit = self.bind(enough, "bigint")
        return self._within(
            times, f"(SELECT count(*) FROM (SELECT 1 {events} LIMIT {limit}) AS counted)"
        )

    def _within(self, times: Times, count: str) -> str:
        least = self.bind(times.at_least, "bigint")
        if times.at_most is None:
            return f"{count} >= {least}"
        return f"{count} BETWEEN {least} AND {self.bind(times.at_most, 'bigint')}"


def _safe(column: str) -> str:
    """Columns come from code; this makes sure of it."""
    if not _COLUMN.fullmatch(column):
        raise ValueError(f"not a column: {column!r}")
    return column


def merged(*parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of several statements in one. Two of one name would silently win over each other: refused."""
    found: dict[str, Any] = {}
    for given in parameters:
        if both := found.keys() & given.keys():
            raise ValueError(f"two statements share the parameters {sorted(both)}: give prefixes")
        found.update(given)
    return found
