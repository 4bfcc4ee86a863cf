"""Against another implementation of a server: aiosmtpd, with a certificate and passwords."""

from __future__ import annotations

import datetime as clock
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from tests.ports import free_port

from kesher.channels.email.smtp import SmtpSession
from kesher.channels.email.wire import Refused, Server, connect
from kesher.channels.outgoing import Delivered, OutgoingMail
from kesher.channels.providers import Unreachable


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


Place = tuple[Kept, int, ssl.SSLContext]


@contextmanager
def running(controller: Controller, kept: Kept, certificate: Path) -> Iterator[Place]:
    controller.start()
    try:
        yield kept, controller.port, ssl.create_default_context(cafile=certificate)
    finally:
        controller.stop()


def context_of(certificate: Path) -> ssl.SSLContext:
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(certificate)
    return mine


@pytest.fixture
def login_server(certificate: Path, free_tcp_port: int) -> Iterator[Place]:
    """One that offers AUTH LOGIN only, after STARTTLS, as Exchange does."""
    kept, mine = Kept(), context_of(certificate)

    class LoginOnly(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                self.handler,
                tls_context=mine,
                require_starttls=True,
                authenticator=allow,
                auth_required=True,
                auth_exclude_mechanism=["PLAIN"],
            )

    with running(
        LoginOnly(kept, hostname="127.0.0.1", port=free_tcp_port), kept, certificate
    ) as place:
        yield place


@pytest.fixture
def tls_server(certificate: Path, free_tcp_port: int) -> Iterator[Place]:
    """One that speaks TLS from the first byte (RFC 8314 §3.3), as on port 465."""
    kept = Kept()

    class Direct(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                self.handler, authenticator=allow, auth_required=True, auth_require_tls=False
            )

    made = Direct(
        kept, hostname="127.0.0.1", port=free_tcp_port, ssl_context=context_of(certificate)
    )
    with running(made, kept, certificate) as place:
        yield place


def sent_over(place: Place, security: str, *, said: str = "סיסמה") -> list[object]:
    _kept, port, context = place
    where = Server("localhost", port, security, "shop", said, 5)
    session = SmtpSession(lambda: connect(where, context))
    mails = [OutgoingMail(n, "noa@example.com", "shop@x.example", RAW) for n in (1, 2)]
    outcomes: list[object] = list(session.send(mails))
    session.close()
    return outcomes


RAW = b"a: b\r\n\r\n.x\r\n"


@pytest.mark.parametrize(
    ("which", "security"), [("login_server", "starttls"), ("tls_server", "tls")]
)
def test_a_mail_goes_by_each_way_of_logging_in(
    request: pytest.FixtureRequest, which: str, security: str
) -> None:
    place = request.getfixturevalue(which)

    outcomes = sent_over(place, security)

    assert [type(outcome) for outcome in outcomes] == [Delivered, Delivered]
    assert place[0].mails == [RAW] * 2


@pytest.mark.parametrize(
    ("which", "security"), [("login_server", "starttls"), ("tls_server", "tls")]
)
def test_each_way_refuses_a_wrong_password(
    request: pytest.FixtureRequest, which: str, security: str
) -> None:
    place = request.getfixturevalue(which)

    with pytest.raises(Unreachable) as caught:
        sent_over(place, security, said="wrong")

    assert caught.value.is_account_problem
    assert place[0].mails == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_direct_tls_wants_a_certificate_that_somebody_vouches_for(tls_server: Place) -> None:
    with pytest.raises(ssl.SSLError):
        connect(Server("localhost", tls_server[1], "tls", timeout_seconds=5))


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

    port = free_port()
    running = Secure(kept, hostname="127.0.0.1", port=port)
    running.start()
    try:
        yield kept, port, ssl.create_default_context(cafile=certificate)
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
