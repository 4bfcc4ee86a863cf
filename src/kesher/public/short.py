"""Short addresses, for texts: `/s/<brief token>` is the first link, `/s/<brief token>/3` the fourth, `…/u` the way out.

They name the same messages and links as the long ones and are answered in the same way.
"""

from __future__ import annotations

from kesher.messages.tokens import message_token, read_brief_token

WAY_OUT = "u"


def long_form(rest: str) -> str | None:
    """What stands for `/s/<rest>`: `/c/<token>/<number>` or `/u/<token>`; None when it is none of ours."""
    token, _slash, which = rest.partition("/")
    message_id = read_brief_token(token)
    if message_id is None:
        return None
    if which == WAY_OUT:
        return f"/u/{message_token(message_id)}"
    if which and not (which.isascii() and which.isdigit() and len(which) <= 6):
        return None
    return f"/c/{message_token(message_id)}/{int(which or 0)}"
