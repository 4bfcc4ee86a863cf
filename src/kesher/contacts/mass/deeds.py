"""What can be done to many contacts: each deed does a piece and can take it back, given what it kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from kesher.accounts.models import Workspace
from kesher.contacts import bulk, lists
from kesher.contacts.changes import Change, apply_changes, known_of, sift_changes
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.events import log
from kesher.lib import sql
from kesher.lib.registry import Registry

Kept = dict[str, Any]


class Deed(Protocol):
    """`data` is the act's; what `do` keeps goes into a JSON column and back to `undo`, in the same workspace."""

    @property
    def key(self) -> str: ...

    def do(
        self, workspace: Workspace, ids: Sequence[int], data: Mapping[str, Any], now: datetime
    ) -> tuple[int, Kept]:
        """How many it changed, and what takes that back. The caller holds the transaction."""
        ...

    def undo(self, workspace: Workspace, kept: Kept, data: Mapping[str, Any], now: datetime) -> int:
        """How many are as they were before."""
        ...


DEEDS: Registry[Deed] = Registry("deed")


class Join:
    key = "join"

    def do(
        self, workspace: Workspace, ids: Sequence[int], data: Mapping[str, Any], now: datetime
    ) -> tuple[int, Kept]:
        new = lists.join(
            workspace.pk, list_id=data["list_id"], contact_ids=ids, now=now, source="staff"
        )
        return len(new), {"ids": new}

    def undo(self, workspace: Workspace, kept: Kept, data: Mapping[str, Any], now: datetime) -> int:
        return lists.leave_list(
            workspace.pk, list_id=data["list_id"], contact_ids=kept["ids"], now=now, source="undo"
        )


class Leave:
    key = "leave"

    def do(
        self, workspace: Workspace, ids: Sequence[int], data: Mapping[str, Any], now: datetime
    ) -> tuple[int, Kept]:
        gone = lists.leave(
            workspace.pk, list_id=data["list_id"], contact_ids=ids, now=now, source="staff"
        )
        return len(gone), {"ids": gone}

    def undo(self, workspace: Workspace, kept: Kept, data: Mapping[str, Any], now: datetime) -> int:
        return lists.join_list(
            workspace.pk, list_id=data["list_id"], contact_ids=kept["ids"], now=now, source="undo"
        )


class Delete:
    key = "delete"

    def do(
        self, workspace: Workspace, ids: Sequence[int], data: Mapping[str, Any], now: datetime
    ) -> tuple[int, Kept]:
        gone = bulk.bin_contacts(
            workspace.pk, ids=ids, now=now, source="staff", by=data.get("by", "")
        )
        return len(gone), {"ids": gone}

    def undo(self, workspace: Workspace, kept: Kept, data: Mapping[str, Any], now: datetime) -> int:
        return len(bulk.unbin_contacts(workspace.pk, ids=kept["ids"], now=now, source="undo"))


class ChangeFields:
    """`data["changes"]` as contacts.changes reads them. A change of a field archived meanwhile is left out."""

    key = "change"

    def do(
        self, workspace: Workspace, ids: Sequence[int], data: Mapping[str, Any], now: datetime
    ) -> tuple[int, Kept]:
        changes, _problems = sift_changes(known_of(workspace), data["changes"])
        made = change_and_remember(workspace.pk, ids=ids, changes=changes, now=now)
        return len(made), {"made": made}

    def undo(self, workspace: Workspace, kept: Kept, data: Mapping[str, Any], now: datetime) -> int:
        return change_back(workspace, made=kept["made"], now=now)


Made = dict[str, dict[str, list[Any]]]  # contact id as text: field key: [before, after]


def change_and_remember(
    workspace_id: int, *, ids: Sequence[int], changes: Sequence[Change], now: datetime
) -> Made:
    """Make the changes; answers the values before and after of each contact that differs now."""
    fields = {change.key: change.field for change in changes}
    before = _values(workspace_id, ids, fields.values(), lock=True)
    changed = apply_changes(workspace_id, contact_ids=ids, changes=changes, now=now, source="staff")
    after = _values(workspace_id, list(changed), fields.values())
    return {
        str(number): {
            key: [old, new]
            for key, old, new in zip(fields, before[number], values, strict=True)
            if old != new
        }
        for number, values in after.items()
    }


def _values(
    workspace_id: int, ids: Sequence[int], fields: Any, *, lock: bool = False
) -> dict[int, list[Any]]:
    """The values of some fields as JSON, by contact; locked in the order of ids, as all who change many do."""
    named = {f"f{n}": info.key for n, info in enumerate(fields)}
    columns = [_json_of(info, f"%(f{n})s") for n, info in enumerate(fields)]
    statement = (
        f"SELECT c.id, jsonb_build_array({', '.join(columns)})::text FROM contact c"
        " WHERE c.workspace_id = %(workspace)s AND c.id = ANY(%(ids)s) AND c.deleted_at IS NULL ORDER BY c.id"
        + (" FOR NO KEY UPDATE" if lock else "")
    )
    given = named | {"workspace": workspace_id, "ids": list(ids)}
    return {row[0]: json.loads(row[1]) for row in sql.rows(statement, given)}


def _json_of(info: FieldInfo, key: str) -> str:
    """A field as JSONB, NULL when it is not known. Columns come from the vocabulary, never from outside."""
    if info.column is None:
        return f"c.fields -> {key}"
    return (
        f"to_jsonb(c.{info.column})" if info.type == "date" else f"to_jsonb(nullif(c.{info.column}, ''))"
    )  # fmt: skip


# Only where the value is still the one that the act left: whoever was changed since keeps the newer one.
_BACK = """
UPDATE contact c SET updated_at = %(now)s, {set} FROM (
    SELECT g.id, g.old, g.new FROM jsonb_to_recordset(%(given)s::jsonb) AS g(id bigint, old jsonb, new jsonb)
) g
WHERE c.workspace_id = %(workspace)s AND c.id = g.id AND c.deleted_at IS NULL
    AND {value} IS NOT DISTINCT FROM nullif(g.new, 'null')
RETURNING c.id, jsonb_build_array(g.new, g.old)::text
"""
_SET_CUSTOM = (
    "fields = CASE WHEN coalesce(g.old, 'null') = 'null' THEN c.fields - %(key)s"
    " ELSE c.fields || jsonb_build_object(%(key)s, g.old) END"
)


def change_back(workspace: Workspace, *, made: Mapping[str, Any], now: datetime) -> int:
    """Give back the values that `change_and_remember` found; answers how many contacts have theirs again."""
    known = {info.key: info for info in fields_of(workspace, archived=True)}
    numbers = sorted(map(int, made))
    _values(workspace.pk, numbers, [], lock=True)
    told: dict[int, list[str]] = {}
    for key in sorted({key for changed in made.values() for key in changed}):
        if info := known.get(key):
            for number, pair in _put_back(workspace.pk, info, made, now):
                told.setdefault(number, []).append(f"{json.dumps(key)}: {pair}")
    given = [
        (number, now, f'{{"changed": {{{", ".join(parts)}}}}}') for number, parts in told.items()
    ]
    log.record_each(workspace.pk, kind="contact.updated", source="undo", given=given)
    return len(told)


def _put_back(
    workspace_id: int, info: FieldInfo, made: Mapping[str, Any], now: datetime
) -> list[tuple[Any, ...]]:
    given = [
        {"id": int(number), "old": changed[info.key][0], "new": changed[info.key][1]}
        for number, changed in made.items()
        if info.key in changed
    ]
    kind, column = ("date" if info.type == "date" else "text"), info.column
    empty = "NULL" if kind == "date" else "''"
    assign = f"{column} = coalesce((g.old #>> '{{}}')::{kind}, {empty})" if column else _SET_CUSTOM
    statement = _BACK.format(set=assign, value=_json_of(info, "%(key)s"))
    parameters = {
        "workspace": workspace_id, "key": info.key, "given": json.dumps(given), "now": now,
    }  # fmt: skip
    return sql.rows(statement, parameters)


DEEDS.register(Join())
DEEDS.register(Leave())
DEEDS.register(Delete())
DEEDS.register(ChangeFields())
