"""A mail as bytes (RFC 5322, 2045, 2046, 8058), put together by hand because `EmailMessage` costs 2.9 ms a mail.

Everything that repeats within a batch is made once (`Envelope`). Bodies are UTF-8 in base64: no line is too
long, none begins with a dot, none can look like a boundary, and relaxed DKIM has nothing to change in them.
"""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kesher.channels.email.headers import (
    cached_mailbox,
    clean,
    mailbox,
    parameter,
    plain_address,
    relaxed,
    unstructured,
)

_LINE = 76
_LONG = 200_000  # letters; longer ones are cut without a remembered pattern
_ALTERNATIVE, _MIXED = b"=_kesher_alternative", b"=_kesher_mixed"  # "=_" is in no base64
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the mails of a batch share. `feedback_id`: up to four parts, for Gmail's Postmaster Tools."""

    sender_name: str
    sender_email: str
    reply_to: str = ""
    feedback_id: str = ""
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class MailParts:
    """`message_id` without angle brackets. `unsubscribe_url` empty: no List-Unsubscribe."""

    envelope: Envelope
    message_id: str
    to_email: str
    subject: str
    html: bytes
    text: bytes
    date: datetime
    to_name: str = ""
    unsubscribe_url: str = ""
    attachments: Sequence[Attachment] = ()


@dataclass(slots=True)  # not frozen: three times faster to make, and one is made for each mail
class Composed:
    """A mail unsigned; `head` ends with the empty line.

    `fields` are those of the head as relaxed DKIM reads them (RFC 6376 §3.4.2), one of each of `names`, in that
    order: all that `head` says, so that who signs need not take it apart again. Relaxed DKIM changes nothing in `body`.
    """

    head: bytes
    body: bytes
    names: bytes
    fields: bytes

    @property
    def raw(self) -> bytes:
        return self.head + self.body


def assemble(parts: MailParts) -> bytes:
    """The mail with CRLF line ends, unsigned. Raises headers.BadAddress."""
    return compose(parts).raw


def compose(parts: MailParts) -> Composed:
    """Raises headers.BadAddress."""
    shared = _shared(parts.envelope, is_list=bool(parts.unsubscribe_url))
    to, subject = mailbox(parts.to_name, parts.to_email), unstructured(parts.subject)
    date, token = _date(parts.date.replace(microsecond=0)), _token_of(parts.message_id)
    way_out = _token_of(parts.unsubscribe_url)
    kind, body = (_MIXED_TYPE, _mixed(parts)) if parts.attachments else (_TYPE, _alternative(parts))
    given = (to, subject, date, token, way_out) if way_out else (to, subject, date, token)
    return Composed(
        b"".join((shared.head % given, b"Content-Type: ", kind, b"\r\n\r\n")),
        body,
        shared.names,
        relaxed(b"".join((shared.fields % given, b"content-type:", kind, b"\r\n"))),
    )


_TYPE = b'multipart/alternative; boundary="' + _ALTERNATIVE + b'"'
_MIXED_TYPE = b'multipart/mixed; boundary="' + _MIXED + b'"'
_PART = b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_TEXT_HEAD = b"--" + _ALTERNATIVE + b"\r\nContent-Type: text/plain; charset=utf-8" + _PART
_HTML_HEAD = b"\r\n--" + _ALTERNATIVE + b"\r\nContent-Type: text/html; charset=utf-8" + _PART
_ALTERNATIVE_END = b"\r\n--" + _ALTERNATIVE + b"--\r\n"


def _alternative(parts: MailParts) -> bytes:
    return b"".join(
        (_TEXT_HEAD, wrapped(parts.text), _HTML_HEAD, wrapped(parts.html), _ALTERNATIVE_END)
    )


def _mixed(parts: MailParts) -> bytes:
    found = [
        b"--" + _MIXED + b"\r\nContent-Type: " + _TYPE + b"\r\n\r\n",
        _alternative(parts),
    ]
    for attachment in parts.attachments:
        kind = clean(attachment.content_type).encode("ascii", "ignore")
        found.append(b"\r\n--" + _MIXED + b"\r\nContent-Type: " + kind)
        found.append(b"\r\nContent-Disposition: attachment;\r\n ")
        found.append(parameter("filename", attachment.name) + _PART + wrapped(attachment.content))
    found.append(b"\r\n--" + _MIXED + b"--\r\n")
    return b"".join(found)


def wrapped(content: bytes) -> bytes:
    """Base64 in lines of 76 letters (RFC 2045 §6.8)."""
    letters = binascii.b2a_base64(content, newline=False)
    if len(letters) > _LONG:
        return b"\r\n".join([letters[at : at + _LINE] for at in range(0, len(letters), _LINE)])
    return b"\r\n".join(_lines(len(letters)).unpack(letters))


@lru_cache(maxsize=256)
def _lines(letters: int) -> struct.Struct:
    """What cuts so many letters into lines: a third of the time of slicing."""
    whole, rest = divmod(letters, _LINE)
    return struct.Struct(f"{_LINE}s" * whole + (f"{rest}s" if rest else ""))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the heads of a batch share, as bytes with places for the rest."""

    head: bytes
    fields: bytes
    names: bytes


@lru_cache(maxsize=512)
def _shared(envelope: Envelope, *, is_list: bool) -> _Shared:
    lines = [
        b"MIME-Version: 1.0",
        b"From: " + cached_mailbox(envelope.sender_name, envelope.sender_email),
    ]
    if envelope.reply_to:
        lines.append(b"Reply-To: " + plain_address(envelope.reply_to).encode())
    if envelope.feedback_id:
        lines.append(b"Feedback-ID: " + _token_of(envelope.feedback_id))
    if envelope.list_id:
        lines.append(b"List-ID: <" + _token_of(envelope.list_id) + b">")
    lines = [line.replace(b"%", b"%%") for line in lines]
    lines += [b"To: %b", b"Subject: %b", b"Date: %b", b"Message-ID: <%b>"]
    if is_list:
        lines.append(b"List-Unsubscribe: <%b>")
        lines.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    pairs = [
        (name.lower(), value) for name, _colon, value in (line.partition(b": ") for line in lines)
    ]
    return _Shared(
        head=b"".join(line + b"\r\n" for line in lines),
        fields=b"".join(name + b":" + value + b"\r\n" for name, value in pairs),
        names=b":".join([*(name for name, _value in pairs), b"content-type"]),
    )


@lru_cache(maxsize=64)
def _date(at: datetime) -> bytes:
    """RFC 5322 §3.3; `at` is aware. Names of days and months are English whatever the locale."""
    offset = at.strftime("%z") or "+0000"
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year} {at:%H:%M:%S} {offset}".encode()


_TOKEN = re.compile(r"[!-;=?-~]*\Z")


def _token_of(text: str) -> bytes:
    """Letters that cannot leave their place: printable ASCII without space and angle brackets."""
    if not _TOKEN.match(text):
        raise ValueError(f"not fit for a header: {text!r}")
    return text.encode()
