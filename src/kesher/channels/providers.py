"""The registry of providers: how a message of a channel leaves. One module for each, in `channels/<channel>/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

from kesher.channels.outgoing import Outcome, OutgoingMail
from kesher.lib.registry import Registry

Text = str | Promise


@dataclass(frozen=True)
class Setting:
    """One entry of a provider's settings: enough for its form, its checks and its storage.

    `type`: text, number, secret, choice. A secret is stored encrypted and never shown again.
    """

    key: str
    label: Text
    type: str = "text"
    default: str | int = ""
    required: bool = False
    help: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    minimum: int | None = None
    maximum: int | None = None


class Session(Protocol):
    """An open way out. Outcomes come as they become known, in any order, one for each mail given."""

    def send(self, mails: Sequence[OutgoingMail]) -> Iterable[Outcome]: ...


@dataclass(frozen=True)
class Provider:
    """`open_session(workspace_id, settings)` gives a Session; `check(settings)` answers "" or what is wrong.

    `settings` are plain: secrets already decrypted.
    """

    key: str
    channel: str
    label: Text
    description: Text
    open_session: Callable[[int, Mapping[str, Any]], AbstractContextManager[Session]]
    check: Callable[[Mapping[str, Any]], str]
    settings: tuple[Setting, ...] = field(default=())
    sessions: Callable[[Mapping[str, Any]], int] = field(default=lambda settings: 1)


PROVIDERS: Registry[Provider] = Registry("channel provider")
