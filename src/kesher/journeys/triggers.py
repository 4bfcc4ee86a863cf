"""The settings of each kind of trigger as data: what the canvas shows and what a file may say. Pure.

A new setting of a trigger is a row here; the canvas makes its control from it, and `checks` its check.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.journeys.settings import Choice, Setting

DATE, MANUAL = "date", "manual"
UPDATED = "contact.updated"

EVERY_HELP = _(
    "29 February comes on the 28th in other years. By the Hebrew year: Adar of a plain year is the second Adar of a"
    " leap year, the first Adar of a leap year is Adar in a plain one, and a 30th that the month lacks is the first of"
    " the next"
)
ROUNDS = (
    Choice("year", _("every year")),
    Choice("hebrew_year", _("every Hebrew year")),
    Choice("month", _("every month")),
)
MONTHS = (
    Choice("tishrei", _("Tishrei")),
    Choice("cheshvan", _("Cheshvan")),
    Choice("kislev", _("Kislev")),
    Choice("tevet", _("Tevet")),
    Choice("shevat", _("Shevat")),
    Choice("adar_1", _("Adar I (in a plain year Adar)")),
    Choice("adar", _("Adar (in a leap year Adar II)")),
    Choice("nisan", _("Nisan")),
    Choice("iyar", _("Iyar")),
    Choice("sivan", _("Sivan")),
    Choice("tammuz", _("Tammuz")),
    Choice("av", _("Av")),
    Choice("elul", _("Elul")),
)
HOLIDAYS = (
    Choice("rosh_hashana_eve", _("Rosh Hashana eve")),
    Choice("rosh_hashana", _("Rosh Hashana")),
    Choice("yom_kippur_eve", _("Yom Kippur eve")),
    Choice("yom_kippur", _("Yom Kippur")),
    Choice("sukkot_eve", _("Sukkot eve")),
    Choice("sukkot", _("Sukkot")),
    Choice("simchat_torah", _("Simchat Torah")),
    Choice("hanukkah", _("Hanukkah, the first day")),
    Choice("tu_bishvat", _("Tu BiShvat")),
    Choice("purim", _("Purim")),
    Choice("passover_eve", _("Passover eve")),
    Choice("passover", _("Passover")),
    Choice("passover_end", _("The last day of Passover")),
    Choice("holocaust_day", _("Holocaust Remembrance Day")),
    Choice("memorial_day", _("Memorial Day")),
    Choice("independence_day", _("Independence Day")),
    Choice("lag_baomer", _("Lag BaOmer")),
    Choice("jerusalem_day", _("Jerusalem Day")),
    Choice("shavuot_eve", _("Shavuot eve")),
    Choice("shavuot", _("Shavuot")),
    Choice("tisha_beav", _("Tisha BeAv")),
    Choice("tu_beav", _("Tu BeAv")),
)
BY_ITSELF = ("holiday", "hebrew_month")  # these come every Hebrew year

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
        Setting(
            "holiday", _("A holiday"), "choice", one_of="day", choices=HOLIDAYS,
            help=_("every year, on the day it is kept in Israel, also when the law moves it"),
        ),
        Setting(
            "hebrew_month", _("A day of the Hebrew year"), "choice", one_of="day", choices=MONTHS,
            help=_("every year; a 30th that the month lacks is the first of the next"),
        ),
        Setting("hebrew_day", _("Day of the month, 1 to 30"), "number", goes_with="hebrew_month"),
        Setting("offset", _("So long before or after it"), "offset"),
        Setting("at", _("Hour"), "time"),
        Setting(
            "every", _("The date comes round"), "choice", choices=ROUNDS, help=EVERY_HELP,
        ),
        Setting(
            "evening", _("Who was born after sunset"), "field", fields=("yes_no",),
            goes_with="field",
            help=_("a yes/no field; where it says yes, the Hebrew day is that of the next morning"),
        ),
    ),
}  # fmt: skip


def settings_of(kind: str) -> tuple[Setting, ...]:
    return TRIGGER_SETTINGS.get(kind, ())
