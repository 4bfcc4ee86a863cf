"""The settings of each kind of trigger as data: what the canvas shows and what a file may say. Pure.

A new setting of a trigger is a row here; the canvas makes its control from it, and `checks` its check.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.journeys.settings import Choice, Setting

DATE, MANUAL = "date", "manual"
UPDATED = "contact.updated"

_LIST = Setting("list", _("List"), "list", help=_("empty: any list"))
_SEGMENT = Setting("segment", _("Segment"), "segment", required=True)

TRIGGER_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "list.joined": (_LIST,),
    "list.left": (_LIST,),
    "segment.entered": (_SEGMENT,),
    "segment.left": (_SEGMENT,),
    UPDATED: (
        Setting(
            "changed", _("Only when one of these changes"), "fields", help=_("empty: any field")
        ),
        Setting(
            "even_if_unchanged", _("Also when it was sent in again unchanged"), "toggle",
            help=_("for forms that the same person may fill in twice with the same answer"),
        ),
    ),
    DATE: (
        Setting(
            "field", _("A date of the contact"), "field", fields=("date", "date_time"),
            one_of="day", help=_("each person on their own day"),
        ),
        Setting("on", _("One day for all"), "moment", one_of="day"),
        Setting("offset", _("So long before or after it"), "offset"),
        Setting("at", _("Hour"), "time"),
        Setting(
            "every", _("The date comes round"), "choice",
            choices=(Choice("year", _("every year")), Choice("month", _("every month"))),
        ),
    ),
}  # fmt: skip


def settings_of(kind: str) -> tuple[Setting, ...]:
    return TRIGGER_SETTINGS.get(kind, ())
