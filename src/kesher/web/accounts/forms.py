"""Forms of staff and workspaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kesher.accounts.actions import SCOPES
from kesher.accounts.models import Role, User, Workspace
from kesher.accounts.sites import read_sites, shown
from kesher.web.formats import zone_name

if TYPE_CHECKING:
    WorkspaceForm = forms.ModelForm[Workspace]
    UserForm = forms.ModelForm[User]
    AnyForm = forms.ModelForm[Any]
else:
    WorkspaceForm = UserForm = AnyForm = forms.ModelForm

COMMON_ZONES = (
    "Asia/Jerusalem",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


def zone_choices() -> list[tuple[str, str]]:
    """The usual zones first, then all others by name."""
    rest = sorted(
        zone for zone in available_timezones() if "/" in zone and zone not in COMMON_ZONES
    )
    return [
        *((zone, zone_name(zone)) for zone in COMMON_ZONES),
        *((zone, zone.replace("_", " ")) for zone in rest),
    ]


class NewWorkspaceForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the business"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    language = forms.ChoiceField(label=_("Main language of your mails"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, initial="Asia/Jerusalem"
    )


class GeneralForm(WorkspaceForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    language = forms.ChoiceField(label=_("Main language of your mails"), choices=settings.LANGUAGES)

    class Meta:
        model = Workspace
        fields = ("name", "language", "time_zone")


class SitesField(forms.CharField):
    """Hosts, one in a line, as people write them."""

    widget = forms.Textarea(
        attrs={"dir": "ltr", "rows": 3, "spellcheck": "false", "placeholder": "shop.example"}
    )

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(shown(host) for host in value or ())

    def clean(self, value: Any) -> Any:
        found = read_sites(re.split(r"[\s,;]+", super().clean(value) or ""))
        if found.problems:
            raise forms.ValidationError(list(found.problems))
        return list(found.hosts)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class SenderForm(WorkspaceForm):
    website = forms.URLField(
        label=_("Web site"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )
    identified_sites = SitesField(
        label=_("Sites that may learn who comes"),
        required=False,
        help_text=_(
            "Links in mails that tell the page who came tell it on these sites and what lies below them,"
            " never on another. One in a line. Empty: only on the web site above."
        ),
    )

    class Meta:
        model = Workspace
        fields = (
            "sender_name",
            "sender_email",
            "reply_to",
            "legal_name",
            "postal_address",
            "phone",
            "website",
            "identified_sites",
        )
        help_texts = {
            "sender_name": _("What people see as the sender: the name they know you by."),
            "sender_email": _("Use an address at your own domain; free mailboxes end in spam."),
            "reply_to": _("Where answers go. Empty: to the sender address."),
            "legal_name": _("Shown at the foot of each mail, as the law asks."),
            "postal_address": _("Shown at the foot of each mail, as the law asks."),
        }
        widgets = {
            "sender_email": forms.EmailInput(attrs={"dir": "ltr"}),
            "reply_to": forms.EmailInput(attrs={"dir": "ltr"}),
            "phone": forms.TextInput(attrs={"dir": "ltr", "type": "tel"}),
        }


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"dir": "ltr"}))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)


SCOPE_WORDS = {
    "contacts:read": _("See contacts and fields"),
    "contacts:write": _("Add and change contacts, import"),
    "lists:read": _("See lists"),
    "lists:write": _("Make lists, add and remove members"),
    "segments:read": _("See segments"),
    "segments:write": _("Make and change segments"),
    "content:read": _("See mails"),
    "content:write": _("Write mails"),
    "campaigns:read": _("See campaigns and reports"),
    "campaigns:write": _("Make and send campaigns"),
    "messages:read": _("See single messages"),
    "messages:write": _("Send single messages"),
    "events:read": _("See what contacts did"),
    "events:write": _("Tell what contacts did"),
    "journeys:read": _("See journeys"),
    "journeys:write": _("Make and run journeys"),
    "visitors:read": _("Recognise visitors by their link"),
    "visitors:write": _("Say which sites may learn who comes"),
}


def scopes_in_words(scopes: Iterable[str]) -> list[str]:
    """What a key may do; a permission that is no more is told by its name."""
    return [str(SCOPE_WORDS.get(scope, scope)) for scope in scopes]


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What will use it, to know it again later.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May do"),
        choices=[(scope, SCOPE_WORDS.get(scope, scope)) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        initial=[scope for scope in SCOPES if scope.endswith(":read")],
    )


class ProfileForm(UserForm):
    language = forms.ChoiceField(label=_("Language of the screens"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    class Meta:
        model = User
        fields = ("name", "language", "theme")


def changed_values(form: AnyForm) -> dict[str, Any]:
    """The cleaned values by model field."""
    return {name: form.cleaned_data[name] for name in form.fields}
