"""Which writer makes the messages of a channel."""

from __future__ import annotations

from collections.abc import Callable

from kesher.messages.contents import Batch, Writer
from kesher.messages.letters import MailWriter
from kesher.messages.texts import TextWriter

WRITERS: dict[str, Callable[[Batch], Writer]] = {
    "email": MailWriter,
    "sms": TextWriter,
    "whatsapp": TextWriter,
}
CHANNELS = tuple(WRITERS)  # those that the sender serves
