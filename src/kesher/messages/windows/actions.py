"""Changing a workspace's sending windows. What waits is asked about anew, so that a change also moves messages up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.access import Access
from kesher.messages.models import SendingWindows
from kesher.messages.windows import moving
from kesher.messages.windows.settings import checked

MOVED_AT_ONCE = 20_000  # in its own transaction; the sender's sweep does the rest


@transaction.atomic
def set_windows(access: Access, *, settings: Mapping[str, Any], now: datetime) -> SendingWindows:
    """Keep these windows from now on; `settings.OFF` sends at every hour again. Raises BadWindows."""
    workspace = access.workspace
    kept = checked(settings, workspace.time_zone, now)
    found, _made = SendingWindows.objects.select_for_update().get_or_create(
        workspace_id=workspace.pk, defaults={"zone": workspace.time_zone, "changed_at": now}
    )
    found.settings, found.zone = kept, workspace.time_zone
    found.version, found.is_settled, found.changed_at = found.version + 1, False, now
    found.save()
    moving.move_back(workspace.pk, version=found.version, limit=MOVED_AT_ONCE)
    access.audit("workspace.windows_set", workspace, workspace.name, **_told(kept))
    return found


def _told(kept: Mapping[str, Any]) -> dict[str, Any]:
    rest = kept["rest"]
    return {"channels": sorted(kept["hours"]), "city": rest["city"] if rest else ""}
