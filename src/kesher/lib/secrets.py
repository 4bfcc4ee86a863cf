"""Secrets at rest (provider passwords, DKIM keys): encrypted with the installation's secret."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class WrongSecret(Exception):
    """The text was encrypted under another KESHER_SECRET_KEY: restore that key or enter the secret anew."""


def _fernet() -> Fernet:
    digest = hashlib.sha256(b"kesher:at-rest:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises WrongSecret."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise WrongSecret from error
