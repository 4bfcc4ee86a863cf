"""The SQL of one chunk of contacts: staged, matched, updated, created, put into lists, all in sets.

Statements are put together once per import from its columns; names in them come from code (`columns`), never
from the file. Every effect of a chunk is in one transaction with the import's position.
"""

from __future__ import annotations

from collections.abc import Sequence

from kesher.contacts.imports.columns import KEYS
from kesher.contacts.imports.plan import OVERWRITE, SKIP_EXISTING, Options
from kesher.contacts.suppression import address_hash_sql

# Temporary tables live as long as the connection. A commit empties them; the DELETEs are for a caller whose
# transaction holds several chunks, and cost nothing otherwise.
STAGE = """
CREATE TEMP TABLE IF NOT EXISTS import_row (n int NOT NULL, {columns}, fields jsonb) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS import_match (
    n int NOT NULL, contact_id bigint NOT NULL, is_new bool NOT NULL,
    email text NOT NULL, mobile text NOT NULL, external_id text NOT NULL,
    email_open bool NOT NULL, mobile_open bool NOT NULL) ON COMMIT DELETE ROWS;
DELETE FROM import_row; DELETE FROM import_match;
"""
ALL_COLUMNS = (
    *KEYS, "first_name", "last_name", "phone", "role", "company", "city", "birthday", "notes",
)  # fmt: skip

# Blocked and erased people are refused; who unsubscribed or bounced may come in, but no consent is recorded.
_CLOSED = (
    "EXISTS (SELECT 1 FROM suppression s WHERE s.workspace_id = %(workspace)s AND s.channel = '{channel}'"
    " AND s.address_hash = " + address_hash_sql("r.{column}") + "{reasons})"
)
_BLOCKED_REASONS = " AND s.reason IN ('blocked', 'erased')"


def _closed(column: str, *, blocked: bool) -> str:
    channel = "email" if column == "email" else "sms"
    reasons = _BLOCKED_REASONS if blocked else ""
    return (
        f"(r.{column} <> '' AND "
        + _CLOSED.format(channel=channel, column=column, reasons=reasons)
        + ")"
    )


# People of the file who may not come in: every address they give is blocked.
BLOCKED = f"""
SELECT r.n, CASE WHEN {_closed("email", blocked=True)} THEN 1 ELSE 0 END,
    CASE WHEN {_closed("mobile", blocked=True)} THEN 1 ELSE 0 END
FROM import_row r
WHERE {_closed("email", blocked=True)} OR {_closed("mobile", blocked=True)}
"""


def match(*, has_suppressed: bool, later: bool) -> str:
    """Who each staged person is: one known by outside number, e-mail or mobile, or a new id.

    A mobile alone decides only when the e-mails do not disagree: families share phones. An address that
    belongs to somebody else is left out ("" in the match). When two staged people are the same contact, the
    first is matched now, the other in a later round (`later`), as if it had come in a later chunk.
    """
    open_email = f"NOT {_closed('email', blocked=False)}" if has_suppressed else "true"
    open_mobile = f"NOT {_closed('mobile', blocked=False)}" if has_suppressed else "true"
    only = "AND r.n = ANY(%(numbers)s)" if later else ""
    return f"""
WITH found AS (
    SELECT r.n, r.email, r.mobile, r.external_id, x.id AS x, e.id AS e, m.id AS m,
        coalesce(x.id, e.id, CASE WHEN r.email = '' OR m.email = '' THEN m.id END) AS id,
        {open_email} AS email_open, {open_mobile} AS mobile_open
    FROM import_row r
    LEFT JOIN contact x ON x.workspace_id = %(workspace)s AND x.external_id = r.external_id
        AND x.external_id <> '' AND x.deleted_at IS NULL
    LEFT JOIN contact e ON e.workspace_id = %(workspace)s AND e.email = r.email
        AND e.email <> '' AND e.deleted_at IS NULL
    LEFT JOIN contact m ON m.workspace_id = %(workspace)s AND m.mobile = r.mobile
        AND m.mobile <> '' AND m.deleted_at IS NULL
    WHERE NOT r.n = ANY(%(refused)s) {only}
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY coalesce(id, -n) ORDER BY n) AS turn FROM found
), matched AS (
    INSERT INTO import_match
    SELECT n, coalesce(id, nextval('contact_id_seq')), id IS NULL,
        CASE WHEN e IS NULL OR e = id THEN email ELSE '' END,
        CASE WHEN m IS NULL OR m = id THEN mobile ELSE '' END,
        external_id, email_open, mobile_open
    FROM ranked WHERE turn = 1 ORDER BY n
)
SELECT n, turn, CASE WHEN e <> id OR (id IS NULL AND e IS NOT NULL) THEN 1 ELSE 0 END,
    CASE WHEN m <> id OR (id IS NULL AND m IS NOT NULL) THEN 1 ELSE 0 END, id IS NULL
FROM ranked
WHERE turn > 1 OR e <> id OR (id IS NULL AND e IS NOT NULL)
    OR m <> id OR (id IS NULL AND m IS NOT NULL)
"""


# The lock keeps who is known alive and as read until the chunk is committed; in the order of ids, as all do.
LOCK = """
SELECT count(*), count(*) FILTER (WHERE is_living) FROM (
    SELECT c.deleted_at IS NULL AS is_living FROM contact c
    JOIN import_match i ON i.contact_id = c.id AND NOT i.is_new
    WHERE c.workspace_id = %(workspace)s ORDER BY c.id FOR NO KEY UPDATE OF c) AS known
"""
COUNT_KNOWN = (
    "SELECT count(*) FILTER (WHERE NOT is_new), count(*) FILTER (WHERE is_new) FROM import_match"
)


def _value(column: str) -> str:
    """The staged value; an address comes from the match, which knows whose it is."""
    return f"i.{column}" if column in KEYS else f"r.{column}"


def create(columns: Sequence[str], has_fields: bool, options: Options) -> str:
    """New people with their events, and their consent where they agreed."""
    texts = [name for name in columns if name != "birthday"]
    targets, values = list(texts), [_value(name) for name in texts]
    if "birthday" in columns:
        targets.append("birthday")
        values.append("nullif(r.birthday, '')::date")
    targets.append("fields")
    values.append("r.fields" if has_fields else "'{}'::jsonb")
    for channel in options.granted:
        targets.append(f"{channel}_consent")
        values.append(f"CASE WHEN {_may_grant(channel)} THEN 'granted' ELSE '' END")
    missing = [
        name for name in (*ALL_COLUMNS, "language") if name not in targets and name != "birthday"
    ]
    missing += [
        f"{name}_consent" for name in ("email", "sms", "whatsapp") if name not in options.granted
    ]
    return f"""
WITH made AS (
    INSERT INTO contact (id, workspace_id, source, created_at, updated_at,
        {", ".join(targets)}{"".join(f", {name}" for name in missing)})
    SELECT i.contact_id, %(workspace)s, 'import', %(now)s, %(now)s,
        {", ".join(values)}{"".join(", ''" for _ in missing)}
    FROM import_match i JOIN import_row r ON r.n = i.n WHERE i.is_new ORDER BY i.n
), granted AS (
    SELECT i.contact_id, channel FROM import_match i,
        LATERAL (VALUES {_channel_rows(options)}) AS g(channel, may) WHERE i.is_new AND may
), consents AS ({_CONSENTS}), happened AS (
    SELECT 'contact.created' AS kind, contact_id, %(created)s::jsonb AS data FROM import_match WHERE is_new
    UNION ALL {_GRANTED_EVENTS}
), told AS ({_EVENTS}), listened AS ({_INBOX})
SELECT count(*) FROM import_match WHERE is_new
"""


def _may_grant(channel: str) -> str:
    column = "email" if channel == "email" else "mobile"
    return f"(i.{column} <> '' AND i.{column}_open)"


def _channel_rows(options: Options) -> str:
    rows = [f"('{channel}', {_may_grant(channel)})" for channel in options.granted]
    return ", ".join(rows) or "('', false)"


_CONSENTS = """
    INSERT INTO consent (workspace_id, contact_id, channel, state, evidence_id, user_id, at)
    SELECT %(workspace)s, contact_id, channel, 'granted', %(evidence)s, %(user)s, %(now)s FROM granted"""
_GRANTED_EVENTS = """
    SELECT 'consent.granted', contact_id, jsonb_build_object('channel', channel, 'basis', 'import')
    FROM granted"""
_EVENTS = """
    INSERT INTO event (workspace_id, kind, contact_id, at, source, data)
    SELECT %(workspace)s, kind, contact_id, %(now)s, %(source)s, data FROM happened
    RETURNING id, kind, contact_id, at"""
_INBOX = """
    INSERT INTO inbox (workspace_id, consumer, event_id, event_at, kind, contact_id, created_at)
    SELECT %(workspace)s, l.consumer, t.id, t.at, t.kind, t.contact_id, clock_timestamp()
    FROM told t JOIN (SELECT DISTINCT kind, split_part(listener, ':', 1) AS consumer FROM event_listener
                      WHERE workspace_id = %(workspace)s) l ON l.kind = t.kind"""


def update(columns: Sequence[str], has_fields: bool, options: Options) -> str | None:
    """People already here: what changes by the rule, with an event that says from what to what.

    None when nothing of them can change.
    """
    over = options.update == OVERWRITE
    changes = {} if options.update == SKIP_EXISTING else {
        name: _changes(name, over) for name in columns
    }  # fmt: skip
    keeps_fields = has_fields and options.update != SKIP_EXISTING
    merged = "(c.fields || r.fields)" if over else "(r.fields || c.fields)"
    grants = {
        channel: f"(c.{channel}_consent = '' AND {_may_grant(channel)})"
        for channel in options.granted
    }
    conditions = [*changes.values(), *grants.values()]
    if keeps_fields:
        conditions.append(f"(r.fields <> '{{}}' AND {merged} <> c.fields)")
    if not conditions:
        return None
    picked = [f"CASE WHEN {test} THEN {_new(name)} ELSE {_old(name)} END AS {name}"
              for name, test in changes.items()]  # fmt: skip
    picked += [f"{test} AS grant_{channel}" for channel, test in grants.items()]
    picked.append(f"{merged if keeps_fields else 'c.fields'} AS fields")
    sets = [f"{name} = d.{name}" for name in changes]
    sets += [f"{name}_consent = CASE WHEN d.grant_{name} THEN 'granted' ELSE c.{name}_consent END"
             for name in grants]  # fmt: skip
    if keeps_fields:
        sets.append("fields = d.fields")
    if "email" in changes:
        sets.append("email_bounced_at = CASE WHEN c.email = d.email THEN c.email_bounced_at END")
    granted = " UNION ALL ".join(
        f"SELECT id AS contact_id, '{name}' AS channel FROM differ d WHERE d.grant_{name}"
        for name in grants
    )
    return f"""
WITH differ AS MATERIALIZED (
    SELECT c.id, {_told(changes, keeps_fields, merged)} AS changed, {", ".join(picked)}
    FROM import_match i JOIN import_row r ON r.n = i.n
    JOIN contact c ON c.workspace_id = %(workspace)s AND c.id = i.contact_id
    WHERE NOT i.is_new AND ({" OR ".join(conditions)})
), moved AS (
    UPDATE contact c SET updated_at = %(now)s, {", ".join(sets)}
    FROM differ d WHERE c.workspace_id = %(workspace)s AND c.id = d.id
), granted AS ({granted or "SELECT 0::bigint AS contact_id, ''::text AS channel WHERE false"}),
consents AS ({_CONSENTS}), happened AS (
    SELECT 'contact.updated' AS kind, id AS contact_id, jsonb_build_object('changed', changed) AS data
    FROM differ WHERE changed <> '{{}}'
    UNION ALL {_GRANTED_EVENTS}
), told AS ({_EVENTS}), listened AS ({_INBOX})
SELECT count(*) FILTER (WHERE changed <> '{{}}') FROM differ
"""


def _old(column: str) -> str:
    return f"c.{column}"


def _new(column: str) -> str:
    return "r.birthday::date" if column == "birthday" else _value(column)


def _changes(column: str, over: bool) -> str:
    if column == "birthday":
        rule = "c.birthday IS DISTINCT FROM r.birthday::date" if over else "c.birthday IS NULL"
        return f"(CASE WHEN r.birthday = '' THEN false ELSE {rule} END)"
    value = _value(column)
    rule = f"{value} <> c.{column}" if over else f"c.{column} = ''"
    return f"({value} <> '' AND {rule})"


def _told(changes: dict[str, str], keeps_fields: bool, merged: str) -> str:
    """{"city": ["חיפה", "תל אביב"]}: old and new of each column and custom field that changes."""
    parts = [
        f"CASE WHEN {test} THEN jsonb_build_object('{name}',"
        f" jsonb_build_array({_old(name)}, {_new(name)})) ELSE '{{}}' END"
        for name, test in changes.items()
    ]
    if keeps_fields:
        parts.append(
            "coalesce((SELECT jsonb_object_agg(f.key, jsonb_build_array(c.fields -> f.key, f.value))"
            f" FROM jsonb_each(r.fields) f WHERE {merged} -> f.key = f.value"
            " AND c.fields -> f.key IS DISTINCT FROM f.value), '{}')"
        )
    return " || ".join(parts) or "'{}'::jsonb"


# Known people were locked above, so that joining and deleting take turns and the counters stay true.
JOIN = f"""
WITH joined AS (
    INSERT INTO list_membership (workspace_id, list_id, contact_id, joined_at, source)
    SELECT %(workspace)s, %(list)s, contact_id, %(now)s, 'import' FROM import_match ORDER BY contact_id
    ON CONFLICT DO NOTHING RETURNING contact_id
), happened AS (
    SELECT 'list.joined' AS kind, contact_id, %(data)s::jsonb AS data FROM joined
), told AS ({_EVENTS}), listened AS ({_INBOX})
SELECT count(*) FROM joined
"""
HAS_SUPPRESSED = "SELECT EXISTS (SELECT 1 FROM suppression WHERE workspace_id = %s)"
# One chunk of one workspace at a time: two imports at once take turns, and a blocked list cannot slip between
# the check of a chunk and its commit.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('contacts.import', %s))"
# Compare and set: a run that was overtaken by another finds the position moved, and writes nothing.
ADVANCE = """
UPDATE contact_import SET position = %(position)s::jsonb, rows = rows + %(rows)s,
    created_count = created_count + %(created)s, updated_count = updated_count + %(updated)s,
    unchanged_count = unchanged_count + %(unchanged)s, refused_count = refused_count + %(refused)s
WHERE id = %(import)s AND workspace_id = %(workspace)s AND state = 'running'
    AND coalesce((position ->> 'offset')::bigint, 0) = %(before)s
"""
REFUSAL_COLUMNS = (
    "workspace_id",
    "import_id",
    "row_number",
    "column",
    "reason",
    "value",
    "is_warning",
    "row",
)
