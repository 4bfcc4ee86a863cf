"""The token of a message: what its links, pixel, unsubscribe address and Message-ID are made of."""

from __future__ import annotations

from kesher.lib import tokens

PURPOSE = "message"


def message_token(message_id: int) -> str:
    """About 24 URL-safe letters, always the same for the same message."""
    return tokens.sign(PURPOSE, message_id)


def read_token(token: str) -> int | None:
    """The message's id, or None when the token is not one of ours."""
    return tokens.read(PURPOSE, token)


def brief_token(message_id: int) -> str:
    """The same for texts: tokens.BRIEF_LENGTH letters and digits."""
    return tokens.sign_brief(PURPOSE, message_id)


def read_brief_token(token: str) -> int | None:
    return tokens.read_brief(PURPOSE, token)
