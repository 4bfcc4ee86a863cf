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


# Brief tokens, for texts, where each letter costs: letters and digits only, because phones end a link before a "-".
# The proof of eight letters is 47 bits: a thousand guesses a second hit once in some thousands of years.

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PROOF_LETTERS, _NUMBER_LETTERS = 8, 6
BRIEF_LENGTH = (
    _PROOF_LETTERS + _NUMBER_LETTERS
)  # up to 56 thousand million; larger numbers take another letter


def sign_brief(purpose: str, number: int) -> str:
    """`number` as a token of BRIEF_LENGTH letters and digits."""
    body = _in_letters(number, _NUMBER_LETTERS)
    return _brief_proof(purpose, body) + body


def read_brief(purpose: str, token: str) -> int | None:
    """The number in a brief token, or None when it is not one of ours."""
    proof, body = token[:_PROOF_LETTERS], token[_PROOF_LETTERS:]
    if not _NUMBER_LETTERS <= len(body) <= 11 or not (token.isascii() and token.isalnum()):
        return None
    if not hmac.compare_digest(proof.encode(), _brief_proof(purpose, body).encode()):
        return None
    number = 0
    for letter in body:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number


def _brief_proof(purpose: str, body: str) -> str:
    key = _key(f"brief:{purpose}", settings.SECRET_KEY)
    digest = hmac.digest(key, body.encode(), "sha256")
    bits = int.from_bytes(digest[:8], "big") % len(_LETTERS) ** _PROOF_LETTERS
    return _in_letters(bits, _PROOF_LETTERS)


def _in_letters(number: int, width: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        found = _LETTERS[rest] + found
    return found.rjust(width, "0")
