"""Who did what to a segment, from the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from kesher.accounts.models import AuditEntry
from kesher.segments.models import Segment
from kesher.web.accounts.deeds import DEEDS

MOST = 8


@dataclass(frozen=True)
class Deed:
    words: str | Promise
    who: str
    at: datetime


def deeds_of(segment: Segment) -> list[Deed]:
    """The newest few; of an API key its name."""
    rows = AuditEntry.objects.select_related("user", "api_key").filter(
        workspace_id=segment.workspace_id, object_kind="segment", object_id=str(segment.pk)
    )
    return [
        Deed(DEEDS.get(row.action, row.action), _who(row), row.at)
        for row in rows.order_by("-at", "-id")[:MOST]
    ]


def _who(row: AuditEntry) -> str:
    if row.user is not None:
        return row.user.name or row.user.email
    return row.api_key.name if row.api_key is not None else ""
