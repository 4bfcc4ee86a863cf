"""Running numbers for screens: added to in the transaction that makes them true, read as a sum.

Spread over slots by database connection so that two writers seldom wait for one row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from kesher.lib import sql

# ORDER BY name: two writers take rows in one order, so they cannot deadlock.
_ADD = """
INSERT INTO counter (workspace_id, name, slot, value)
SELECT %(workspace)s, name, (pg_backend_pid() %% 16)::smallint, delta
FROM unnest(%(names)s::text[], %(deltas)s::bigint[]) AS d(name, delta) ORDER BY name
ON CONFLICT (workspace_id, name, slot) DO UPDATE SET value = counter.value + excluded.value
"""


def add(workspace_id: int, deltas: Mapping[str, int]) -> None:
    """Add to counters ("list.12": 3). Zero deltas are left out."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.setdefault(workspace_id, Counter()).update(deltas)
        return
    wanted = {name: delta for name, delta in deltas.items() if delta}
    if wanted:
        sql.execute(
            _ADD,
            {"workspace": workspace_id, "names": list(wanted), "deltas": list(wanted.values())},
        )


_gathered: ContextVar[dict[int, Counter[str]] | None] = ContextVar("gathered", default=None)


@contextmanager
def added_together() -> Iterator[None]:
    """What is added inside is written once, where the block ends: rows that others count on, too, are taken last and
    held for as short as can be. Inside a transaction; of two, one in the other, the outer counts."""
    if _gathered.get() is not None:
        yield
        return
    gathered: dict[int, Counter[str]] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    for workspace_id, deltas in gathered.items():
        add(workspace_id, deltas)


def read(workspace_id: int, names: Iterable[str]) -> dict[str, int]:
    """The values by name; one never added to is 0."""
    wanted = list(names)
    found = dict(
        sql.rows(
            "SELECT name, sum(value)::bigint FROM counter"
            " WHERE workspace_id = %s AND name = ANY(%s) GROUP BY name",
            (workspace_id, wanted),
        )
    )
    return {name: int(found.get(name, 0)) for name in wanted}


def reset(workspace_id: int, names: Iterable[str]) -> None:
    """Forget counters, as when their campaign or list is gone."""
    sql.execute(
        "DELETE FROM counter WHERE workspace_id = %s AND name = ANY(%s)",
        (workspace_id, list(names)),
    )
