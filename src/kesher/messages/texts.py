"""From an SMS or WhatsApp message in hand to its text: content filled in, framed as the law asks, measured."""

from __future__ import annotations

from django.conf import settings

from kesher.channels.outgoing import OutgoingText
from kesher.channels.policies import frame_of
from kesher.content.text_sizes import NO_FRAME, text_of
from kesher.content.texts import Frame
from kesher.lib.sms import measure_for
from kesher.messages.claims import Claimed
from kesher.messages.contents import Batch, CannotWrite, Contents
from kesher.messages.tokens import brief_token


class TextWriter:
    """Writes the texts of one batch. The size of each goes onto its message, for the results."""

    def __init__(self, batch: Batch) -> None:
        self._contents = Contents(batch)
        self._base = settings.BASE_URL
        self._channel = batch.provider.channel
        self._frame = Frame(*frame_of(batch.workspace, batch.provider.channel))
        self._sender = str(batch.settings.get("sender") or "")
        self._units = batch.provider.units

    def write(self, item: Claimed) -> OutgoingText:
        """Raises CannotWrite."""
        renderer = self._contents.renderer_of(item)
        values = self._contents.values_of(item, renderer.plan)
        frame = self._frame if _is_advertising(item) else NO_FRAME
        text = ""
        if renderer.plan.leaves_something(values):
            text = text_of(renderer, values, brief_token(item.id), frame, self._base)
        if not text:
            raise CannotWrite("nothing_left")
        size = measure_for(self._channel, text)
        item.size = size.parts, self._units(size)
        return OutgoingText(item.id, item.address, text, self._sender)


def _is_advertising(item: Claimed) -> bool:
    """A test says in its data what it is a test of."""
    return (item.data.get("tests") or item.message_class) == "advertising"
