"""The one kind that comes from outside without a domain of its own: a custom event, named by who tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kesher.events.kinds import EVENT_KINDS, DataField, EventKind


def _words(data: Mapping[str, Any]) -> str:
    name = str(data.get("name") or "")[:80]
    return _now("Custom event: %(name)s") % {"name": name} if name else _now("Custom event")


CUSTOM = EVENT_KINDS.register(
    EventKind(
        key="custom",
        label=_("Custom event"),
        sentence=_("Custom event: %(name)s"),
        icon="bolt",
        tone="moss",
        data=(DataField("name", _("Name")),),
        words=_words,
        from_outside=True,
        did=(_("had a custom event"), _("had no custom event")),
    )
)
