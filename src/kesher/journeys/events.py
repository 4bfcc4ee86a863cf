"""The kinds of events of journeys. `data`: journey_id, journey (its key), name, and of an end the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.events.kinds import EVENT_KINDS, DataField, EventKind
from kesher.journeys import reasons
from kesher.lib.bidi import isolated

_DATA = (
    DataField("journey_id", _("Journey number"), "number"),
    DataField("journey", _("Journey's key")),
    DataField("name", _("Journey")),
)


def _ended(data: Mapping[str, Any]) -> str:
    return gettext("Left the journey “%(name)s”: %(reason)s") % {
        "name": isolated(str(data.get("name") or "…")),
        "reason": reasons.in_words(str(data.get("reason", ""))),
    }


STARTED = EVENT_KINDS.register(
    EventKind(
        "journey.started", _("Began a journey"), _("Began the journey “%(name)s”"),
        "route", "slate", data=_DATA, did=(_("began a journey"), _("did not begin a journey")),
    )
)  # fmt: skip
ENDED = EVENT_KINDS.register(
    EventKind(
        "journey.ended", _("Left a journey"), _("Left the journey “%(name)s”"),
        "logout", "slate", data=(*_DATA, DataField("reason", _("Reason"))), words=_ended,
        did=(_("left a journey"), _("did not leave a journey")),
    )
)  # fmt: skip
GOAL_REACHED = EVENT_KINDS.register(
    EventKind(
        "journey.goal_reached", _("Reached a journey's goal"), _("Reached the goal of the journey “%(name)s”"),
        "target", "coral", data=(*_DATA, DataField("goal", _("Goal"))),
        did=(_("reached the goal of a journey"), _("did not reach the goal of a journey")),
    )
)  # fmt: skip
WEBHOOK_ANSWERED = EVENT_KINDS.register(
    EventKind(
        "webhook.answered", _("Webhook answered"), _("A call from a journey was answered"),
        "webhook", "slate", data=(DataField("status", _("Status"), "number"),), starts_journeys=False,
        did=(_("had a call answered"), _("had no call answered")),
    )
)  # fmt: skip
