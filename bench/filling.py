"""Filling tables faster than their indexes let one: these are taken off, and made again once all is there.

Twenty million rows in an order of their own, put into three indexes one by one, take hours; sorted, minutes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

# All but those that a foreign key of another table leans on. `ONLY` would leave the partitions without.
_INDEXES = """
SELECT i.indexrelid::regclass::text, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON '),
       c.conname, pg_get_constraintdef(c.oid)
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
WHERE i.indrelid = %s::regclass
  AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
ORDER BY i.indexrelid
"""


@contextlib.contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Inside a transaction, which nobody else waits for."""
    from kesher.lib import sql

    found = sql.rows(_INDEXES, (table,))
    for index, _made, constraint, _said in found:
        sql.execute(
            f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"'
            if constraint
            else f"DROP INDEX {index}"
        )
    yield
    sql.execute(
        "SET CONSTRAINTS ALL IMMEDIATE"
    )  # rows that still wait to be checked hold the table
    sql.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _index, made, constraint, said in found:
        sql.execute(
            f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {said}' if constraint else made
        )
