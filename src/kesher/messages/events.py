"""The kinds of events that messages record. `data` of each: message_id, version_id, source, source_id, subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.content.tags import in_words
from kesher.events.kinds import EVENT_KINDS, DataField, EventKind
from kesher.lib.bidi import isolated
from kesher.messages import reasons
from kesher.messages.receipts.classify import REASONS

_COMMON = (
    DataField("subject", _("subject")),
    DataField("source", _("sent by")),
    DataField("message_id", _("message"), "number"),
)

# Why a machine is held to have done it; missing when a person did.
_MACHINE = DataField("machine", _("why it is a machine"))


def _subject(data: Mapping[str, Any]) -> str:
    """The subject as written, its merge tags in words; an ellipsis when there is none."""
    return isolated(in_words(str(data.get("subject") or ""), DEFAULT_FIELDS) or "…")


def _about(sentence: Any) -> Callable[[Mapping[str, Any]], str]:
    """The words of a kind whose sentence names only the subject."""
    return lambda data: str(sentence) % {"subject": _subject(data)}


def _register(kind: EventKind) -> EventKind:
    """Register a kind; without words of its own its sentence names only the subject."""
    return EVENT_KINDS.register(kind if kind.words else replace(kind, words=_about(kind.sentence)))


def _refused(data: Mapping[str, Any]) -> str:
    return gettext("“%(subject)s” was not sent: %(reason)s") % {
        "subject": _subject(data),
        "reason": reasons.in_words(str(data.get("reason", ""))),
    }


def _bounced(data: Mapping[str, Any]) -> str:
    text = (
        gettext("“%(subject)s” came back for good: %(text)s")
        if data.get("hard")
        else gettext("“%(subject)s” could not be delivered: %(text)s")
    )
    return text % {"subject": _subject(data), "text": data.get("text") or "…"}


def _opened(data: Mapping[str, Any]) -> str:
    subject = {"subject": _subject(data)}
    if "machine" in data:
        return gettext("A machine opened “%(subject)s”: %(why)s") % {**subject, "why": _why(data)}
    return gettext("Opened “%(subject)s”") % subject


def _why(data: Mapping[str, Any]) -> str:
    reason = str(data["machine"])
    return str(REASONS.get(reason, reason))


def _clicked(data: Mapping[str, Any]) -> str:
    if "machine" in data:
        return gettext("A machine followed “%(label)s” in “%(subject)s”: %(why)s") % {
            "label": isolated(str(data.get("label") or data.get("url") or "…")),
            "subject": _subject(data),
            "why": _why(data),
        }
    return gettext("Clicked “%(label)s” in “%(subject)s”") % {
        "label": isolated(str(data.get("label") or data.get("url") or "…")),
        "subject": _subject(data),
    }


SENT = _register(
    EventKind(
        "message.sent",
        _("Message sent"),
        _("Was sent “%(subject)s”"),
        "send",
        "blue",
        _COMMON,
        did=(_("was sent %(message)s"), _("was not sent %(message)s")),
    )
)
DELIVERED = _register(
    EventKind(
        "message.delivered",
        _("Message delivered"),
        _("Received “%(subject)s”"),
        "mail-check",
        "blue",
        _COMMON,
        did=(_("received %(message)s"), _("did not receive %(message)s")),
    )
)
OPENED = _register(
    EventKind(
        "message.opened",
        _("Message opened"),
        _("Opened “%(subject)s”"),
        "mail-opened",
        "blue",
        (*_COMMON, _MACHINE),
        is_sign_of_life=True,
        words=_opened,
        did=(_("opened %(message)s"), _("did not open %(message)s")),
    )
)
CLICKED = _register(
    EventKind(
        "message.clicked",
        _("Link clicked"),
        _("Clicked a link in “%(subject)s”"),
        "click",
        "blue",
        (*_COMMON, DataField("url", _("address"), "url"), DataField("label", _("link")), _MACHINE),
        is_sign_of_life=True,
        words=_clicked,
        did=(_("clicked a link in %(which)s"), _("did not click a link in %(which)s")),
    )
)
BOUNCED = _register(
    EventKind(
        "message.bounced",
        _("Delivery failed"),
        _("“%(subject)s” could not be delivered"),
        "mail-x",
        "coral",
        (*_COMMON, DataField("hard", _("for good"), "yes_no"), DataField("text", _("answer"))),
        words=_bounced,
        did=(
            _("had %(which)s come back undelivered"),
            _("did not have %(which)s come back undelivered"),
        ),
    )
)
COMPLAINED = _register(
    EventKind(
        "message.complained",
        _("Marked as spam"),
        _("Marked “%(subject)s” as spam"),
        "alert-triangle",
        "coral",
        _COMMON,
        did=(_("marked %(message)s as spam"), _("did not mark %(message)s as spam")),
    )
)
UNSUBSCRIBED = _register(
    EventKind(
        "message.unsubscribed",
        _("Asked to unsubscribe"),
        _("Unsubscribed through “%(subject)s”"),
        "user-minus",
        "coral",
        (*_COMMON, DataField("reason", _("reason"))),
        did=(_("unsubscribed through %(which)s"), _("did not unsubscribe through %(which)s")),
    )
)
REFUSED = _register(
    EventKind(
        "message.refused",
        _("Message not sent"),
        _("“%(subject)s” was not sent"),
        "mail-off",
        "slate",
        (*_COMMON, DataField("reason", _("reason"))),
        starts_journeys=False,
        words=_refused,
        did=(_("had %(which)s held back"), _("did not have %(which)s held back")),
    )
)
PROVED = EVENT_KINDS.register(
    EventKind(
        "visitor.proved",
        _("Address proved"),
        _("Proved the e-mail address with a code"),
        "shield-check",
        "moss",
        starts_journeys=False,
        is_sign_of_life=True,
        did=(_("proved the address with a code"), _("did not prove the address with a code")),
    )
)
