"""Messages outside their hours are moved to the next open minute, in sets; and back when the windows change.

A moved message stays `queued` with the reason `window`; `reason_data` is {"from": when it was due, "until", "zone",
"version": of the windows that moved it}.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kesher.lib import sql
from kesher.messages.windows.deciding import Windows, closed_for

AT_ONCE = 5_000
# A sender may go by windows that it read up to some seconds ago; what it moved by them is found until then.
SETTLES_AFTER = timedelta(minutes=2)

# In the order of the claim, by its index: without, a night's hundred thousand are read again by every look.
_MOVE = """
WITH early AS (
    SELECT id FROM message
    WHERE workspace_id = %(workspace)s AND channel = %(channel)s AND status = 'queued' AND due_at <= %(now)s
      AND message_class = ANY(%(classes)s)
    ORDER BY priority, due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE message m SET due_at = %(until)s, reason = 'window', reason_data = jsonb_build_object(
    'from', CASE WHEN m.reason = 'window' THEN m.reason_data -> 'from' ELSE to_jsonb(m.due_at) END,
    'until', %(until)s::timestamptz, 'zone', %(zone)s::text, 'version', %(version)s::int)
FROM early WHERE m.workspace_id = %(workspace)s AND m.id = early.id
"""


def closed_classes(windows: Windows, channel: str, at: datetime) -> tuple[str, ...]:
    """The classes of messages that may not leave now."""
    return windows.classes if closed_for(windows, channel, at) else ()


def move_closed(
    workspace_id: int, windows: Windows, *, channel: str, now: datetime, at: datetime
) -> int:
    """Let what is due by `now` and outside its hours `at` this moment wait for them; answers how many, up to AT_ONCE."""
    until = closed_for(windows, channel, at)
    if until is None:
        return 0
    return sql.execute(
        _MOVE,
        {
            "workspace": workspace_id, "channel": channel, "classes": list(windows.classes), "now": now,
            "until": until, "zone": windows.zone, "version": windows.version, "limit": AT_ONCE,
        },
    )  # fmt: skip


_MOVE_BACK = """
WITH moved AS (
    SELECT id FROM message
    WHERE workspace_id = %(workspace)s AND status = 'queued' AND reason = 'window'
      AND (reason_data ->> 'version')::int <> %(version)s
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE message m SET due_at = (m.reason_data ->> 'from')::timestamptz, reason = '', reason_data = NULL
FROM moved WHERE m.workspace_id = %(workspace)s AND m.id = moved.id
"""


def move_back(workspace_id: int, *, version: int, limit: int) -> int:
    """What waits by older windows is due again when it was at first: the sender asks the new ones about it."""
    return sql.execute(_MOVE_BACK, {"workspace": workspace_id, "version": version, "limit": limit})


# Windows that changed, or whose workspace moved to another time zone since.
_CHANGED = """
UPDATE sending_windows s SET zone = w.time_zone, is_settled = false, changed_at = %(now)s,
       version = s.version + 1
FROM workspace w WHERE w.id = s.workspace_id AND w.time_zone <> s.zone
"""
_UNSETTLED = "SELECT workspace_id, version, changed_at FROM sending_windows WHERE NOT is_settled"
_SETTLE = "UPDATE sending_windows SET is_settled = true WHERE workspace_id = %s AND version = %s"


def sweep(now: datetime) -> int:
    """Move back what waits by windows that are no longer so; answers how many."""
    sql.execute(_CHANGED, {"now": now})
    moved = 0
    for workspace_id, version, changed_at in sql.rows(_UNSETTLED):
        with transaction.atomic():
            count = move_back(workspace_id, version=version, limit=AT_ONCE)
            if not count and now - changed_at > SETTLES_AFTER:
                sql.execute(_SETTLE, (workspace_id, version))
        moved += count
    return moved
