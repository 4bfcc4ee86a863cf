"""Against another implementation of a server: aiosmtpd, with a certificate and passwords."""

from __future__ import annotations

import datetime as clock
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from kesher.channels.email.smtp import SmtpSession
from kesher.channels.email.wire import Refused, Server, connect
from kesher.channels.outgoing import Delivered, OutgoingMail


class Kept:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


def allow(
    server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(
        handled=False, success=data.login == b"shop" and data.password == "סיסמה".encode()
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.datetime.now(clock.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - clock.timedelta(days=1))
        .not_valid_after(now + clock.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[tuple[Kept, int, ssl.SSLContext]]:
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(certificate)
    kept = Kept()

    class Secure(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                self.handler,
                tls_context=mine,
                require_starttls=True,
                authenticator=allow,
                auth_required=True,
            )

    running = Secure(kept, hostname="127.0.0.1", port=9234)
    running.start()
    try:
        yield kept, 9234, ssl.create_default_context(cafile=certificate)
    finally:
        running.stop()


def test_a_mail_goes_over_tls_after_logging_in(server: tuple[Kept, int, ssl.SSLContext]) -> None:
    kept, port, context = server
    where = Server("localhost", port, "starttls", "shop", "סיסמה", 5)
    session = SmtpSession(lambda: connect(where, context))

    outcomes = list(
        session.send(
            [
                OutgoingMail(n, "noa@example.com", "shop@x.example", b"a: b\r\n\r\n.x\r\n")
                for n in (1, 2)
            ]
        )
    )
    session.close()

    assert [type(outcome) for outcome in outcomes] == [Delivered, Delivered]
    assert kept.mails == [b"a: b\r\n\r\n.x\r\n"] * 2


def test_a_wrong_password_is_named_as_such(server: tuple[Kept, int, ssl.SSLContext]) -> None:
    _kept, port, context = server

    with pytest.raises(Refused) as caught:
        connect(Server("localhost", port, "starttls", "shop", "wrong", 5), context)

    assert caught.value.step == "AUTH"


def test_a_certificate_nobody_vouches_for_is_refused(
    server: tuple[Kept, int, ssl.SSLContext],
) -> None:
    _kept, port, _context = server

    with pytest.raises(ssl.SSLError):
        connect(Server("localhost", port, "starttls", timeout_seconds=5))
