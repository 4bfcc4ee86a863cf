"""The kinds of events of contacts: the card, its lists, consent and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.contacts.channels import channel_label
from kesher.contacts.vocabulary import DEFAULT_FIELDS
from kesher.events.kinds import EVENT_KINDS, DataField, EventKind
from kesher.lib.bidi import isolated

SOURCES = {
    "staff": _("by hand"),
    "import": _("by an import"),
    "api": _("through the API"),
    "form": _("by a form"),
    "demo": _("with the demo"),
    "link": _("by a link"),
    "visitor": _("by the person"),
}
BASES = {
    "form": _("a form"),
    "import": _("an import"),
    "staff": _("staff"),
    "api": _("the API"),
    "link": _("a link"),
    "reply": _("a reply"),
    "complaint": _("a spam complaint"),
}


def _created(data: Mapping[str, Any]) -> str:
    source = SOURCES.get(str(data.get("source", "")))
    return gettext("Added %(how)s") % {"how": source} if source else gettext("Added")


def _updated(data: Mapping[str, Any]) -> str:
    labels = {info.key: str(info.label) for info in DEFAULT_FIELDS}
    changed = data.get("changed") or {}
    # A field of the workspace is told by its key: it was its name when it was made.
    names = ", ".join(
        _with_number(labels.get(key, key.replace("-", " ")), pair) for key, pair in changed.items()
    )
    if not names:
        return gettext("Details changed")
    if data.get("because") == "click":
        link = isolated(str(data.get("link") or "…"))
        return gettext("Changed by a click on “%(link)s”: %(fields)s") % {
            "link": link,
            "fields": names,
        }
    return gettext("Changed: %(fields)s") % {"fields": names}


def _with_number(name: str, pair: Any) -> str:
    """The field, and where it is a number what it was and is: "points (2 → 3)"."""
    match pair:
        case [before, int() | float() as after] if not isinstance(after, bool):
            arrow = "←" if translation.get_language_bidi() else "→"
            return f"{name} ({'–' if before is None else before} {arrow} {after})"
    return name


def _granted(data: Mapping[str, Any]) -> str:
    return gettext("Agreed to receive %(channel)s (basis: %(basis)s)") % _consent(data)


def _withdrawn(data: Mapping[str, Any]) -> str:
    return gettext("Refused to receive %(channel)s (basis: %(basis)s)") % _consent(data)


def _consent(data: Mapping[str, Any]) -> dict[str, str]:
    basis = str(data.get("basis", ""))
    return {
        "channel": str(channel_label(str(data.get("channel", "")))),
        "basis": str(BASES.get(basis, basis or "…")),
    }


_LIST = (DataField("list_id", _("List number"), "number"), DataField("list", _("List")))
_CONSENT = (DataField("channel", _("Channel")), DataField("basis", _("Basis")))

CREATED = EVENT_KINDS.register(
    EventKind(
        "contact.created", _("Contact added"), _("Added"), "user-plus", "moss",
        data=(DataField("source", _("Source")),), words=_created,
        did=(_("was added"), _("was not added")),
    )
)  # fmt: skip
UPDATED = EVENT_KINDS.register(
    EventKind(
        "contact.updated",
        _("Contact changed"),
        _("Details changed"),
        "edit",
        "moss",
        words=_updated,
        did=(_("had details changed"), _("had no details changed")),
    )
)
DELETED = EVENT_KINDS.register(
    EventKind(
        "contact.deleted",
        _("Contact deleted"),
        _("Deleted"),
        "trash",
        starts_journeys=False,
        did=(_("was deleted"), _("was not deleted")),
    )
)
RESTORED = EVENT_KINDS.register(
    EventKind(
        "contact.restored",
        _("Contact restored"),
        _("Restored"),
        "arrow-back-up",
        starts_journeys=False,
        did=(_("was restored"), _("was not restored")),
    )
)
MERGED = EVENT_KINDS.register(
    EventKind(
        "contact.merged", _("Contacts merged"), _("Merged with the card of %(name)s"), "git-merge",
        data=(DataField("name", _("Name")),), starts_journeys=False,
        did=(_("was merged with another card"), _("was not merged with another card")),
    )
)  # fmt: skip
JOINED = EVENT_KINDS.register(
    EventKind(
        "list.joined",
        _("Joined a list"),
        _("Joined the list %(list)s"),
        "list-check",
        "moss",
        data=_LIST,
        did=(_("joined a list"), _("did not join a list")),
    )
)
LEFT = EVENT_KINDS.register(
    EventKind(
        "list.left",
        _("Left a list"),
        _("Left the list %(list)s"),
        "list-details",
        "moss",
        data=_LIST,
        did=(_("left a list"), _("did not leave a list")),
    )
)
GRANTED = EVENT_KINDS.register(
    EventKind(
        "consent.granted", _("Agreed to receive messages"), _("Agreed to receive messages"),
        "circle-check", "moss", data=_CONSENT, words=_granted,
        did=(_("agreed to receive messages"), _("did not agree to receive messages")),
    )
)  # fmt: skip
WITHDRAWN = EVENT_KINDS.register(
    EventKind(
        "consent.withdrawn", _("Refused to receive messages"), _("Refused to receive messages"),
        "ban", "coral", data=_CONSENT, words=_withdrawn,
        did=(_("refused to receive messages"), _("did not refuse to receive messages")),
    )
)  # fmt: skip
NOTED = EVENT_KINDS.register(
    EventKind(
        "note.added",
        _("Note added"),
        _("A note was written"),
        "note",
        starts_journeys=False,
        did=(_("had a note written"), _("had no note written")),
    )
)
