"""What the `local` provider kept, read back: the list as a mail program shows it, and one mail with its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

from django.db.models import Q, QuerySet

from kesher.channels.models import LocalMessage

PAGE = 50


@dataclass(frozen=True)
class MailPart:
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class OpenMail:
    """A mail as its recipient has it. `headers` in the order of the wire; `source` is what came, as text."""

    subject: str
    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    source: str
    size_bytes: int
    attachments: tuple[MailPart, ...]

    @property
    def is_signed(self) -> bool:
        return any(name == "DKIM-Signature" for name, _value in self.headers)


def kept(
    workspace_id: int,
    *,
    text: str = "",
    message_ids: Iterable[int] | None = None,
) -> QuerySet[LocalMessage]:
    """Newest first, without their contents. `text` is part of an address or a subject."""
    found = LocalMessage.objects.filter(workspace_id=workspace_id).defer("raw").order_by("-id")
    if text:
        found = found.filter(Q(recipient__icontains=text) | Q(subject__icontains=text))
    if message_ids is not None:
        found = found.filter(message_id__in=message_ids)
    return found


def unseen_count(workspace_id: int) -> int:
    return LocalMessage.objects.filter(workspace_id=workspace_id, seen_at=None).count()


def mark_seen(mail: LocalMessage, *, now: datetime) -> None:
    LocalMessage.objects.filter(pk=mail.pk, seen_at=None).update(seen_at=now)


def open_mail(mail: LocalMessage) -> OpenMail:
    raw = bytes(mail.raw)
    message = message_from_bytes(raw, policy=default)
    sender_name, sender = parseaddr(str(message.get("From", "")))
    recipient_name, recipient = parseaddr(str(message.get("To", "")))
    return OpenMail(
        subject=str(message.get("Subject", "")),
        sender_name=sender_name,
        sender=sender,
        recipient_name=recipient_name,
        recipient=recipient or mail.recipient,
        headers=tuple((name, str(value)) for name, value in message.items()),
        html=_body(message, "html"),
        text=_body(message, "plain"),
        source=raw.decode("utf-8", "replace"),
        size_bytes=len(raw),
        attachments=tuple(_attachments(message)),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _attachments(message: EmailMessage) -> Iterable[MailPart]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        yield MailPart(
            part.get_filename() or "file",
            part.get_content_type(),
            content if isinstance(content, bytes) else b"",
        )
