"""SMS that stay here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kesher.channels.local_texts import local_provider
from kesher.channels.providers import Setting, register

LOCAL = register(
    local_provider(
        "sms",
        Setting("sender", _("Sender"), help=_("A number, or a name of up to 11 Latin letters.")),
        Setting(
            "price",
            _("Price of a part"),
            help=_("In the workspace's currency, for example 0.05. Estimates use it."),
        ),
    )
)
