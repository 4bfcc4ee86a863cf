"""The log of a campaign: what happened to it, when, and by whom. Shown in its report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kesher.accounts.models import User
from kesher.campaigns.models import Campaign, LogEntry
from kesher.lib.bidi import isolated

KINDS: dict[str, Promise] = {
    "scheduled": _("Scheduled"),
    "unscheduled": _("Taken back to a draft"),
    "sent": _("Sending began"),
    "paused": _("Paused"),
    "resumed": _("Went on"),
    "cancelled": _("The rest was cancelled"),
    "sample_left": _("The sample of the A/B test has left; the waiting time began"),
    "winner": _("Variant %(variant)s won and goes to everybody else"),
    "finished": _("All were sent"),
}
_WHY: dict[str, Promise] = {
    "rate": _("it had the best share"),
    "tie": _("it was as good as the next, and comes first"),
    "nothing": _("nobody had opened or clicked, so the first one goes out"),
    "hand": _("chosen by hand"),
}


def note(
    campaign: Campaign, kind: str, *, now: datetime, user: User | None = None, **data: Any
) -> None:
    """Write it down; in the transaction of what happened."""
    LogEntry.objects.create(
        workspace_id=campaign.workspace_id,
        campaign=campaign,
        at=now,
        kind=kind,
        user=user,
        data=data,
    )


def in_words(entry: LogEntry) -> str:
    """One line, in the active language."""
    known = KINDS.get(entry.kind)
    if known is None:
        return entry.kind
    if entry.kind != "winner":
        return str(known)
    said = str(known) % {"variant": isolated(str(entry.data.get("variant", "")))}
    why = _WHY.get(str(entry.data.get("how", "")))
    return _now("%(what)s: %(why)s") % {"what": said, "why": why} if why else said
