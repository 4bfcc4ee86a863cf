"""What the person decided about an import: who is in it, how it updates, what consent it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

CONTACTS, BLOCKED = "contacts", "blocked"
FILL, OVERWRITE, SKIP_EXISTING = "fill", "overwrite", "skip"
AGREED, CUSTOMERS, UNKNOWN = "agreed", "customers", "none"
CHANNELS = ("email", "sms", "whatsapp")

PURPOSES = {
    CONTACTS: _("Contacts to add and update"),
    BLOCKED: _("Blocked addresses, never to be written to"),
}
UPDATES = {
    FILL: _("Fill in what is missing, keep what is there"),
    OVERWRITE: _("Replace with what the file says; empty cells change nothing"),
    SKIP_EXISTING: _("Leave people who are already here as they are"),
}
CONSENTS = {
    AGREED: _("They agreed to receive advertising from us"),
    CUSTOMERS: _("They are customers: service messages only"),
    UNKNOWN: _("It is not known whether they agreed"),
}


@dataclass(frozen=True)
class Options:
    """`statement` is how and when they agreed, in the person's words; `channels` are those agreed to."""

    purpose: str = CONTACTS
    update: str = FILL
    lists: tuple[int, ...] = ()
    consent: str = ""
    channels: tuple[str, ...] = ()
    statement: str = ""
    country: str = "IL"

    @property
    def granted(self) -> tuple[str, ...]:
        """The channels for which consent is recorded."""
        return self.channels if self.consent == AGREED and self.purpose == CONTACTS else ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: Mapping[str, Any]) -> Options:
    return Options(
        purpose=str(data.get("purpose", CONTACTS)),
        update=str(data.get("update", FILL)),
        lists=tuple(int(number) for number in data.get("lists", ())),
        consent=str(data.get("consent", "")),
        channels=tuple(data.get("channels", ())),
        statement=str(data.get("statement", "")),
        country=str(data.get("country", "IL")),
    )


def problems(options: Options) -> list[str]:
    """What is still to be decided before the import may start."""
    if options.purpose == BLOCKED:
        return []
    found = []
    if options.update not in UPDATES:
        found.append(str(_("Choose what happens to people who are already here.")))
    if options.consent not in CONSENTS:
        found.append(str(_("Say what these people agreed to.")))
    if options.consent == AGREED and not options.channels:
        found.append(str(_("Choose the channels they agreed to.")))
    if options.consent == AGREED and not options.statement.strip():
        found.append(str(_("Write how and when they agreed; it is kept as evidence.")))
    return found
