"""A workspace's accounts with providers: which is used, what is set, and whether it works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.channels.models import ChannelAccount
from kesher.channels.providers import PROVIDERS, Provider, Setting
from kesher.lib.secrets import decrypt, encrypt


class BadSettings(Exception):
    """Settings that cannot be used; `problems` says what is wrong by setting."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {text}" for key, text in problems.items()))
        self.problems = problems


def default_account(workspace: Workspace, channel: str) -> ChannelAccount:
    """The account that messages of this channel leave by; one that keeps them here if there is none yet."""
    found = ChannelAccount.objects.filter(
        workspace=workspace, channel=channel, is_default=True
    ).first()
    if found is not None:
        return found
    made, _created = ChannelAccount.objects.get_or_create(
        workspace=workspace,
        channel=channel,
        is_default=True,
        defaults={"provider": "local", "name": _("This machine")},
    )
    return made


def has_account(workspace: Workspace, channel: str) -> bool:
    """Whether somebody has set up how this channel's messages leave, if only to keep them here."""
    return ChannelAccount.objects.filter(workspace=workspace, channel=channel).exists()


def provider_of(account: ChannelAccount) -> Provider:
    return PROVIDERS[account.channel].get(account.provider)


def plain_settings(account: ChannelAccount) -> dict[str, Any]:
    """The settings with defaults filled in and secrets readable. Raises WrongSecret."""
    found: dict[str, Any] = {}
    for setting in provider_of(account).settings:
        value = account.settings.get(setting.key, setting.default)
        found[setting.key] = decrypt(value) if setting.type == "secret" and value else value
    return found


@transaction.atomic
def save_account(
    access: Access,
    *,
    provider: str,
    name: str,
    values: Mapping[str, str],
    account: ChannelAccount | None = None,
    channel: str = "email",
) -> ChannelAccount:
    """Make or change an account. An empty secret keeps the one stored. Raises BadSettings."""
    chosen = PROVIDERS[account.channel if account else channel].get(provider)
    stored = _stored(chosen, values, account.settings if account else {})
    made = account or ChannelAccount(workspace=access.workspace, channel=chosen.channel)
    made.provider, made.settings, made.problem = chosen.key, stored, ""
    made.checked_at = None
    made.name = name.strip()[:80] or str(chosen.label)
    made.save()
    access.audit("channel.saved", made, made.name)
    return made


@transaction.atomic
def use_account(access: Access, account: ChannelAccount) -> None:
    """Let new messages of its channel leave by this account."""
    mine = ChannelAccount.objects.filter(workspace=access.workspace, channel=account.channel)
    mine.filter(is_default=True).update(is_default=False)
    mine.filter(pk=account.pk).update(is_default=True)
    access.audit("channel.chosen", account, account.name)


@transaction.atomic
def delete_account(access: Access, account: ChannelAccount) -> None:
    """The default one cannot go: another must be chosen first."""
    if account.is_default:
        raise BadSettings({"": _("This account is in use; choose another one first.")})
    access.audit("channel.deleted", account, account.name)
    account.delete()


def check_account(access: Access, account: ChannelAccount, *, now: datetime) -> str:
    """Try it for real; answers "" or what is wrong in words, and keeps that on the account."""
    problem = provider_of(account).check(plain_settings(account))
    ChannelAccount.objects.filter(pk=account.pk, workspace=access.workspace).update(
        checked_at=now, problem=problem
    )
    account.checked_at, account.problem = now, problem
    return problem


def _stored(
    provider: Provider, values: Mapping[str, str], before: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for setting in provider.settings:
        text = str(values.get(setting.key, "")).strip()
        if setting.type == "secret":
            found[setting.key] = encrypt(text) if text else before.get(setting.key, "")
            continue
        value, problem = _checked(setting, text)
        found[setting.key] = value
        if problem:
            problems[setting.key] = problem
    if problems:
        raise BadSettings(problems)
    return found


def _checked(setting: Setting, text: str) -> tuple[str | int, str]:
    """The value to store, and what is wrong with it if anything is."""
    if not text:
        return setting.default, _(
            "This is needed."
        ) if setting.required and not setting.default else ""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        return text, _("This holds characters that cannot be used.")
    if setting.type == "choice" and text not in dict(setting.choices):
        return text, _("Choose one of the offered values.")
    if setting.type != "number":
        return text, ""
    try:
        number = int(text)
    except ValueError:
        return text, _("Write a whole number.")
    if setting.minimum is not None and number < setting.minimum:
        return number, _("The least is %(number)s.") % {"number": setting.minimum}
    if setting.maximum is not None and number > setting.maximum:
        return number, _("The most is %(number)s.") % {"number": setting.maximum}
    return number, ""
