"""What is read from a workspace's own words (fields, lists, segments …), kept as long as none of their rows changes.

Asking whether anything changed is one statement, whatever the number of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from kesher.accounts.models import Workspace
from kesher.lib import sql
from kesher.lib.copies import remembered
from kesher.lib.lru import Lru

Made = TypeVar("Made")

_kept: Lru[tuple[str, int], tuple[Any, Any]] = Lru(256)


def kept(workspace: Workspace, what: str, tables: Iterable[str], make: Callable[[], Made]) -> Made:
    """`make()`, or what it made before. The names of tables come from code; each has id and workspace_id."""
    return remembered((what, workspace.pk), lambda: _current(workspace, what, tables, make))


def _current(
    workspace: Workspace, what: str, tables: Iterable[str], make: Callable[[], Made]
) -> Made:
    revision = _revision(workspace, tables)
    known = _kept.get((what, workspace.pk))
    if known is None or known[0] != revision:
        known = _kept.put((what, workspace.pk), (revision, make()))
    made: Made = known[1]
    return made


# A row that is written gets another xmin or another place.
_ROWS = """
(SELECT coalesce(sum(hashtextextended(concat_ws(' ', t.id, t.xmin, t.ctid), 0)), 0)::text FROM {table} t
 WHERE t.workspace_id = %(workspace)s)
"""


def _revision(workspace: Workspace, tables: Iterable[str]) -> tuple[Any, ...]:
    columns = ", ".join(_ROWS.format(table=table) for table in tables)
    found = sql.rows(f"SELECT {columns}", {"workspace": workspace.pk})
    return (workspace.country, *found[0])
