"""The small words of why: a step's name, a way, a moment, what became of a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kesher.journeys.kinds import NODES, Node
from kesher.journeys.ownmessages import title_of
from kesher.lib import clock
from kesher.lib.bidi import isolated
from kesher.messages.models import Message
from kesher.messages.reasons import in_words as message_reason


def message_state(message: Message, zone: str) -> str:
    """What became of it, or what it waits for."""
    reason = message_reason(message.reason, message.reason_data) if message.reason else ""
    match message.status:
        case "sent":
            day = {"day": moment(message.sent_at or message.queued_at, zone)}
            if message.bounced_at:
                return _("sent on %(day)s, and came back") % day
            if message.clicked_at:
                return _("sent on %(day)s, and a link was clicked") % day
            if message.opened_at:
                return _("sent on %(day)s, and opened") % day
            return _("sent on %(day)s") % day
        case "refused" | "failed" | "unknown":
            return _("not sent: %(reason)s") % {"reason": reason}
        case "held":
            return _("waits: %(reason)s") % {"reason": reason}
        case "queued" if message.reason == "window":
            return reason
        case "queued" if message.due_at and message.due_at > clock.now():
            day = {"day": moment(message.due_at, zone)}
            if message.attempts:
                return _("was not taken by the sending service; tried again on %(day)s") % day
            return _("waits until %(day)s, when it may be sent") % day
        case _:
            return _("waits to be sent")


def step_name(key: str, node: Node | None) -> str:
    """The step as people know it: its own name, else its kind with its subject."""
    if node is None:
        return isolated(key)
    given: Any = node.given.get("name") or (title_of(node) if node.kind.startswith("send_") else "")
    label = str(NODES.get(node.kind).label)
    return f"{label} “{isolated(str(given))}”" if given else label


def way_words(node: Node | None, port: str) -> str:
    """What stands on a way out."""
    words = {
        "next": _("on"),
        "yes": _("yes"),
        "no": _("no"),
        "timed_out": _("the time was up"),
        "otherwise": _("otherwise"),
        "past": _("the date is over"),
        "no_date": _("there is no date"),
        "failed": _("no answer"),
    }
    if port in words:
        return words[port]
    branches = node.given.get("branches") if node else None
    if isinstance(branches, list) and port.isdigit() and int(port) <= len(branches):
        label = branches[int(port) - 1].get("label")
        return isolated(str(label)) if label else port
    return port


def moment(at: datetime, zone: str) -> str:
    """17.11.2026, 10:00, as all screens write it."""
    return f"{at.astimezone(ZoneInfo(zone)):%-d.%-m.%Y, %H:%M}"
