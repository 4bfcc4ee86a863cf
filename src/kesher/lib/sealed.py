"""Sealed names in addresses and cookies: a few numbers that only this installation can read or make.

AES-SIV (RFC 5297): nobody learns or alters what is inside, and the same numbers always look the same, so that
an address is no longer than it must be. For what need not be hidden see `tokens`.
"""

from __future__ import annotations

import hashlib
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

LONGEST = 200


@lru_cache(maxsize=16)
def _cipher(purpose: str, secret: str) -> AESSIV:
    return AESSIV(hashlib.sha256(f"kesher:sealed:{purpose}:{secret}".encode()).digest())


def seal(purpose: str, numbers: Sequence[int]) -> str:
    """Numbers from 0 up as URL-safe letters: about 11 for each and 22 more."""
    body = struct.pack(f">{len(numbers)}Q", *numbers)
    sealed = _cipher(purpose, settings.SECRET_KEY).encrypt(body, None)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(purpose: str, token: str, count: int) -> tuple[int, ...] | None:
    """The `count` numbers in a token, or None when it is not one of ours for this purpose."""
    if len(token) > LONGEST:
        return None
    try:
        sealed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        body = _cipher(purpose, settings.SECRET_KEY).decrypt(sealed, None)
        return struct.unpack(f">{count}Q", body)
    except (ValueError, UnicodeEncodeError, InvalidTag, struct.error):
        return None
