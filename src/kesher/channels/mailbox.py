"""What the `local` provider kept, read back: mail as a mail program shows it, texts as conversations on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

from django.db.models import Q, QuerySet

from kesher.channels.models import LocalMessage
from kesher.lib import sql
from kesher.lib.sms import Size, measure_for

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
    """Mail, newest first, without its contents. `text` is part of an address or a subject."""
    mine = LocalMessage.objects.filter(workspace_id=workspace_id, channel="email")
    found = mine.defer("raw").order_by("-id")
    if text:
        found = found.filter(Q(recipient__icontains=text) | Q(subject__icontains=text))
    if message_ids is not None:
        found = found.filter(message_id__in=message_ids)
    return found


@dataclass(frozen=True)
class Conversation:
    """All texts of a channel to one number; `words` and `at` are of the last."""

    recipient: str
    count: int
    unseen: int
    words: str
    at: datetime


@dataclass(frozen=True)
class KeptText:
    """A text as it arrived."""

    id: int
    text: str
    sender: str
    at: datetime
    size: Size


_CONVERSATIONS = """
SELECT t.recipient, t.count, t.unseen, convert_from(l.raw, 'UTF8'), l.received_at
FROM (SELECT recipient, count(*), count(*) FILTER (WHERE seen_at IS NULL) AS unseen, max(id) AS last
      FROM local_message
      WHERE workspace_id = %(workspace)s AND channel = %(channel)s
        AND (%(text)s = '' OR recipient LIKE %(part)s)
        AND (%(ids)s::bigint[] IS NULL OR message_id = ANY(%(ids)s::bigint[]))
      GROUP BY recipient ORDER BY max(id) DESC LIMIT %(limit)s OFFSET %(offset)s) t
JOIN local_message l ON l.id = t.last AND l.workspace_id = %(workspace)s
ORDER BY t.last DESC
"""


def conversations(
    workspace_id: int,
    channel: str,
    *,
    text: str = "",
    message_ids: Sequence[int] | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[Conversation]:
    """Whom texts went to, the last first. `text` is part of a number, with or without its signs."""
    digits = re.sub(r"\D", "", text).lstrip("0")
    found = sql.rows(
        _CONVERSATIONS,
        {
            "workspace": workspace_id,
            "channel": channel,
            "text": text,
            "part": f"%{digits or text}%",
            "ids": None if message_ids is None else list(message_ids),
            "limit": limit,
            "offset": offset,
        },
    )
    return [Conversation(*row) for row in found]


def texts_to(workspace_id: int, channel: str, recipient: str) -> list[KeptText]:
    """The last hundreds of texts to a number, oldest first."""
    mine = LocalMessage.objects.filter(
        workspace_id=workspace_id, channel=channel, recipient=recipient
    )
    return [_kept_text(row) for row in reversed(mine.order_by("-id")[: 4 * PAGE])]


def _kept_text(row: LocalMessage) -> KeptText:
    text = bytes(row.raw).decode("utf-8", "replace")
    return KeptText(row.pk, text, row.sender, row.received_at, measure_for(row.channel, text))


def mark_texts_seen(workspace_id: int, channel: str, recipient: str, *, now: datetime) -> None:
    LocalMessage.objects.filter(
        workspace_id=workspace_id, channel=channel, recipient=recipient, seen_at=None
    ).update(seen_at=now)


def counts(workspace_id: int) -> dict[str, tuple[int, int]]:
    """By channel: how many messages are kept, and how many of them nobody has looked at."""
    found = sql.rows(
        "SELECT channel, count(*), count(*) FILTER (WHERE seen_at IS NULL) FROM local_message"
        " WHERE workspace_id = %s GROUP BY channel",
        (workspace_id,),
    )
    return {channel: (count, unseen) for channel, count, unseen in found}


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
