"""From a mail in hand to bytes on the wire: content filled in, assembled, signed. See `contents` for the order of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from kesher.accounts.models import Workspace
from kesher.channels.domains import load_signer
from kesher.channels.email.headers import BadAddress
from kesher.channels.email.mime import Composed, Envelope, MailParts, compose
from kesher.channels.outgoing import OutgoingMail
from kesher.content.lines import has_tags
from kesher.messages.claims import Claimed
from kesher.messages.contents import Batch, CannotWrite, Contents, says_farewell
from kesher.messages.sender_names import SenderNames
from kesher.messages.sources import SourceEnvelope
from kesher.messages.tokens import message_token

# Composed in one go, signed and sent one by one: what composing needs is then at the processor's hand, which it is
# no more after a signature. It saves 20 µs a mail; a second eight would save no more.
AHEAD = 8

Made = tuple[Composed, str, str]  # with the sender's address and the subject


class MailWriter:
    """Writes the mails of one batch."""

    def __init__(self, batch: Batch) -> None:
        workspace = batch.workspace
        self._now = batch.now
        self._order = batch.messages
        self._places = {item.id: place for place, item in enumerate(batch.messages)}
        self._ahead: dict[int, Made | CannotWrite] = {}
        self._base = settings.BASE_URL
        self._own_name = workspace.name
        self._contents = Contents(batch)
        self._envelopes = {
            key: _envelope(workspace, key, found) for key, found in batch.envelopes.items()
        }
        self._plain = {
            key for key, found in self._envelopes.items() if not has_tags(found.sender_name)
        }
        self._names = SenderNames(batch, _names(batch, self._envelopes.values()))
        senders = {found.sender_email for found in self._envelopes.values()}
        senders |= {
            item.data["sender_email"] for item in batch.messages if item.data.get("sender_email")
        }
        self._signers = {
            domain: load_signer(workspace.pk, domain)
            for domain in {sender.rpartition("@")[2].lower() for sender in senders}
        }

    def write(self, item: Claimed) -> OutgoingMail:
        """Raises CannotWrite."""
        if item.id not in self._ahead:
            self._look_ahead(item)
        made = self._ahead.pop(item.id)
        if isinstance(made, CannotWrite):
            raise made
        mail, sender, subject = made
        signer = self._signers.get(sender.rpartition("@")[2].lower())
        return OutgoingMail(
            item.id,
            item.address,
            sender,
            signer.sign_composed(mail) if signer else mail.raw,
            subject,
            is_dotless=True,
        )

    def _look_ahead(self, item: Claimed) -> None:
        """Compose this one and those that are written next."""
        place = self._places.get(item.id)
        together = [item] if place is None else self._order[place : place + AHEAD]
        for one in together:
            try:
                self._ahead[one.id] = self._composed(one)
            except CannotWrite as problem:
                self._ahead[one.id] = problem

    def _composed(self, item: Claimed) -> Made:
        """Raises CannotWrite."""
        renderer = self._contents.renderer_of(item)
        envelope = self._envelope_of(item)
        if not envelope.sender_email:
            raise CannotWrite("no_sender")
        token = message_token(item.id)
        rendered = renderer.render(token, self._contents.values_of(item, renderer.plan))
        if not rendered.text.strip() and not rendered.html.strip():
            raise CannotWrite("empty")
        subject = item.data.get("subject") or rendered.subject
        domain = envelope.sender_email.rpartition("@")[2]
        try:
            mail = compose(
                MailParts(
                    envelope=envelope,
                    message_id=f"{token}@{domain if domain.isascii() else 'kesher.invalid'}",
                    to_email=item.address,
                    to_name=item.name,
                    subject=subject,
                    html=rendered.html,
                    text=rendered.text,
                    date=self._now,
                    unsubscribe_url=f"{self._base}/u/{token}" if says_farewell(item) else "",
                )
            )
        except BadAddress as error:
            raise CannotWrite("bad_address") from error
        return mail, envelope.sender_email, subject

    def _envelope_of(self, item: Claimed) -> Envelope:
        own, key = item.data, (item.source, item.source_id)
        common = self._envelopes[key]
        if not own and key in self._plain:
            return common
        name = own.get("sender_name") or common.sender_name
        if not has_tags(name) and not any(
            own.get(key) for key in ("sender_name", "sender_email", "reply_to")
        ):
            return common
        return Envelope(
            self._names.of(name, item) or self._own_name,
            own.get("sender_email") or common.sender_email,
            own.get("reply_to") or common.reply_to,
            common.feedback_id,
        )


def _names(batch: Batch, envelopes: Iterable[Envelope]) -> set[str]:
    own = {item.data["sender_name"] for item in batch.messages if item.data.get("sender_name")}
    return own | {envelope.sender_name for envelope in envelopes}


def _envelope(workspace: Workspace, key: tuple[str, str], found: SourceEnvelope) -> Envelope:
    source, source_id = key
    label = "test" if source == "test" else f"{source}.{source_id}"
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in label)
    return Envelope(
        found.sender_name or workspace.sender_name or workspace.name,
        found.sender_email or workspace.sender_email,
        found.reply_to or workspace.reply_to,
        f"{plain[:60]}:{workspace.key}:kesher",
    )
