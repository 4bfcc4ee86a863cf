"""Mail of the installation itself: password reset, invitations. A workspace's mail goes through `channels`.

Without KESHER_SMTP_URL each message is kept in the data folder and its links are logged, so that a reset
works on a laptop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import EmailMessage

from kesher.lib.clock import now
from kesher.project import environment as env

log = structlog.get_logger(__name__)
_LINK = re.compile(r"https?://[^\s<>\"']+")


class SystemMail(BaseEmailBackend):
    """Django's mail backend of this installation."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if url := env.SMTP_URL.text():
            return smtp_backend(url).send_messages(email_messages) or 0
        for message in email_messages:
            keep(message)
        return len(email_messages)


def smtp_backend(url: str) -> SmtpBackend:
    """smtp://user:password@host:587?tls=starttls, or smtps:// for TLS from the first byte."""
    parts = urlsplit(url)
    direct = parts.scheme == "smtps"
    upgrade = parse_qs(parts.query).get("tls", [""])[0] == "starttls"
    return SmtpBackend(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if direct else 587 if upgrade else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=direct,
        use_tls=upgrade and not direct,
        timeout=20,
    )


def keep(message: EmailMessage) -> None:
    """Write the message to mail/ in the data folder, and say in the log where its links lead."""
    folder = settings.HOME / "mail"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{now():%Y%m%d-%H%M%S-%f}.eml"
    path.touch(mode=0o600)
    path.write_bytes(message.message().as_bytes())
    links = [link for link in _LINK.findall(str(message.body)) if link != settings.BASE_URL]
    log.info("mail_kept", subject=message.subject, file=str(path), links=links)
