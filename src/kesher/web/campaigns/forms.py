"""The small forms of a campaign: its sender, and when it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from kesher.messages.models import MessageClass

PERIODS = [("60", _("minute")), ("3600", _("hour")), ("86400", _("day"))]


class SenderForm(forms.Form):
    sender_name = forms.CharField(label=_("Sender name"), max_length=120, required=False)
    sender_email = forms.EmailField(
        label=_("Sender address"), required=False, widget=forms.EmailInput(attrs={"dir": "ltr"})
    )
    reply_to = forms.EmailField(
        label=_("Reply-to address"), required=False, widget=forms.EmailInput(attrs={"dir": "ltr"})
    )
    message_class = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (MessageClass.ADVERTISING, _("Advertising: only to people who agreed")),
            (MessageClass.SERVICE, _("Service notice: to customers, without offers")),
        ],
    )


@dataclass(frozen=True)
class Timing:
    """When and how a campaign leaves; None: now, or all at once."""

    at: datetime | None = None
    pulse_size: int | None = None
    pulse_every: timedelta | None = None


class SendForm(forms.Form):
    when = forms.ChoiceField(choices=[("now", ""), ("later", "")], initial="now")
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    staged = forms.BooleanField(required=False)
    pulse_size = forms.IntegerField(required=False, min_value=1)
    pulse_seconds = forms.ChoiceField(required=False, choices=PERIODS)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == "later" and not cleaned.get("at"):
            self.add_error("at", _("Choose a day and an hour."))
        if cleaned.get("staged") and not cleaned.get("pulse_size"):
            self.add_error("pulse_size", _("How many mails in each pulse?"))
        return cleaned

    def timing(self) -> Timing:
        """What was chosen; a time without a zone is the workspace's."""
        cleaned = self.cleaned_data
        at: datetime | None = cleaned["at"] if cleaned["when"] == "later" else None
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=self.zone)
        if not cleaned["staged"]:
            return Timing(at)
        return Timing(
            at, cleaned["pulse_size"], timedelta(seconds=int(cleaned["pulse_seconds"] or 3600))
        )
