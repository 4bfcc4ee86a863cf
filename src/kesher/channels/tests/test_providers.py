"""The contract that every provider keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.crash.sink import Sink

from kesher.channels.accounts import BadSettings, default_account, plain_settings, save_account
from kesher.channels.models import ChannelAccount
from kesher.channels.outgoing import Delivered, Outgoing, OutgoingMail, OutgoingText
from kesher.channels.providers import PROVIDERS, Provider
from kesher.channels.providers import every_provider as all_providers

every_provider = pytest.mark.parametrize(
    "provider", list(all_providers()), ids=lambda p: f"{p.channel}-{p.key}"
)
RAW = "Message-ID: <1@x.example>\r\nSubject: x\r\n\r\nשלום\r\n".encode()


@contextmanager
def working_settings(provider: Provider) -> Iterator[dict[str, Any]]:
    """Settings with which it can send on this machine."""
    found = {setting.key: setting.default for setting in provider.settings}
    if provider.key != "smtp":
        yield found
        return
    with Sink() as sink:
        yield found | {"host": "127.0.0.1", "port": sink.port, "security": "none"}


def message(provider: Provider, number: int) -> Outgoing:
    if provider.channel == "email":
        return OutgoingMail(number, f"p{number}@example.com", "shop@x.example", RAW, "x")
    return OutgoingText(number, f"+97250000000{number}", "שלום 🎉", "Shop")


@every_provider
def test_each_message_gets_one_outcome_in_order(provider: Provider, workspace: Any) -> None:
    given = [message(provider, n) for n in range(1, 8)]

    with (
        working_settings(provider) as settings,
        provider.open_session(workspace.pk, settings) as session,
    ):
        outcomes = list(session.send(given))

    assert [outcome.message_id for outcome in outcomes] == list(range(1, 8))
    assert all(isinstance(outcome, Delivered) for outcome in outcomes)


@every_provider
def test_a_session_may_send_again_and_nothing(provider: Provider, workspace: Any) -> None:
    one = message(provider, 1)

    with (
        working_settings(provider) as settings,
        provider.open_session(workspace.pk, settings) as session,
    ):
        counts = [len(list(session.send(given))) for given in ([one], [], [one])]

    assert counts == [1, 0, 1]


@every_provider
def test_its_check_says_nothing_when_all_is_well(provider: Provider, workspace: Any) -> None:
    with working_settings(provider) as settings:
        assert provider.check(settings) == ""


@every_provider
def test_it_says_what_it_is_and_asks_for_what_can_be_asked(provider: Provider) -> None:
    assert str(provider.label)
    assert str(provider.description)
    for setting in provider.settings:
        assert str(setting.label)
        assert setting.type in {"text", "number", "secret", "choice"}
        assert setting.type != "choice" or setting.default in dict(setting.choices)


@pytest.mark.parametrize("channel", PROVIDERS)
def test_a_new_workspace_keeps_what_it_sends(workspace: Any, channel: str) -> None:
    first = default_account(workspace, channel)

    assert (first.provider, first.channel) == ("local", channel)
    assert default_account(workspace, channel).pk == first.pk


def test_a_secret_is_stored_encrypted_and_kept_when_left_empty(access: Any) -> None:
    values = {"host": "smtp.example.com", "user": "u", "password": "pa55-w0rd!", "connections": "2"}
    account = save_account(access, provider="smtp", name="x", values=values)

    save_account(
        access, provider="smtp", name="y", values={**values, "password": ""}, account=account
    )

    stored = ChannelAccount.objects.get(pk=account.pk)
    assert "pa55" not in str(stored.settings)
    assert plain_settings(stored)["password"] == "pa55-w0rd!"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", ""),
        ("host", "a\r\nb"),
        ("port", "x"),
        ("port", "0"),
        ("port", "65536"),
        ("security", "perhaps"),
    ],
)
def test_a_bad_setting_is_named(access: Any, key: str, value: str) -> None:
    values = {"host": "smtp.example.com", "port": "587", key: value}

    with pytest.raises(BadSettings) as caught:
        save_account(access, provider="smtp", name="x", values=values)

    assert list(caught.value.problems) == [key]
