"""Why a message was held, refused or failed, in words that a shop owner understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.messages.windows.words import waits_words

REASONS: dict[str, Promise] = {
    "not_armed": _("this is a restored copy, which sends nothing until it is armed"),
    "paused": _("sending is paused"),
    "window": _("waits for the sending hours"),
    "resting": _("the journey is paused"),
    "asked": _("waits for somebody to decide whether it is still to be sent"),
    "too_old": _("its time had passed while the journey was paused"),
    "cancelled": _("sending was cancelled"),
    "contact_gone": _("the contact was deleted"),
    "journey_left": _("the contact left the journey before it was sent"),
    "condition_gone": _("the condition of this step no longer held when it was to be sent"),
    "no_address": _("the contact has no address for this channel"),
    "suppressed": _("the address is on the list of blocked addresses"),
    "consent_withdrawn": _("the contact asked not to get messages"),
    "no_consent": _("the contact has not agreed to get advertising"),
    "bounced": _("messages to this address came back for good"),
    "opened_meanwhile": _("the contact opened the first message before this one left"),
    "bad_address": _("the address is not one that mail can be sent to"),
    "bad_number": _("this is not a number that texts can be sent to"),
    "empty": _("nothing in the message is meant for this contact"),
    "nothing_left": _("no part of the message is meant for this contact"),
    "no_sender": _("there is no sender address; set one in the workspace settings"),
    "no_version": _("the content is no longer there"),
    "provider_refused": _("the sending service refused it"),
    "address_unknown": _("the sending service says that there is no such address"),
    "no_answer": _("the sending service could not be reached, after several tries"),
    "kept_deferring": _("the sending service asked to try later, again and again"),
    "account_problem": _("the sending service refused to let us in; check the sending account"),
    "broken_content": _("the content could not be put together"),
}


def in_words(reason: str, data: Mapping[str, Any] | None = None) -> str:
    """The reason as a phrase in the active language, with the server's own words when it said some."""
    if reason not in REASONS:
        return gettext("for a reason unknown to this version (%(key)s)") % {"key": reason}
    if reason == "window" and data and "until" in data:
        return waits_words(data)
    said = str((data or {}).get("text") or "")
    return f"{REASONS[reason]}: {said}" if said else str(REASONS[reason])
