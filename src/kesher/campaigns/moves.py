"""From one state to another: pause, resume, cancel, back to a draft. Each move is one row of MOVES.

A state is moved by compare-and-set, so that of two people pressing two buttons one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kesher.accounts.access import Access
from kesher.campaigns import log
from kesher.campaigns.errors import WrongState
from kesher.campaigns.events import SOURCE
from kesher.campaigns.models import Campaign
from kesher.messages.actions import cancel_queued, hold_source, release_source

Status = Campaign.Status


def _nothing(_campaign: Campaign) -> None:
    """The state is all that changes."""


@dataclass(frozen=True)
class Move:
    """`note` is the kind of log entry it leaves, `done` what people are told, `effect` what becomes of the messages."""

    key: str
    expected: tuple[str, ...]
    target: str
    note: str
    done: str | Promise
    effect: Callable[[Campaign], object] = _nothing
    values: Callable[[datetime], dict[str, Any]] = lambda _now: {}


def _hold(campaign: Campaign) -> None:
    hold_source(campaign.workspace_id, source=SOURCE, source_id=str(campaign.pk))


def _release(campaign: Campaign) -> None:
    release_source(campaign.workspace_id, source=SOURCE, source_id=str(campaign.pk))


def _cancel(campaign: Campaign) -> None:
    cancel_queued(campaign.workspace_id, source=SOURCE, source_id=str(campaign.pk))


MOVES: dict[str, Move] = {
    move.key: move
    for move in (
        # Nothing more leaves, but for the few that are on the wire at this moment.
        Move("pause", (Status.SENDING,), Status.PAUSED, "paused", _("Paused."), _hold),
        # On where it stopped. The next pulse is never sooner than a whole period after the last.
        Move("resume", (Status.PAUSED,), Status.SENDING, "resumed", _("Going on."), _release),
        # Those not yet written to are not written to; the report says so.
        Move(
            "cancel",
            (Status.SENDING, Status.PAUSED),
            Status.CANCELLED,
            "cancelled",
            _("Cancelled. Whoever was not written to yet will not be."),
            _cancel,
            lambda now: {"finished_at": now, "next_pulse_at": None},
        ),
        Move(
            "unschedule",
            (Status.SCHEDULED,),
            Status.DRAFT,
            "unscheduled",
            _("A draft again."),
            values=lambda _now: {"scheduled_at": None, "next_pulse_at": None},
        ),
    )
}


@transaction.atomic
def move_campaign(access: Access, campaign: Campaign, move: str, *, now: datetime) -> None:
    """`move` is a key of MOVES. Raises WrongState."""
    chosen = MOVES[move]
    set_status(campaign, chosen.expected, chosen.target, **chosen.values(now))
    chosen.effect(campaign)
    log.note(campaign, chosen.note, now=now, user=access.user)
    access.audit(f"campaign.{chosen.note}", campaign, campaign.name)


def set_status(campaign: Campaign, expected: tuple[str, ...], target: str, **values: Any) -> None:
    """Compare-and-set; the object in hand is brought up to date. Raises WrongState."""
    moved = Campaign.objects.filter(pk=campaign.pk, status__in=expected).update(
        status=target, **values
    )
    campaign.refresh_from_db()
    if not moved:
        raise WrongState(campaign.status)


def only_draft(campaign: Campaign) -> None:
    if campaign.status != Status.DRAFT:
        raise WrongState(campaign.status)
