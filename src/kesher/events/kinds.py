"""The kinds of things that happen. A domain registers its own in `<domain>/events.py`.

A kind says how it reads on a contact's timeline, what its data holds (for filters), whether a journey may
start on it, and its icon and colour on screens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from kesher.lib.registry import Registry

Text = str | Promise


@dataclass(frozen=True)
class DataField:
    """One entry of an event's `data`, as filters and documentation show it."""

    key: str
    label: Text
    type: str = "text"  # a key of contacts.fields.FIELD_TYPES: text, number, date, yes_no, choice …


@dataclass(frozen=True)
class EventKind:
    """`sentence` is a translatable text with named placeholders filled from `data`: "Joined the list %(list)s".

    `did` is how rules say that people did it and that they did not: "opened %(message)s", "did not open …".
    `%(message)s` stands where the message is what was done to, `%(which)s` anywhere else: languages differ.
    """

    key: str
    label: Text
    sentence: Text
    icon: str = "point"  # a Tabler icon
    tone: str = "slate"  # blue e-mail, plum SMS, moss WhatsApp and data, amber wait, coral target, slate system
    data: tuple[DataField, ...] = ()
    starts_journeys: bool = True
    is_sign_of_life: bool = False  # moves contact.active_at
    from_outside: bool = False  # may be told through the API
    words: Callable[[Mapping[str, Any]], str] | None = field(default=None, compare=False)
    did: tuple[Text, Text] | None = None

    def in_words(self, data: Mapping[str, Any]) -> str:
        """The event as one sentence in the active language. A missing entry reads as an ellipsis."""
        if self.words:
            return self.words(data)
        return str(self.sentence) % _Forgiving(data)


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


EVENT_KINDS: Registry[EventKind] = Registry("event kind")
