"""Ready segments to begin from: the questions that every shop asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Example:
    """`rule` speaks only of what every workspace has."""

    key: str
    icon: str
    tone: str
    name: Promise
    text: Promise
    rule: dict[str, Any]


_MAILED = {"did": "message.sent", "within": "P60D"}

EXAMPLES = (
    Example(
        "sleeping", "zoom-question", "amber", _("Have not opened in 60 days"),
        _("They got mail and opened none of it: ask whether they still want it."),
        {"all": [_MAILED, {"not": {"did": "message.opened", "within": "P60D"}}]},
    ),
    Example(
        "birthday", "cake", "coral", _("Birthday this month"),
        _("For a greeting with a small gift."),
        {"field": "birthday", "op": "month_is", "value": "this"},
    ),
    Example(
        "new", "user-plus", "moss", _("New this week"),
        _("Whoever came in the last seven days, from wherever."),
        {"did": "contact.created", "within": "P7D"},
    ),
    Example(
        "keen", "flame", "plum", _("Click again and again"),
        _("At least three clicks in 90 days: they read you."),
        {"did": "message.clicked", "times": {"at_least": 3}, "within": "P90D"},
    ),
    Example(
        "sms", "device-mobile", "blue", _("Can be reached by SMS"),
        _("Have a mobile and agreed to messages."),
        {"all": [{"field": "mobile", "op": "is_set"}, {"consent": "sms"}]},
    ),
    Example(
        "unasked", "mail-question", "slate", _("Have an e-mail, were never asked"),
        _("You may not write advertising to them yet: ask for consent first."),
        {"all": [
            {"field": "email", "op": "is_set"}, {"not": {"consent": "email"}},
            {"not": {"did": "consent.withdrawn"}},
        ]},
    ),
)  # fmt: skip


def example(key: str) -> Example | None:
    return next((one for one in EXAMPLES if one.key == key), None)
