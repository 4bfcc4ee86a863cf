"""An audience: in any of these lists and segments, in each of those, and in none of the others.

Stored as {"include": [{"list": 3}, {"segment": 5}], "require": […], "exclude": […]}; a bare number is a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from kesher.accounts.models import Workspace
from kesher.contacts.models import ContactList
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.lib import sql
from kesher.rules import sql as rules_sql
from kesher.rules.tree import AllOf, AnyOf, ListLeaf, Not, Rule, SegmentLeaf
from kesher.segments.models import Segment

Kind = Literal["list", "segment"]


@dataclass(frozen=True)
class Part:
    kind: Kind
    id: int

    def stored(self) -> dict[str, int]:
        return {self.kind: self.id}


@dataclass(frozen=True)
class Audience:
    """An empty `include` is nobody."""

    include: tuple[Part, ...] = ()
    require: tuple[Part, ...] = ()
    exclude: tuple[Part, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Audience:
        """What cannot be read is left out."""
        return cls(*(tuple(_parts(stored.get(key))) for key in ("include", "require", "exclude")))

    def stored(self) -> dict[str, list[dict[str, int]]]:
        return {
            "include": [part.stored() for part in self.include],
            "require": [part.stored() for part in self.require],
            "exclude": [part.stored() for part in self.exclude],
        }

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.include, *self.require, *self.exclude)

    def ids(self, kind: Kind) -> set[int]:
        return {part.id for part in self.parts if part.kind == kind}


def _parts(stored: Any) -> Iterable[Part]:
    for entry in stored if isinstance(stored, list | tuple) else ():
        if isinstance(entry, int) and not isinstance(entry, bool):
            yield Part("list", entry)
        elif isinstance(entry, Mapping):
            for kind in ("list", "segment"):
                if isinstance(number := entry.get(kind), int):
                    yield Part(kind, number)


@dataclass(frozen=True)
class Named:
    """A part with the name people know it by; `is_gone` when it is archived or no longer there."""

    part: Part
    name: str
    is_gone: bool


def names_of(workspace: Workspace, parts: Sequence[Part]) -> list[Named]:
    """The parts in their order."""
    known: dict[Part, tuple[str, bool]] = {}
    lists = [part.id for part in parts if part.kind == "list"]
    segments = [part.id for part in parts if part.kind == "segment"]
    if lists:
        rows = ContactList.objects.filter(workspace=workspace, pk__in=lists)
        for number, name, archived in rows.values_list("id", "name", "archived_at"):
            known[Part("list", number)] = (name, archived is not None)
    if segments:
        found = Segment.objects.filter(workspace=workspace, pk__in=segments)
        for number, name, archived in found.values_list("id", "name", "archived_at"):
            known[Part("segment", number)] = (name, archived is not None)
    return [Named(part, *known.get(part, ("", True))) for part in parts]


def rule_of(workspace: Workspace, audience: Audience) -> Rule:
    """The audience as one rule: never true without an `include`. A part that is not there holds nobody."""
    if not audience.include:
        return AnyOf(())
    keys = dict(
        Segment.objects.filter(workspace=workspace, pk__in=audience.ids("segment")).values_list(
            "id", "key"
        )
    )

    def leaf(part: Part) -> Rule:
        if part.kind == "list":
            return ListLeaf(part.id)
        return SegmentLeaf(keys[part.id]) if part.id in keys else AnyOf(())

    return AllOf(
        (
            AnyOf(tuple(map(leaf, audience.include))),
            *map(leaf, audience.require),
            *(Not(leaf(part)) for part in audience.exclude),
        )
    )


def where_of(
    workspace: Workspace, audience: Audience, now: datetime, *, prefix: str = "audience"
) -> tuple[str, dict[str, Any]]:
    """A condition over `contact c` and its parameters, for chunks: it looks at each contact's rows by index.

    The caller adds `c.workspace_id = …`. The parameters' names begin with `prefix`.
    """
    found = rules_sql.condition(
        rule_of(workspace, audience),
        vocabulary_of(workspace),
        moment_of(workspace, now),
        prefix=prefix,
    )
    return f"c.deleted_at IS NULL AND ({found.text})", found.parameters


def joined_of(
    workspace: Workspace, audience: Audience, now: datetime, *, prefix: str = "audience"
) -> rules_sql.Audience:
    """The same for the whole base: `FROM contact c {joins} WHERE c.workspace_id = … AND ({text})`."""
    found = rules_sql.audience(
        rule_of(workspace, audience), vocabulary_of(workspace), moment_of(workspace, now),
        workspace_id=workspace.pk, prefix=prefix,
    )  # fmt: skip
    return rules_sql.Audience(
        found.joins, f"c.deleted_at IS NULL AND ({found.text})", found.parameters
    )


def count_audience(workspace: Workspace, audience: Audience, now: datetime) -> int:
    """How many people are in it; exact."""
    if not audience.include:
        return 0
    made = joined_of(workspace, audience, now)
    statement = (
        f"SELECT count(*) FROM contact c {made.joins}"
        f" WHERE c.workspace_id = %(workspace)s AND ({made.text})"
    )
    return int(sql.value(statement, {**made.parameters, "workspace": workspace.pk}))
