"""The channels on which a contact may agree to be written to, as the contact's own row knows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ContactChannel:
    """`address` and `consent` are columns of the contact."""

    key: str
    label: str | Promise
    address: str
    consent: str
    icon: str


CHANNELS: dict[str, ContactChannel] = {
    "email": ContactChannel("email", _("e-mail"), "email", "email_consent", "mail"),
    "sms": ContactChannel("sms", _("SMS"), "mobile", "sms_consent", "message"),
    "whatsapp": ContactChannel(
        "whatsapp", _("WhatsApp"), "mobile", "whatsapp_consent", "brand-whatsapp"
    ),
}


def channel_label(key: str) -> str | Promise:
    return CHANNELS[key].label if key in CHANNELS else key
