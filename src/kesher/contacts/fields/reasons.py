"""Why a value was not taken, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "wrong_type": _("A value of another kind was expected."),
    "too_long": _("Longer than %(most)s characters."),
    "control_characters": _("Contains characters that cannot be kept."),
    "not_a_number": _("Not a number."),
    "number_too_large": _("A number of more than 15 digits."),
    "not_a_date": _("Not a date. Write it like 31/12/1980."),
    "not_a_time": _("Not a date with a time. Write it like 31/12/1980 14:30."),
    "not_yes_or_no": _("Neither yes nor no."),
    "not_a_choice": _("“%(value)s” is not one of the choices."),
    "not_a_rating": _("Not a whole number from 1 to %(most)s."),
    "not_an_email": _("Not an e-mail address."),
    "not_a_phone": _("Not a phone number."),
    "not_a_url": _("Not a web address."),
    "not_a_signature": _("Not a drawn signature."),
}
