"""The kinds of events of segments, recorded for those that something listens to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.events.kinds import EVENT_KINDS, DataField, EventKind

_DATA = (
    DataField("segment_id", _("Segment number"), "number"),
    DataField("segment", _("Segment's key")),
    DataField("name", _("Segment")),
)

ENTERED = EVENT_KINDS.register(
    EventKind(
        "segment.entered", _("Entered a segment"), _("Entered the segment “%(name)s”"),
        "filter-plus", "moss", data=_DATA,
        did=(_("entered a segment"), _("did not enter a segment")),
    )
)  # fmt: skip
LEFT = EVENT_KINDS.register(
    EventKind(
        "segment.left", _("Left a segment"), _("Left the segment “%(name)s”"),
        "filter-off", "moss", data=_DATA,
        did=(_("left a segment"), _("did not leave a segment")),
    )
)  # fmt: skip
