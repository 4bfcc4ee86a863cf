"""What a rule is asked about besides the contact: when, on whose clock, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """`zone` is the workspace's: its days are the rule's days. `identified`: the visitor is known.

    `previous` are the ids of the messages that "the previous message of this journey" means, for all the
    contacts asked about: a message belongs to one contact, so one list serves a batch. None: not in a journey.
    """

    now: datetime
    zone: str = "Asia/Jerusalem"
    identified: bool = False
    previous: tuple[int, ...] | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()
