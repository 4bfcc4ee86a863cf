"""DKIM signatures (RFC 6376): RSA-2048, SHA-256, relaxed/relaxed.

`cryptography` releases the interpreter's lock while it signs, so that threads sign side by side.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import b2a_base64
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kesher.channels.email.mime import Composed

# RFC 6376 §5.4.1 and RFC 8058 §4: what a reader or a filter acts on.
SIGNED = (
    b"from to subject date message-id reply-to mime-version content-type list-unsubscribe"
    b" list-unsubscribe-post list-id feedback-id"
).split()
_SIGNED_NAMES = frozenset(SIGNED)
_OVERSIGNED = b"from"  # nobody can add a second one
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")
_LINE_END_SPACES = re.compile(rb"[ \t]+(?=\r\n)")
_PADDING, _HASH = padding.PKCS1v15(), hashes.SHA256()
KEY_BITS = 2048


@dataclass(frozen=True)
class KeyPair:
    """`private_pem` is PKCS 8; `public` is the p= of the DNS record."""

    private_pem: str
    public: str


def make_key_pair() -> KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode(), base64.b64encode(public).decode())


def dns_record(public: str) -> str:
    """The text of the TXT record at <selector>._domainkey.<domain>."""
    return f"v=DKIM1; k=rsa; p={public}"


class Signer:
    """Signs for one domain. One may be shared by threads."""

    def __init__(self, *, domain: str, selector: str, private_pem: str, public: str = "") -> None:
        loaded = serialization.load_pem_private_key(private_pem.encode(), password=None)
        self._key = cast(rsa.RSAPrivateKey, loaded)
        self.domain, self.public = domain, public
        self._head = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector};".encode()

    def sign(self, raw: bytes, *, is_canonical: bool = False) -> bytes:
        """The mail with its DKIM-Signature in front. `raw` has CRLF line ends.

        `is_canonical`: the caller knows that relaxed canonicalization leaves the body as it is (mime.compose).
        """
        head, _gap, body = raw.partition(b"\r\n\r\n")
        names, canonical = _signed_headers(head)
        body = body if is_canonical else canonical_body(body)
        return b"".join((*self._field(b":".join(names), b"".join(canonical), body), raw))

    def sign_composed(self, mail: Composed) -> bytes:
        """The same of a mail that we composed."""
        return b"".join((*self._field(mail.names, mail.fields, mail.body), mail.head, mail.body))

    def _field(self, names: bytes, canonical: bytes, body: bytes) -> tuple[bytes, ...]:
        """The signature's own field, in pieces."""
        before, own = _begun(self._head, names)
        digest = b2a_base64(hashlib.sha256(body).digest(), newline=False)
        signature = b2a_base64(
            self._key.sign(b"".join((canonical, own, digest, b"; b=")), _PADDING, _HASH),
            newline=False,
        )
        folded = b"\r\n ".join([signature[at : at + 72] for at in range(0, len(signature), 72)])
        return before, digest, b";\r\n b=", folded, b"\r\n"


@lru_cache(maxsize=256)
def _begun(head: bytes, names: bytes) -> tuple[bytes, bytes]:
    """The field up to the body's hash, as it stands and as it is signed; nearly always the same."""
    text = head + b"\r\n h=" + names + b":" + _OVERSIGNED + b";\r\n bh="
    return b"DKIM-Signature: " + text, b"dkim-signature:" + text.replace(b"\r\n ", b" ")


def _signed_headers(head: bytes) -> tuple[list[bytes], list[bytes]]:
    """The names for h= and the canonical fields (RFC 6376 §3.4.2), each with its CRLF."""
    names: list[bytes] = []
    canonical: list[bytes] = []
    if b"\r\n " in head or b"\r\n\t" in head:
        head = _FOLD.sub(b"", head)
    for line in reversed(head.split(b"\r\n")):  # §5.4.2: of several, the last is signed first
        name, field = _canonical_field(line)
        if name:
            names.append(name)
            canonical.append(field)
    return names, canonical


@lru_cache(maxsize=256)
def _canonical_field(line: bytes) -> tuple[bytes, bytes]:
    """The name in small letters and the field, both empty when it is not signed. Most repeat within a batch."""
    name, _colon, value = line.partition(b":")
    name = name.strip().lower()
    if name not in _SIGNED_NAMES:
        return b"", b""
    return name, name + b":" + _SPACES.sub(b" ", value).strip() + b"\r\n"


def canonical_body(body: bytes) -> bytes:
    """RFC 6376 §3.4.4, of a body whose lines all end in CRLF. Base64 bodies are canonical as they are, which three quick searches show."""
    if b"  " in body or b"\t" in body:
        body = _SPACES.sub(b" ", body)
    if b" \r\n" in body:
        body = _LINE_END_SPACES.sub(b"", body)
    while body.endswith(b"\r\n\r\n"):
        body = body[:-2]
    if body == b"\r\n":
        return b""
    return body if not body or body.endswith(b"\r\n") else body + b"\r\n"
