"""What a rule may say in a workspace: its fields, lists and kinds of events, and what higher domains add.

`rules` knows no tables; here they are read. Segments and messages come through RULE_WORDS, because the domains
that own them stand above contacts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesher.accounts.models import Workspace
from kesher.contacts.fields.rating import highest
from kesher.contacts.models import ContactList, Field
from kesher.contacts.vocabulary import DEFAULT_FIELDS, FieldInfo, info_of
from kesher.contacts.wordbook import kept
from kesher.events.kinds import EVENT_KINDS, EventKind
from kesher.lib.registry import Registry
from kesher.rules import vocabulary as words
from kesher.rules.moment import Moment
from kesher.rules.parse import parse
from kesher.rules.tree import Rule


def _nothing(_workspace: Workspace) -> Iterable[Any]:
    return ()


@dataclass(frozen=True)
class RuleWords:
    """What a domain above contacts lets rules speak of. Each function reads a workspace's own, once a vocabulary.

    `tables` are those that it reads: a vocabulary is made anew when a row of theirs has changed.
    """

    key: str
    tables: tuple[str, ...]
    segments: Callable[[Workspace], Iterable[words.Segment]] = _nothing
    messages: Callable[[Workspace], Iterable[words.Message]] = _nothing


RULE_WORDS: Registry[RuleWords] = Registry("rule words")
OWN_TABLES = (Field._meta.db_table, ContactList._meta.db_table)


def vocabulary_of(workspace: Workspace) -> words.Vocabulary:
    """All that a rule may say. Archived fields and lists are in it, so that stored rules go on working."""
    tables = (*OWN_TABLES, *(table for part in RULE_WORDS for table in part.tables))
    return kept(workspace, "vocabulary", tables, lambda: _vocabulary(workspace))


def _vocabulary(workspace: Workspace) -> words.Vocabulary:
    return words.Vocabulary(
        fields=tuple(_fields(workspace)),
        lists=tuple(_lists(workspace)),
        segments=tuple(one for part in RULE_WORDS for one in part.segments(workspace)),
        kinds=tuple(_kind(kind) for kind in EVENT_KINDS),
        messages=tuple(one for part in RULE_WORDS for one in part.messages(workspace)),
    )


def read_rule(workspace: Workspace, rule: Any, *, path: str = "") -> Rule:
    """A stored or sent rule, read by the workspace's vocabulary. Raises BadRule."""
    return parse(rule, vocabulary_of(workspace), path=path)


def moment_of(
    workspace: Workspace,
    now: datetime,
    *,
    identified: bool = False,
    previous: tuple[int, ...] | None = None,
) -> Moment:
    """When a rule of this workspace is asked, on the workspace's clock."""
    return Moment(now, workspace.time_zone, identified, previous)


def _fields(workspace: Workspace) -> Iterable[words.Field]:
    for info in DEFAULT_FIELDS:
        yield field_word(info)
    custom = Field.objects.filter(workspace=workspace).order_by("position", "id")
    for row in custom:
        yield field_word(info_of(row), archived=row.archived_at is not None)


def field_word(info: FieldInfo, *, archived: bool = False) -> words.Field:
    """A contact's field as rules know it."""
    choices = tuple(
        words.Choice(choice["key"], choice["label"]) for choice in info.options.get("choices", ())
    )
    return words.Field(
        key=info.key,
        label=info.label,
        type=info.type,
        column=info.column,
        choices=choices,
        most=highest(info.options) if info.type == "rating" else None,
        decimals=info.options.get("decimals"),
        archived=archived,
        names=info.names,
    )


def _lists(workspace: Workspace) -> Iterable[words.ContactList]:
    rows = ContactList.objects.filter(workspace=workspace).order_by("-is_all", "name")
    return (
        words.ContactList(row.key, row.pk, row.name, row.is_all, row.archived_at is not None)
        for row in rows
    )


def _kind(kind: EventKind) -> words.Kind:
    entries = tuple(words.Field(entry.key, entry.label, entry.type) for entry in kind.data)
    return words.Kind(kind.key, kind.label, entries, is_open=kind.from_outside, did=kind.did)
