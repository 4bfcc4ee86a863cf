"""The `local` provider of SMS and WhatsApp: texts stay on this machine, to be looked at as on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.channels.keeping import keep
from kesher.channels.outgoing import Outcome, OutgoingText
from kesher.channels.providers import Provider, Setting


class LocalTextSession:
    """See keeping.keep."""

    def __init__(self, workspace_id: int, channel: str) -> None:
        self.workspace_id, self.channel = workspace_id, channel

    def send(self, texts: Iterable[OutgoingText]) -> Iterator[Outcome]:
        return keep(
            self.workspace_id, self.channel, texts, contents=lambda text: ("", text.text.encode())
        )


@contextmanager
def open_session(
    channel: str, workspace_id: int, settings: Mapping[str, Any]
) -> Iterator[LocalTextSession]:
    yield LocalTextSession(workspace_id, channel)


def local_provider(channel: str, *settings: Setting) -> Provider:
    """The one of a channel of texts."""
    return Provider(
        key="local",
        channel=channel,
        label=_("This machine"),
        description=_(
            "Nothing leaves: messages are kept here, to be looked at as on a phone. Good for trying things out."
        ),
        open_session=partial(open_session, channel),
        check=lambda settings: "",
        settings=settings,
        sessions=lambda settings: 0,
    )
