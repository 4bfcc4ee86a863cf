"""Copies of what a rehearsal touches, in temporary tables under the same names: everything the engine reads and
writes means them, the real rows are neither changed nor locked, and all is gone when the transaction is rolled back.

Only the rows of the chosen people are copied, and of the workspace what a journey lives on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kesher.lib import sql

_OWN = "t.workspace_id = %(workspace)s"
_THEIRS = f"{_OWN} AND t.contact_id = ANY(%(contacts)s)"
_OTHERS_OF_THEIRS = f"{_THEIRS} AND t.journey_id <> %(journey)s"
# Versions that live journeys and those on their way need, and all of the journey that is rehearsed.
_VERSIONS = """
t.workspace_id = %(workspace)s AND (t.journey_id = %(journey)s
    OR t.id IN (SELECT live_version_id FROM {schema}.journey WHERE workspace_id = %(workspace)s)
    OR t.id IN (SELECT version_id FROM {schema}.journey_run WHERE workspace_id = %(workspace)s
                AND contact_id = ANY(%(contacts)s) AND ended_at IS NULL))
"""
_SENT_BY = """
IN (SELECT (e.value ->> '{what}')::bigint FROM journey_version v, jsonb_each(v.messages) e
    WHERE v.workspace_id = %(workspace)s)
"""


@dataclass(frozen=True)
class Copy:
    """`rows`: which are copied, SQL over t; "" none. `indexes`: instead of all the table's own.

    `is_remembered`: processes remember such rows by their id, so that a copy must never give an id twice.
    """

    table: str
    rows: str = ""
    indexes: tuple[str, ...] = ()
    is_remembered: bool = False


COPIES: tuple[Copy, ...] = (
    # Of the people. What is written most has no more indexes than the engine reads by: search is not for it.
    Copy("contact", f"{_OWN} AND t.id = ANY(%(contacts)s)", indexes=("(workspace_id, id)",)),
    Copy("list_membership", _THEIRS),
    Copy("segment_member", _THEIRS),
    Copy("consent", _THEIRS, indexes=("(workspace_id, contact_id)",)),
    Copy(
        "event",
        f"{_THEIRS} AND t.kind = ANY(%(kinds)s)",
        indexes=("(workspace_id, id)", "(workspace_id, kind, contact_id, at DESC)"),
    ),
    Copy(
        "journey_run",
        f"{_OTHERS_OF_THEIRS} AND t.ended_at IS NULL",
        indexes=(
            "(workspace_id, id)", "(workspace_id, contact_id)",
            "(workspace_id, due_at) WHERE due_at IS NOT NULL",
        ),
    ),
    Copy("journey_entry", _OTHERS_OF_THEIRS),
    # Of the workspace.
    Copy("journey", _OWN, is_remembered=True),
    Copy("journey_version", _VERSIONS, is_remembered=True),
    Copy("journey_clock", _OWN),
    Copy("document", f"{_OWN} AND t.id {_SENT_BY.format(what='document')}", is_remembered=True),
    Copy("document_version", f"{_OWN} AND t.id {_SENT_BY.format(what='version')}", is_remembered=True),
    Copy("tracked_link", f"{_OWN} AND t.version_id {_SENT_BY.format(what='version')}", is_remembered=True),
    Copy("event_listener", _OWN),
    Copy("segment", _OWN, is_remembered=True),
    Copy("segment_listener", _OWN),
    Copy("stopped_source", _OWN),
    Copy("sending_windows", _OWN),
    Copy("channel_account", _OWN, is_remembered=True),
    # Only what the rehearsal itself writes.
    *(
        Copy(table)
        for table in (
            "audit_entry", "consent_evidence", "counter", "event_source", "hit", "inbox", "journey_step",
            "message", "procrastinate_jobs", "receipt", "segment_count", "smart_done", "smart_trouble",
            "staff_alert", "staff_task", "undo_entry", "webhook_delivery",
        )
    ),
)  # fmt: skip

_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
       max(quote_ident(attname)) FILTER (WHERE attidentity <> '')
FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


def cast_shadows(
    workspace_id: int, journey_id: int, contact_ids: Sequence[int], kinds: Collection[str]
) -> None:
    """From here to the end of the transaction the tables of COPIES are copies. `kinds`: the events that rules ask for."""
    schema = str(sql.value("SELECT quote_ident(current_schema())"))
    parameters = {
        "workspace": workspace_id,
        "journey": journey_id,
        "contacts": list(contact_ids),
        "kinds": sorted(kinds),
    }
    for copy in COPIES:
        _make(copy, schema)
        if copy.rows:
            columns = sql.value(_COLUMNS, (f"{schema}.{copy.table}",))
            sql.execute(
                f"INSERT INTO pg_temp.{copy.table} ({columns}) SELECT {columns} FROM {schema}.{copy.table} t"
                f" WHERE {copy.rows.format(schema=schema)}",
                parameters,
            )
        sql.execute(f"ANALYZE pg_temp.{copy.table}")


def _make(copy: Copy, schema: str) -> None:
    live = f"{schema}.{copy.table}"
    without = " EXCLUDING INDEXES" if copy.indexes else ""
    sql.execute(
        f"CREATE TEMP TABLE {copy.table} (LIKE {live} INCLUDING ALL{without}) ON COMMIT DROP"
    )
    for index in copy.indexes:
        sql.execute(f"CREATE INDEX ON pg_temp.{copy.table} {index}")
    _columns, identity = sql.rows(_COLUMNS, (live,))[0]
    if identity is None:
        return
    sequence = sql.value("SELECT pg_get_serial_sequence(%s, %s)", (live, identity))
    if copy.is_remembered:
        sql.execute(f"ALTER TABLE pg_temp.{copy.table} ALTER {identity} DROP IDENTITY")
        sql.execute(
            f"ALTER TABLE pg_temp.{copy.table} ALTER {identity} SET DEFAULT nextval('{sequence}')"
        )
    else:
        sql.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), greatest(last_value, 1)) FROM "
            + str(sequence),
            (f"pg_temp.{copy.table}", identity),
        )


def tidy(table: str) -> int:
    """Write a copy anew: what one transaction has changed a hundred times over is otherwise read again each time.

    Answers how many rows it has.
    """
    columns = sql.value(_COLUMNS, (f"pg_temp.{table}",))
    sql.execute(f"CREATE TEMP TABLE tidy ON COMMIT DROP AS SELECT {columns} FROM pg_temp.{table}")
    sql.execute(f"TRUNCATE pg_temp.{table}")
    count = sql.execute(f"INSERT INTO pg_temp.{table} ({columns}) SELECT {columns} FROM tidy")
    sql.execute("DROP TABLE tidy")
    sql.execute(f"ANALYZE pg_temp.{table}")
    return count


def empty(table: str) -> None:
    """Clear away rows that were taken."""
    sql.execute(f"TRUNCATE pg_temp.{table}")
