"""Signed names in addresses: a number and a short proof, in URL-safe letters.

A token names a row by its id; it never carries an address or a person. The proof is the first
8 bytes of HMAC-SHA-256 under the installation's secret, with a purpose so that a token made for one
thing is not taken for another.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from django.conf import settings

PROOF_BYTES = 8


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"kesher:{purpose}:{secret}".encode()).digest()


def sign(purpose: str, number: int) -> str:
    """`number` as a token: base64url of an 8-byte proof and the number, without padding."""
    body = number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
    proof = hmac.digest(_key(purpose, settings.SECRET_KEY), body, "sha256")[:PROOF_BYTES]
    return urlsafe_b64encode(proof + body).rstrip(b"=").decode()


def read(purpose: str, token: str) -> int | None:
    """The number in a token, or None when it is not one of ours."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (ValueError, UnicodeEncodeError):
        return None
    proof, body = raw[:PROOF_BYTES], raw[PROOF_BYTES:]
    if not body or len(body) > 8 or urlsafe_b64encode(raw).rstrip(b"=") != token.encode():
        return None  # decoding forgives letters that encoding never writes
    good = hmac.digest(_key(purpose, settings.SECRET_KEY), body, "sha256")[:PROOF_BYTES]
    return int.from_bytes(body, "big") if hmac.compare_digest(proof, good) else None
