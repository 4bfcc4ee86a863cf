"""The provider that keeps mail on this machine: the default, the demo and the test double."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.channels.outgoing import Delivered, Outcome, OutgoingMail
from kesher.channels.providers import PROVIDERS, Provider
from kesher.lib import clock, sql

_COLUMNS = (
    "workspace_id",
    "channel",
    "message_id",
    "sender",
    "recipient",
    "subject",
    "raw",
    "received_at",
)


class LocalSession:
    """Each mail is kept in a statement of its own, so that what is said to be delivered is there."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        for chunk in _chunks(mails, 200):
            at = clock.now()
            sql.copy_in(
                "local_message",
                _COLUMNS,
                (
                    (
                        self.workspace_id,
                        "email",
                        m.message_id or None,
                        m.sender,
                        m.recipient,
                        m.subject,
                        m.raw,
                        at,
                    )
                    for m in chunk
                ),
            )
            for mail in chunk:
                yield Delivered(mail.message_id, "kept")


def _chunks(mails: Iterable[OutgoingMail], size: int) -> Iterator[list[OutgoingMail]]:
    chunk: list[OutgoingMail] = []
    for mail in mails:
        chunk.append(mail)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@contextmanager
def open_session(workspace_id: int, settings: Mapping[str, Any]) -> Iterator[LocalSession]:
    yield LocalSession(workspace_id)


LOCAL = PROVIDERS.register(
    Provider(
        key="local",
        channel="email",
        label=_("This machine"),
        description=_(
            "Nothing leaves: mail is kept here, to be looked at in the mailbox. Good for trying things out."
        ),
        open_session=open_session,
        check=lambda settings: "",
        sessions=lambda settings: 0,
    )
)
