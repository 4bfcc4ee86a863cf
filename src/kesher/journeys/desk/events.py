"""What the desk tells of a contact. `data`: task_id, title, by (who of the staff), journey_id of a journey's task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.events.kinds import EVENT_KINDS, DataField, EventKind
from kesher.lib.bidi import isolated

_DATA = (
    DataField("title", _("Task")),
    DataField("by", _("By whom")),
    DataField("journey_id", _("Journey number"), "number"),
)


def _done(data: Mapping[str, Any]) -> str:
    title, by = isolated(str(data.get("title") or "…")), str(data.get("by") or "")
    if not by:
        return gettext("Task done: %(title)s") % {"title": title}
    return gettext("Task done by %(by)s: %(title)s") % {"title": title, "by": isolated(by)}


DONE = EVENT_KINDS.register(
    EventKind(
        "task.done", _("Task done"), _("Task done: %(title)s"), "checkbox", "moss", _DATA,
        words=_done, did=(_("had a task done"), _("had no task done")),
    )
)  # fmt: skip
REOPENED = EVENT_KINDS.register(
    EventKind(
        "task.reopened", _("Task opened again"), _("Task opened again: %(title)s"), "arrow-back-up",
        data=_DATA, starts_journeys=False,
        did=(_("had a task opened again"), _("had no task opened again")),
    )
)  # fmt: skip
