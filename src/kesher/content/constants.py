"""What is the same for a whole batch: who sends, the day, where this installation is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from kesher.accounts.models import Workspace
from kesher.content.formats import show_as
from kesher.lib.addresses import normalise_phone, show_phone


@dataclass(frozen=True)
class Constants:
    """`today` is the day as shown, `day` as a date of a field is stored ("2026-11-17").

    Equal constants make equal mails, so a renderer may be kept by them.
    """

    base_url: str
    business_name: str = ""
    legal_name: str = ""
    business_address: str = ""
    business_phone: str = ""
    business_website: str = ""
    sender_name: str = ""
    sender_email: str = ""
    today: str = ""
    day: str = ""
    currency: str = ""

    @classmethod
    def of(
        cls, workspace: Workspace, *, now: datetime | None = None, base_url: str | None = None
    ) -> Constants:
        """Those of a workspace. `now` None: the present day; `base_url` None: that of the settings."""
        day = (now or timezone.now()).astimezone(ZoneInfo(workspace.time_zone)).date()
        phone = normalise_phone(workspace.phone, workspace.country) if workspace.phone else None
        return cls(
            base_url=(settings.BASE_URL if base_url is None else base_url).rstrip("/"),
            business_name=workspace.name,
            legal_name=workspace.legal_name,
            business_address=workspace.postal_address,
            business_phone=show_phone(phone.number) if phone else workspace.phone,
            business_website=workspace.website,
            sender_name=workspace.sender_name or workspace.name,
            sender_email=workspace.sender_email,
            today=f"{day.day}.{day.month}.{day.year}",
            day=day.isoformat(),
            currency=workspace.currency,
        )

    def said(self, key: str, language: str) -> str:
        """A system tag's words; after a colon stands the format that it is to have, "today:long"."""
        name, _colon, format = key.partition(":")
        stored = self.day if name == "today" else str(getattr(self, name))
        shown = (
            show_as(format, stored, language=language, currency=self.currency) if format else None
        )
        return str(getattr(self, name)) if shown is None else shown

    @property
    def sender_details(self) -> str:
        """Name, address, telephone and site in one line, those that are known."""
        known = (
            self.legal_name or self.business_name,
            self.business_address,
            self.business_phone,
            self.business_website,
        )
        return " · ".join(part for part in known if part)
