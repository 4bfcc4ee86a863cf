"""Making changes: any number of steps on any number of contacts, each contact in one UPDATE with one event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from json import dumps, loads
from typing import Any

from django.db import transaction

from kesher.contacts.changes.base import Change
from kesher.contacts.changes.statements import Part, statement_of, together
from kesher.events import log
from kesher.lib import sql

AT_ONCE = 5_000
UPDATED = "contact.updated"


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
    given = dict.fromkeys(contact_ids, tuple(changes))
    return apply_each(workspace_id, given=given, now=now, source=source, depth=depth, about=about)


def apply_each(
    workspace_id: int,
    *,
    given: Mapping[int, tuple[Change, ...]],
    now: datetime,
    source: str,
    depth: int = 0,
    about: Mapping[str, Any] | None = None,
) -> set[int]:
    """Like `apply_changes`, but each contact (by id) has changes of its own. Those alike but for numbers and words are
    made by one statement."""
    told = {
        **log.told_as(UPDATED, at=now, source=source, depth=depth),
        "about": dumps(dict(about or {})),
    }
    ending = f", {log.TELLING} SELECT contact_id FROM told"
    found = _made(workspace_id, given, now, ending, told)
    return {row[0] for row in found}


def change_in_silence(
    workspace_id: int, *, contact_id: int, changes: Sequence[Change], now: datetime
) -> dict[str, list[Any]]:
    """Make the changes on one contact; answers {key: [before, after]}, which the caller tells of."""
    given = {contact_id: tuple(changes)}
    ending = "SELECT (data -> 'changed')::text FROM told"
    found = _made(workspace_id, given, now, ending, {"about": "{}"})
    return loads(found[0][0]) if found else {}


def _made(
    workspace_id: int,
    given: Mapping[int, tuple[Change, ...]],
    now: datetime,
    ending: str,
    more: Mapping[str, Any],
) -> list[tuple[Any, ...]]:
    known: dict[tuple[int, ...], Part] = {}
    parts: dict[int, Part] = {}
    for number, changes in given.items():
        if changes:
            same = tuple(map(id, changes))
            if same not in known:
                known[same] = statement_of(workspace_id, changes, now)
            parts[number] = known[same]
    rows: list[tuple[Any, ...]] = []
    with transaction.atomic(savepoint=False):
        for some in _chunks(parts):
            for ids, text, parameters in together(some):
                rows += sql.rows(text + ending, {**parameters, **more, "contacts": ids})
    return rows


def _chunks(parts: Mapping[int, Part]) -> Iterable[Mapping[int, Part]]:
    """In the order of ids, so that two at once take contacts in the same order."""
    ids = sorted(parts)
    for start in range(0, len(ids), AT_ONCE):
        yield {number: parts[number] for number in ids[start : start + AT_ONCE]}
