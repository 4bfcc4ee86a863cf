"""Alerts to the staff by SMS, through the workspace's own account. `alerts` mails them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from kesher.accounts.models import Workspace
from kesher.channels.accounts import has_account
from kesher.contacts.vocabulary import FieldInfo
from kesher.content.document import direction_of
from kesher.content.models import Version
from kesher.content.texts import compile_text
from kesher.journeys.models import StaffAlert
from kesher.lib import sql
from kesher.messages.actions import queue_message
from kesher.messages.sources import SOURCES, Source

SOURCE = SOURCES.register(
    Source("alert", lambda _workspace, _ids: {}, can_unsubscribe=False, group=lambda _id: "all")
)
AT_ONCE = 50
LONGEST = 400  # letters of the alert in the SMS: the whole stands in the application

# Marked in the transaction that queues: an alert is texted once, however the process ends.
_TAKE = """
WITH next AS (
    SELECT id FROM staff_alert WHERE texted_at IS NULL AND NOT (phones = '{}')
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE staff_alert a SET texted_at = %(now)s FROM next
WHERE a.id = next.id RETURNING a.workspace_id, a.id, a.text, a.phones
"""


@dataclass(frozen=True)
class Taken:
    workspace_id: int
    alert_id: int
    text: str
    phones: Sequence[str]


@transaction.atomic
def text_alerts(now: datetime, *, limit: int = AT_ONCE) -> int:
    """Queue what was not texted yet; answers how many alerts were taken. Without an account the alert says so."""
    taken = [Taken(*row) for row in sql.rows(_TAKE, {"now": now, "limit": limit})]
    workspaces = Workspace.objects.in_bulk({one.workspace_id for one in taken})
    for workspace in workspaces.values():
        theirs = [one for one in taken if one.workspace_id == workspace.pk]
        if has_account(workspace, "sms"):
            _queue(workspace, theirs, now)
        else:
            StaffAlert.objects.filter(
                workspace_id=workspace.pk, pk__in=[one.alert_id for one in theirs]
            ).update(trouble=StaffAlert.Trouble.NO_ACCOUNT)
    return len(taken)


def _queue(workspace: Workspace, alerts: Sequence[Taken], now: datetime) -> None:
    version = _version(workspace)
    for alert in alerts:
        values = {"text": _shortened(alert.text), "link": link_to(alert.alert_id)}
        for number, phone in enumerate(alert.phones):
            queue_message(
                workspace.pk,
                contact_id=None,
                version_id=version.pk,
                channel="sms",
                source=SOURCE.key,
                source_id=f"{alert.alert_id}.{number}",
                now=now,
                data={"to": phone, "values": values},
            )


def link_to(alert_id: int) -> str:
    """Short, as an SMS wants it; leads on to whom or what the alert is about."""
    return f"{settings.BASE_URL}/a/{alert_id}"


def _shortened(text: str) -> str:
    tidy = text.strip()
    return tidy if len(tidy) <= LONGEST else f"{tidy[:LONGEST].rstrip()}…"


def _version(workspace: Workspace) -> Version:
    """The text and, on a line of its own, the link; made when it is first needed."""
    body = _body(workspace.language)
    known = Version.objects.filter(workspace=workspace, document=None, subject="", body=body)
    made = known.first()
    if made is None:
        fields = [FieldInfo(key, key, "text") for key in ("text", "link")]
        plan = compile_text(body, fields).to_json()
        made = Version.objects.create(workspace=workspace, body=body, subject="", plan=plan)
    return made


def _body(language: str) -> dict[str, Any]:
    return {
        "format": 1,
        "language": language,
        "direction": direction_of(language),
        "theme": {},
        "blocks": [
            {"id": "text", "kind": "sms_text", "text": "[[text]]"},
            {"id": "link", "kind": "sms_text", "text": "[[link]]", "join": "line"},
        ],
    }
