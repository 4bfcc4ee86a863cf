"""Accounts with providers: chosen, set up from the provider's own list of settings, tried out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kesher.accounts.access import WorkspaceRequest, workspace_view
from kesher.accounts.models import Workspace
from kesher.channels import accounts
from kesher.channels.models import ChannelAccount, SendingDomain
from kesher.channels.policies import frame_of
from kesher.channels.providers import PROVIDERS, Provider, Setting
from kesher.contacts.channels import CHANNELS, ContactChannel
from kesher.lib import clock
from kesher.web.toasts import toast


class AccountForm(forms.Form):
    """The name of an account and whatever its provider asks for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)

    def __init__(
        self, provider: Provider, stored: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for setting in provider.settings:
            self.fields[setting.key] = _form_field(setting, stored.get(setting.key))


def _form_field(setting: Setting, value: Any) -> forms.Field:
    common: dict[str, Any] = {
        "label": setting.label,
        "help_text": setting.help,
        "required": setting.required,
        "initial": setting.default if value is None else value,
    }
    match setting.type:
        case "number":
            return forms.IntegerField(
                **{**common, "min_value": setting.minimum, "max_value": setting.maximum}
            )
        case "choice":
            return forms.ChoiceField(**common, choices=setting.choices)
        case "secret":
            common["initial"] = ""
            common["help_text"] = (
                _("A password is kept. Leave empty to keep it.") if value else setting.help
            )
            return forms.CharField(
                **common, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
            )
    return forms.CharField(**common, max_length=200, widget=forms.TextInput(attrs={"dir": "ltr"}))


@workspace_view("manager")
def index(request: WorkspaceRequest) -> HttpResponse:
    workspace = request.access.workspace
    context = {
        "nav": "settings",
        "tab": "channels",
        "channels": [_channel(workspace, channel) for channel in CHANNELS.values()],
        "domains": SendingDomain.objects.filter(workspace=workspace).order_by("domain"),
        "sender_domain": workspace.sender_email.rpartition("@")[2],
    }
    return render(request, "channels/settings.html", context)


def _channel(workspace: Workspace, channel: ContactChannel) -> dict[str, Any]:
    """A channel with its accounts, what can be added, and what stands around its advertising texts."""
    accounts.default_account(workspace, channel.key)
    found = ChannelAccount.objects.filter(workspace=workspace, channel=channel.key)
    return {
        "channel": channel,
        "title": TITLES[channel.key],
        "accounts": [
            (account, accounts.provider_of(account))
            for account in found.order_by("-is_default", "created_at")
        ],
        "providers": [
            provider
            for provider in PROVIDERS[channel.key]
            if provider.settings and provider.key != "local"
        ],
        "policy": frame_of(workspace, channel.key) if channel.key != "email" else None,
    }


TITLES = {
    "email": gettext_lazy("How mail leaves"),
    "sms": gettext_lazy("How SMS leave"),
    "whatsapp": gettext_lazy("How WhatsApp messages leave"),
}


@workspace_view("manager")
def edit(
    request: WorkspaceRequest, pk: int | None = None, channel: str = "", provider: str = ""
) -> HttpResponseBase:
    account = request.access.get(ChannelAccount, pk) if pk else None
    chosen = accounts.provider_of(account) if account else _provider(channel, provider)
    initial = {"name": account.name if account else chosen.label}
    stored = account.settings if account else {}
    form = AccountForm(chosen, stored, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, chosen, form, account)
        except accounts.BadSettings as error:
            for key, text in error.problems.items():
                form.add_error(key or None, text)
        else:
            return _tried(request, saved)
    context = {
        "nav": "settings",
        "tab": "channels",
        "form": form,
        "provider": chosen,
        "account": account,
    }
    return render(request, "channels/account.html", context, status=422 if form.is_bound else 200)


def _provider(channel: str, key: str) -> Provider:
    if channel not in PROVIDERS or key not in PROVIDERS[channel]:
        raise Http404
    return PROVIDERS[channel].get(key)


def _save(
    request: WorkspaceRequest, provider: Provider, form: AccountForm, account: ChannelAccount | None
) -> ChannelAccount:
    values = {
        key: str(value) if value is not None else "" for key, value in form.cleaned_data.items()
    }
    return accounts.save_account(
        request.access,
        provider=provider.key,
        name=values.pop("name"),
        values=values,
        account=account,
        channel=provider.channel,
    )


def _tried(request: WorkspaceRequest, account: ChannelAccount) -> HttpResponseBase:
    """Try the account and say how it went."""
    problem = accounts.check_account(request.access, account, now=clock.now())
    if problem:
        toast(request, problem, bad=True)
        return redirect("channel_account", request.access.workspace.key, account.pk)
    toast(request, _works(account))
    return redirect("channels_settings", request.access.workspace.key)


def _works(account: ChannelAccount) -> str:
    if account.provider == "local":
        return _("“%(name)s” is saved.") % {"name": account.name}
    return _("It works: the server let us in.")


@workspace_view("manager")
@require_POST
def check(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    account = request.access.get(ChannelAccount, pk)
    problem = accounts.check_account(request.access, account, now=clock.now())
    toast(request, problem or _works(account), bad=bool(problem))
    return redirect("channels_settings", request.access.workspace.key)


@workspace_view("manager")
@require_POST
def use(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    account = request.access.get(ChannelAccount, pk)
    accounts.use_account(request.access, account)
    toast(request, _("Messages leave by “%(name)s” from now on.") % {"name": account.name})
    return redirect("channels_settings", request.access.workspace.key)


@workspace_view("manager")
@require_POST
def delete(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    account = request.access.get(ChannelAccount, pk)
    try:
        accounts.delete_account(request.access, account)
    except accounts.BadSettings as error:
        toast(request, "; ".join(error.problems.values()), bad=True)
    else:
        toast(request, _("“%(name)s” is deleted.") % {"name": account.name})
    return redirect("channels_settings", request.access.workspace.key)
