"""Why a file could not be read, a row was refused, or a value was left out: a stable key and its words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class Unreadable(Exception):
    """The file as a whole cannot be taken. `reason` is a key of FILE_REASONS; `detail` fills its words."""

    def __init__(self, reason: str, **detail: object) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail

    @property
    def words(self) -> str:
        return str(FILE_REASONS[self.reason]) % self.detail


FILE_REASONS = {
    "empty": _("The file is empty. Choose a file with one person in each row."),
    "only_header": _("The file has a header row and no people under it."),
    "long_line": _(
        "A line of this file is longer than %(limit)s, so it is not a table of people."
        " Open it in Excel and save it as “CSV UTF-8” or XLSX."
    ),
    "many_columns": _(
        "The file has %(count)s columns; at most %(limit)s can be imported. Remove those not needed."
    ),
    "binary": _("This is not a table: use CSV, XLSX, XLS or ODS."),
    "web_page": _(
        "This is a web page named as an Excel file. Open it in Excel, save it as XLSX and try again."
    ),
    "password": _(
        "The workbook is protected by a password. Remove it in Excel (File, Info, Protect) and try again."
    ),
    "damaged": _(
        "The workbook cannot be opened: it is damaged or incomplete. Save it anew and try again."
    ),
    "bomb": _(
        "The workbook unpacks to more than this machine can hold. Save it as “CSV UTF-8” and try again."
    ),
    "too_large": _(
        "The file is larger than %(limit)s. Split it and import the parts one after another."
    ),
    "broken_quotes": _(
        "Too many rows have quotation marks that do not close. Save the file anew in Excel as “CSV UTF-8”."
    ),
    "gone": _("The file is no longer on this machine. Upload it again."),
}

# Rows that were not taken.
REFUSED = {
    "no_address": _("No e-mail or mobile number"),
    "bad_address": _("The e-mail or mobile is not a real address, and there is no other"),
    "blocked": _("The address is in the blocked list"),
    "broken_row": _("Quotation marks that do not close"),
    "wide_row": _("More cells than the header, so columns would be mixed up"),
    "taken": _("The address belongs to another contact"),
}
# Values that were left out; the row was taken without them.
LEFT_OUT = {
    "bad_email": _("Not an e-mail address"),
    "bad_phone": _("Not a phone number"),
    "address_taken": _("Belongs to another contact; left out here"),
    "address_blocked": _("Is in the blocked list; kept on the card, nothing is sent to it"),
    "bad_value": _("Cannot be read as this field's type"),
    "too_long": _("Too long; cut"),
}
REASONS = {**REFUSED, **LEFT_OUT}
