"""Why a run ended, in words that a shop owner understands. Pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "done": _("came to the end"),
    "goal": _("reached the goal"),
    "exit_rule": _("the condition for leaving came true"),
    "taken_out": _("was taken out by hand"),
    "stopped": _("another journey stopped it"),
    "restarted": _("began again from the start"),
    "holdout": _("is one of those kept out, to compare with"),
    "loop": _("journeys set each other off again and again, so the chain was cut"),
    "contact_gone": _("the contact was deleted"),
    "merged": _("the card became one with another, which is in the journey too"),
    "archived": _("the journey was archived"),
    "published": _("a new version was published, without those at this step"),
    "node_gone": _("the step was no longer there"),
    "broken_rule": _("the condition asks for something that is no longer there"),
}
# Those after which a message that still waits is not sent: the run came to its end otherwise than by its own way.
LEFT_EARLY = frozenset(
    {"exit_rule", "goal", "taken_out", "stopped", "restarted", "merged", "archived", "published"}
)


def in_words(reason: str) -> str:
    if reason not in REASONS:
        return gettext("for a reason unknown to this version (%(key)s)") % {"key": reason}
    return str(REASONS[reason])
