from __future__ import annotations

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesher.channels.email.dkim import Signer, canonical_body, dns_record, make_key_pair
from kesher.channels.email.mime import Envelope, assemble, compose
from kesher.channels.email.tests.test_mime import parts

PAIR = make_key_pair()
SIGNER = Signer(domain="green-books.example", selector="kesher", private_pem=PAIR.private_pem)


def is_good(raw: bytes) -> bool:
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: dns_record(PAIR.public).encode()))


def test_another_implementation_accepts_the_signature() -> None:
    assert is_good(SIGNER.sign(assemble(parts())))


@given(st.text(max_size=400))
def test_assembled_bodies_need_no_canonicalization(text: str) -> None:
    raw = assemble(parts(html=text.encode("utf-8", "ignore"), text=b"", attachments=[]))

    body = raw.partition(b"\r\n\r\n")[2]

    assert canonical_body(body) == body
    assert SIGNER.sign(raw, is_canonical=True) == SIGNER.sign(raw)


@given(st.text(max_size=200), st.text(max_size=60))
def test_every_subject_and_name_verifies(subject: str, name: str) -> None:
    assert is_good(SIGNER.sign(assemble(parts(subject=subject, to_name=name))))


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_what_we_compose_need_not_be_taken_apart_to_be_signed(
    subject: str, name: str, sender: str, is_list: bool
) -> None:
    mail = compose(
        parts(
            subject=subject,
            to_name=name,
            envelope=Envelope(sender, "a%b@green-books.example", list_id="%s"),
            unsubscribe_url="https://kesher.example/u/a%20b" if is_list else "",
        )
    )

    signed = SIGNER.sign_composed(mail)

    assert is_good(signed)
    assert signed.endswith(mail.raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"To: ", b"To: x"),
        (b"List-Unsubscribe: <https://kesher", b"List-Unsubscribe: <https://evil"),
        (b"MIME-Version", b"From: evil@example.com\r\nMIME-Version"),
        (
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            b"Content-Transfer-Encoding: base64\r\n\r\nQQ",
        ),
    ],
)
def test_a_changed_mail_fails(old: bytes, new: bytes) -> None:
    signed = SIGNER.sign(assemble(parts()))

    assert old in signed
    assert not is_good(signed.replace(old, new, 1))


@given(st.text(alphabet="a \t\r\n.", max_size=40))
def test_bodies_are_made_canonical_as_another_implementation_does(text: str) -> None:
    body = (text.replace("\r", "") + "\n").replace("\n", "\r\n").encode()

    assert canonical_body(body) == dkim.canonicalization.Relaxed.canonicalize_body(body)
