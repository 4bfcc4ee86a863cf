"""Mails over one SMTP connection, used again and again: a content and the next envelope travel together.

At most one mail is between its final dot and the server's answer: a crash leaves no more than that in doubt.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings as django_settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kesher.channels.email.headers import BadAddress, plain_address
from kesher.channels.email.wire import Lost, Refused, Reply, Server, Unsafe, Wire, connect
from kesher.channels.outgoing import Delivered, InDoubt, Outcome, OutgoingMail, Rejected
from kesher.channels.providers import Provider, Setting, Unreachable, Waiting, register

Connect = Callable[[], Wire]
_READY = 354


class SmtpSession:
    """One connection, opened when first needed and again when it breaks."""

    def __init__(self, open_wire: Connect) -> None:
        self._open_wire = open_wire
        self._wire: Wire | None = None

    def open(self) -> None:
        """See providers.WovenSession."""
        self._wire = self._wire or self._connect()

    def send(self, mails: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        """See providers.Session."""
        return (said for said in self.weave(mails) if not isinstance(said, Waiting))

    def weave(self, mails: Iterable[OutgoingMail]) -> Iterator[Outcome | Waiting]:
        """See providers.WovenSession."""
        queue = iter(mails)
        mail = next(queue, None)
        is_begun, refusal = False, None
        while mail is not None:
            if not is_begun:
                refusal = self._begin(mail)
            if refusal is not None:
                yield refusal
                mail, is_begun = next(queue, None), False
                continue
            following = next(queue, None)
            travels = following is not None and self._travels_along(following)
            yield from self._content(mail, following if travels else None)
            mail, is_begun = following, False
            if following is not None and travels and self._wire is not None:
                if not self._wire.has_said:
                    yield self._answer(self._wire)
                refusal = self._envelope_answers(following)
                is_begun = self._wire is not None

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _travels_along(self, mail: OutgoingMail) -> bool:
        return self._wire is not None and self._wire.pipelines and self._unfit(mail) is None

    def _begin(self, mail: OutgoingMail) -> Rejected | None:
        """Hand over the envelope alone; None when the server waits for the content. One new connection is tried."""
        self._wire = self._wire or self._connect()
        if unfit := self._unfit(mail):
            return unfit
        for is_last_try in (False, True):
            try:
                if self._wire.pipelines:
                    self._wire.write(_envelope(mail))
                    refusal = self._read_envelope(mail)
                else:
                    refusal = self._one_by_one(mail)
            except Lost as error:
                self._drop()
                if is_last_try:
                    raise Unreachable(str(error)) from error
                self._wire = self._connect()
                continue
            if refusal is not None and refusal.code == 421:
                self._drop()
                if not is_last_try:
                    self._wire = self._connect()
                    continue
            return refusal
        return None

    def _answer(self, wire: Wire) -> Waiting:
        return Waiting(wire.fileno(), time.monotonic() + wire.server.timeout_seconds, wire.hurry)

    def _content(
        self, mail: OutgoingMail, following: OutgoingMail | None
    ) -> Iterator[Outcome | Waiting]:
        """Hand over the content, the envelope of `following` behind it."""
        wire = self._wire
        assert wire is not None  # noqa: S101  (begun)
        content = (mail.raw, b".\r\n") if mail.is_dotless else (_stuffed(mail.raw),)
        try:
            wire.write(b"".join((*content, _envelope(following) if following else b"")))
            yield self._answer(wire)
            reply = wire.read()
        except Lost as error:
            self._drop()
            yield InDoubt(mail.message_id, str(error))
            return
        if reply.code == 421:
            self._drop()
        if 200 <= reply.code < 300:
            yield Delivered(mail.message_id, reply.text)
        else:
            yield _rejected(mail, reply)

    def _envelope_answers(self, mail: OutgoingMail) -> Rejected | None:
        """The answers to an envelope that travelled behind a content; a lost connection is begun anew."""
        try:
            refusal = self._read_envelope(mail)
        except Lost:
            self._drop()
            return None
        if refusal is not None and refusal.code == 421:
            self._drop()
            return None
        return refusal

    def _read_envelope(self, mail: OutgoingMail) -> Rejected | None:
        """Three answers, each read, so that the next mail finds the connection clean."""
        wire = self._wire
        assert wire is not None  # noqa: S101
        if wire.takes_envelope():  # nearly always
            return None
        replies = [wire.read()]
        if replies[0].code != 421:
            replies += [wire.read(), wire.read()]
        return self._judge(mail, replies)

    def _one_by_one(self, mail: OutgoingMail) -> Rejected | None:
        wire = self._wire
        assert wire is not None  # noqa: S101
        replies = []
        for line in _envelope(mail).splitlines(keepends=True):
            wire.write(line)
            replies.append(wire.read())
            if not replies[-1].is_good:
                break
        return self._judge(mail, replies)

    def _judge(self, mail: OutgoingMail, replies: list[Reply]) -> Rejected | None:
        if len(replies) == 3 and replies[2].code == _READY and all(r.is_good for r in replies):
            return None
        bad = next((reply for reply in replies if not reply.is_good), replies[-1])
        wire = self._wire
        assert wire is not None  # noqa: S101
        if (
            replies[-1].code == _READY
        ):  # it would take a mail without a recipient (RFC 2920 §3.1): give it none
            wire.write(b".\r\n")
            wire.read()
        elif bad.code != 421:
            wire.command("RSET")
        return _rejected(mail, bad)

    def _unfit(self, mail: OutgoingMail) -> Rejected | None:
        """A refusal that needs no server."""
        try:
            plain_address(mail.recipient)
        except BadAddress:
            text = "the address is not one that mail can be sent to"
            return Rejected(mail.message_id, True, 553, text, "5.1.3")
        limit = self._wire.size_limit if self._wire else 0
        if limit and len(mail.raw) > limit:
            text = f"the mail has {len(mail.raw)} bytes, the server takes {limit}"
            return Rejected(mail.message_id, True, 552, text, "5.3.4")
        return None

    def _connect(self) -> Wire:
        try:
            return self._open_wire()
        except (OSError, Refused, Unsafe, Lost) as error:
            lasting = isinstance(error, Unsafe) or (isinstance(error, Refused) and error.permanent)
            raise Unreachable(problem_in_words(error), is_account_problem=lasting) from error

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _envelope(mail: OutgoingMail) -> bytes:
    sender, recipient = plain_address(mail.sender), plain_address(mail.recipient)
    return f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode()


def _stuffed(raw: bytes) -> bytes:
    """With the final dot, and other lines that begin with one doubled (RFC 5321 §4.5.2)."""
    if b"\r\n." in raw:
        raw = raw.replace(b"\r\n.", b"\r\n..")
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")


def _rejected(mail: OutgoingMail, reply: Reply) -> Rejected:
    permanent = reply.code >= 500
    # 530 and 535 (RFC 4954 §6): the account, not the mail, is what is wrong.
    account = reply.code in (530, 535)
    return Rejected(
        mail.message_id,
        permanent and not account,
        reply.code,
        reply.text[:500],
        reply.enhanced,
        account,
    )


def problem_in_words(error: Exception) -> str:
    """Why a connection could not be made, and what to do about it."""
    match error:
        case ssl.SSLCertVerificationError():
            return gettext(
                "The server's certificate is not valid for this name. Check the host name."
            )
        case ssl.SSLError():
            return gettext(
                "The secure connection failed. Try another kind of security or another port."
            )
        case socket.gaierror():
            return gettext("There is no server of this name. Check the host name.")
        case TimeoutError():
            return gettext(
                "The server does not answer. Check the port, and whether a firewall is in between."
            )
        case ConnectionRefusedError():
            return gettext("Nothing listens at this port. Check host and port.")
        case Refused(step="AUTH"):
            return gettext(
                "The server did not accept the user name and password. It said: %(text)s"
            ) % {"text": error.reply.text}
        case Refused():
            return gettext("The server turned us away. It said: %(text)s") % {
                "text": error.reply.text
            }
        case Unsafe():
            return gettext("Sending would not be safe: %(text)s.") % {"text": str(error)}
    return gettext("The connection broke off: %(text)s") % {"text": str(error)}


def server_of(settings: Mapping[str, Any], timeout_seconds: float = 60) -> Server:
    return Server(
        host=str(settings["host"]),
        port=int(settings["port"]),
        security=str(settings["security"]),
        user=str(settings["user"]),
        password=str(settings["password"]),
        timeout_seconds=timeout_seconds,
        helo=str(getattr(django_settings, "SMTP_HELO", "") or socket.gethostname() or "localhost"),
    )


@contextmanager
def open_session(workspace_id: int, settings: Mapping[str, Any]) -> Iterator[SmtpSession]:
    server = server_of(settings)
    session = SmtpSession(lambda: connect(server))
    try:
        yield session
    finally:
        session.close()


def check(settings: Mapping[str, Any]) -> str:
    """Connect, greet, secure and log in; no mail is sent."""
    try:
        wire = connect(server_of(settings, timeout_seconds=8))
    except (OSError, Refused, Unsafe, Lost) as error:
        return problem_in_words(error)
    wire.close()
    return ""


SMTP = register(
    Provider(
        key="smtp",
        channel="email",
        label=_("Mail server (SMTP)"),
        description=_(
            "Any mail server or sending service that gives you a host, a user name and a password."
        ),
        open_session=open_session,
        check=check,
        sessions=lambda settings: int(settings["connections"]),
        settings=(
            Setting("host", _("Host"), required=True, help=_("For example smtp.example.com")),
            Setting("port", _("Port"), "number", 587, minimum=1, maximum=65535),
            Setting(
                "security",
                _("Security"),
                "choice",
                "starttls",
                choices=(
                    ("starttls", _("STARTTLS (usually port 587)")),
                    ("tls", _("TLS from the start (usually port 465)")),
                    ("none", _("None (only inside your own network)")),
                ),
            ),
            Setting("user", _("User name"), help=_("Leave empty if the server asks for none.")),
            Setting("password", _("Password"), "secret"),
            Setting(
                "connections",
                _("Connections at once"),
                "number",
                4,
                minimum=1,
                maximum=32,
                help=_("Your sending service states how many it allows. More is faster."),
            ),
        ),
    )
)
