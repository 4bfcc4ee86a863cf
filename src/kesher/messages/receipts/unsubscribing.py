"""Saying no to more mail, and changing one's mind. By link, one-click (RFC 8058), reply, or staff.

Leaving a list never changes consent, and neither of them blocks the address: what a person ordered
still reaches them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.contacts.consent import record_consent
from kesher.contacts.lists import join_list, leave_list
from kesher.contacts.models import Contact
from kesher.lib import sql
from kesher.messages.receipts.facts import MessageFacts, facts_of, tell

CONSENT_CHANNELS = ("email", "sms", "whatsapp")
REASONS = ("too_many", "not_relevant", "never_signed_up", "other")


@dataclass(frozen=True)
class Unsubscribed:
    """`changed` is False when there was nothing left to withdraw; `known` when the person is still in the contacts."""

    changed: bool
    known: bool


@transaction.atomic
def unsubscribe(
    message_id: int,
    *,
    now: datetime,
    reason: str = "",
    lists: Sequence[int] | None = None,
    by: str = "link",
    evidence: dict[str, Any] | None = None,
    user_id: int | None = None,
) -> Unsubscribed:
    """Withdraw the contact's consent on the message's channel; with `lists`, only leave those lists.

    Doing it again changes nothing. A test message unsubscribes nobody. `reason` is one of REASONS or the
    person's own words; `by` is link, one_click, reply or staff.
    """
    message = facts_of(message_id, lock=True)
    if message is None or message.is_test:
        return Unsubscribed(changed=False, known=False)
    if lists is not None:
        return _leave(message, lists, now=now)
    state = _consent_state(message)
    changed = state not in (None, Contact.ConsentState.WITHDRAWN)
    if changed and message.contact_id is not None:
        record_consent(
            message.workspace_id,
            contact_ids=[message.contact_id],
            channel=message.channel,
            state=Contact.ConsentState.WITHDRAWN,
            basis="staff" if by == "staff" else "reply" if by == "reply" else "link",
            evidence={"by": by, "reason": reason, "message_id": message_id, **(evidence or {})},
            now=now,
            user_id=user_id,
        )
    if message.unsubscribed_at is None:
        _set_unsubscribed(message, now)
        tell(message, "unsubscribed", at=now, reason=reason, by=by)
    return Unsubscribed(changed=changed, known=state is not None)


@transaction.atomic
def resubscribe(message_id: int, *, now: datetime, evidence: dict[str, Any]) -> bool:
    """The person asked to get mail again: a new consent. False when they are not in the contacts any more.

    `evidence` holds the text they agreed to, their address on the net and their agent.
    """
    message = facts_of(message_id, lock=True)
    if message is None or message.is_test or message.contact_id is None:
        return False
    state = _consent_state(message)
    if state is None:
        return False
    if state != Contact.ConsentState.GRANTED:
        record_consent(
            message.workspace_id,
            contact_ids=[message.contact_id],
            channel=message.channel,
            state=Contact.ConsentState.GRANTED,
            basis="link",
            evidence={"message_id": message_id, **evidence},
            now=now,
        )
    return True


@transaction.atomic
def choose_lists(message_id: int, *, wanted: set[int], offered: set[int], now: datetime) -> None:
    """Join the wanted lists of those offered and leave the others. Consent stays as it is."""
    message = facts_of(message_id, lock=True)
    if message is None or message.is_test or message.contact_id is None:
        return
    if _consent_state(message) is None:
        return
    _leave(message, sorted(offered - wanted), now=now)
    for list_id in sorted(offered & wanted):
        join_list(
            message.workspace_id,
            list_id=list_id,
            contact_ids=[message.contact_id],
            now=now,
            source="preferences",
        )


def _leave(message: MessageFacts, lists: Sequence[int], *, now: datetime) -> Unsubscribed:
    if message.contact_id is None or _consent_state(message) is None:
        return Unsubscribed(changed=False, known=False)
    left = sum(
        leave_list(
            message.workspace_id,
            list_id=list_id,
            contact_ids=[message.contact_id],
            now=now,
            source="preferences",
        )
        for list_id in lists
    )
    return Unsubscribed(changed=bool(left), known=True)


def _consent_state(message: MessageFacts) -> str | None:
    """The contact's consent on the message's channel, "" when never asked; None when there is no such contact.

    The contact's row is held, so that a double click withdraws once.
    """
    if message.contact_id is None or message.channel not in CONSENT_CHANNELS:
        return None
    state: str | None = sql.value(
        f"SELECT {message.channel}_consent FROM contact"
        " WHERE workspace_id = %s AND id = %s AND deleted_at IS NULL FOR NO KEY UPDATE",
        (message.workspace_id, message.contact_id),
    )
    return state


def _set_unsubscribed(message: MessageFacts, now: datetime) -> None:
    sql.execute(
        "UPDATE message SET unsubscribed_at = %s WHERE workspace_id = %s AND id = %s",
        (now, message.workspace_id, message.id),
    )
