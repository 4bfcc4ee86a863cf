"""The provider that keeps mail on this machine: the default, the demo and the test double."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.channels.keeping import keep
from kesher.channels.outgoing import Outcome, OutgoingMail
from kesher.channels.providers import Provider, register


class LocalSession:
    """See keeping.keep."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        return keep(
            self.workspace_id, "email", mails, contents=lambda mail: (mail.subject, mail.raw)
        )


@contextmanager
def open_session(workspace_id: int, settings: Mapping[str, Any]) -> Iterator[LocalSession]:
    yield LocalSession(workspace_id)


LOCAL = register(
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
