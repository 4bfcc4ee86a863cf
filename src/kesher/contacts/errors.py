"""What an action answers when it will not do as asked: an exception with the words for the person."""

from __future__ import annotations

from django.utils.functional import Promise


class Refused(Exception):
    """`field` is the key of the offending field ("" for the whole), `reason` is for people.

    `code` is stable, for callers that decide on it. `contact_id` names the card that already has the
    address when the code is "duplicate".
    """

    def __init__(
        self,
        field: str,
        reason: str | Promise,
        *,
        code: str = "invalid",
        contact_id: int | None = None,
    ) -> None:
        super().__init__(f"{field}: {reason}" if field else str(reason))
        self.field, self.reason, self.code, self.contact_id = field, str(reason), code, contact_id
