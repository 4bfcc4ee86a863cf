"""Sentences of django-allauth's screens that our catalogue says anew: its Hebrew speaks to one man, ours to everybody.

Only the catalogue reads this; a sentence that allauth no longer has costs nothing.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("Activate"),
    _("Add Email"),
    _("Add Email Address"),
    _("Are you sure you want to sign out?"),
    _("Confirm"),
    _("Email Addresses"),
    _("Email address"),
    _("Forgot your password?"),
    _("Make Primary"),
    _("Please reauthenticate to safeguard your account."),
    _("Re-send Verification"),
    _("Remember Me"),
    _("The following email addresses are associated with your account:"),
)
