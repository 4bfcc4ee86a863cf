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
_WAITING_OF = _WAITING + " AND source = %s AND source_id = %s"


def waiting(workspace_id: int, now: datetime) -> tuple[int, datetime | None]:
    """How many messages wait for the hours, and when the first of them leaves."""
    count, first = sql.rows(_WAITING, (workspace_id, now))[0]
    return count, first


def waiting_of(
    workspace_id: int, *, source: str, source_id: str, now: datetime
) -> tuple[int, datetime | None]:
    """The same of one source."""
    count, first = sql.rows(_WAITING_OF, (workspace_id, now, source, source_id))[0]
    return count, first
