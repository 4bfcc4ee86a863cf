"""The windows of a workspace, and what waits for them."""

from __future__ import annotations

from datetime import datetime

from kesher.accounts.models import Workspace
from kesher.lib import sql
from kesher.messages.models import SendingWindows
from kesher.messages.windows.deciding import Windows
from kesher.messages.windows.settings import windows_of_json

WINDOW = "window"  # the reason of a queued message that waits for its hours


def windows_of(workspace: Workspace) -> Windows:
    """As they stand; a workspace that set none sends at every hour."""
    found = SendingWindows.objects.filter(workspace_id=workspace.pk).first()
    if found is None:
        return Windows(workspace.time_zone)
    return windows_of_json(found.settings, workspace.time_zone, found.version)


_WAITING = """
SELECT count(*), min(due_at) FROM message
WHERE workspace_id = %s AND status = 'queued' AND reason = 'window' AND due_at > %s
"""


def waiting(workspace_id: int, now: datetime) -> tuple[int, datetime | None]:
    """How many messages wait for the hours, and when the first of them leaves."""
    count, first = sql.rows(_WAITING, (workspace_id, now))[0]
    return count, first


_WAITS_UNTIL = """
SELECT due_at FROM message
WHERE workspace_id = %s AND source = %s AND source_id = %s AND status = 'queued' AND reason = 'window' LIMIT 1
"""


def waits_until(workspace_id: int, *, source: str, source_id: str) -> datetime | None:
    """For when one of a source's messages waits for the hours, also when that is just now; None when none does.

    They opened for all of a source at one moment, or nearly so: one row is read, however many wait.
    """
    found = sql.rows(_WAITS_UNTIL, (workspace_id, source, source_id))
    return found[0][0] if found else None
