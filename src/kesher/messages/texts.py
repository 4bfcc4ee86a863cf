"""From an SMS or WhatsApp message in hand to its text: content filled in, framed as the law asks, measured."""

from __future__ import annotations

from kesher.channels.outgoing import OutgoingText
from kesher.lib.sms import measure
from kesher.messages.claims import Claimed
from kesher.messages.contents import Batch, CannotWrite, Contents
from kesher.messages.tokens import message_token


class TextWriter:
    """Writes the texts of one batch. The size of each goes onto its message, for the results."""

    def __init__(self, batch: Batch) -> None:
        self._contents = Contents(batch)
        self._sender = str(batch.settings.get("sender") or "")
        self._units = batch.provider.units

    def write(self, item: Claimed) -> OutgoingText:
        """Raises CannotWrite."""
        renderer = self._contents.renderer_of(item)
        values = self._contents.values_of(item, renderer.plan)
        text = renderer.render(message_token(item.id), values).text.decode().strip()
        if not text:
            raise CannotWrite("nothing_left")
        size = measure(text)
        item.size = size.parts, self._units(size)
        return OutgoingText(item.id, item.address, text, self._sender)
