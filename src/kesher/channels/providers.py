"""The registries of providers, one for each channel: how its messages leave. One module each, in `channels/<channel>/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.utils.functional import Promise

from kesher.channels.outgoing import Outcome
from kesher.contacts.channels import CHANNELS
from kesher.lib.registry import Registry
from kesher.lib.sms import Size

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


class Unreachable(Exception):
    """The provider does not let us in or is gone; what has no outcome yet did not leave.

    `is_account_problem`: trying again does not help until somebody changes the settings.
    """

    def __init__(self, text: str, *, is_account_problem: bool = False) -> None:
        super().__init__(text)
        self.text, self.is_account_problem = text, is_account_problem


Sent = TypeVar("Sent", contravariant=True)  # OutgoingMail or OutgoingText, by the channel


class Session(Protocol[Sent]):
    """An open way out, used by one thread.

    `mails` is taken one by one, as there is room for them. Outcomes come in the same order, each as soon as it
    is known; no further mail is handed over for good before the caller asks for the next outcome, so that what
    the caller has written down by then is never more than one mail behind. Raises Unreachable.
    """

    def send(self, mails: Iterable[Sent], /) -> Iterator[Outcome]: ...


@dataclass(slots=True)
class Waiting:
    """Only the server can go on: its answer makes `fd` readable. After `until` (time.monotonic) `give_up` ends it."""

    fd: int
    until: float
    give_up: Callable[[], None]


class WovenSession(Session[Sent], Protocol[Sent]):
    """One of several that a single thread drives in turn."""

    def open(self) -> None:
        """Connect now rather than for the first mail. Raises Unreachable."""
        ...

    def weave(self, mails: Iterable[Sent], /) -> Iterator[Outcome | Waiting]:
        """`send`, but where it would wait for an answer it says so and is asked again when there is one."""
        ...


@dataclass(frozen=True)
class Provider:
    """`open_session(workspace_id, settings)` gives a Session; `check(settings)` answers "" or what is wrong.

    `settings` are plain: secrets already decrypted. `sessions(settings)` says how many WovenSessions may be open at once; 0 for
    a provider that writes to the database and so sends in the caller's thread and transaction. `units(size)`: how
    many units it bills for a text of this size. A provider of texts may have the settings `sender` and `price`.
    """

    key: str
    channel: str
    label: Text
    description: Text
    open_session: Callable[[int, Mapping[str, Any]], AbstractContextManager[Session[Any]]]
    check: Callable[[Mapping[str, Any]], str]
    settings: tuple[Setting, ...] = field(default=())
    sessions: Callable[[Mapping[str, Any]], int] = field(default=lambda settings: 1)
    units: Callable[[Size], int] = field(default=lambda size: size.parts)


PROVIDERS: dict[str, Registry[Provider]] = {
    channel: Registry(f"{channel} provider") for channel in CHANNELS
}


def register(provider: Provider) -> Provider:
    return PROVIDERS[provider.channel].register(provider)


def every_provider() -> Iterator[Provider]:
    """Those of all channels."""
    for registry in PROVIDERS.values():
        yield from registry
