"""What a rule may speak of: fields, lists, segments, event kinds, messages. Passed in by those who know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Choice:
    key: str
    label: Text


@dataclass(frozen=True)
class Field:
    """A value a rule can compare. `column` is the contact's column, None for an entry of its JSON `fields`.

    `type` is a key of contacts.fields.FIELD_TYPES. `most`: the end of a rating. An archived field is still
    read, so that a stored rule goes on working; new rules are warned. `decimals`: 0 says whole numbers only.
    """

    key: str
    label: Text
    type: str
    column: str | None = None
    choices: tuple[Choice, ...] = ()
    most: int | None = None
    decimals: int | None = None
    archived: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContactList:
    key: str
    id: int
    name: Text
    is_all: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Segment:
    """`rule` is the segment's rule as JSON."""

    key: str
    name: Text
    rule: Mapping[str, Any]
    archived: bool = False


@dataclass(frozen=True)
class Kind:
    """An event kind. `data` are the entries a filter may ask for; with `is_open` also any other one.

    `did` says that people did it and that they did not; without, the kind is named by its label.
    """

    key: str
    label: Text
    data: tuple[Field, ...] = ()
    is_open: bool = False
    did: tuple[Text, Text] | None = None

    def field(self, key: str) -> Field | None:
        return _find(self.data, key)


@dataclass(frozen=True)
class Message:
    """A message that "opened which one" can name: an event is of it when its data contains `match`."""

    key: str
    name: Text
    match: Mapping[str, Any]


@dataclass(frozen=True)
class Channel:
    key: str
    label: Text
    column: str


CHANNELS = (
    Channel("email", _("e-mail"), "email_consent"),
    Channel("sms", _("SMS"), "sms_consent"),
    Channel("whatsapp", _("WhatsApp"), "whatsapp_consent"),
)


@dataclass(frozen=True)
class Vocabulary:
    """Everything is found by its key; a list also by its id."""

    fields: tuple[Field, ...] = ()
    lists: tuple[ContactList, ...] = ()
    segments: tuple[Segment, ...] = ()
    kinds: tuple[Kind, ...] = ()
    messages: tuple[Message, ...] = ()
    channels: tuple[Channel, ...] = CHANNELS
    _by_key: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_key.update({known.key: known for known in self.fields})

    def field(self, key: str) -> Field | None:
        return self._by_key.get(key)

    def list(self, key: str | int) -> ContactList | None:
        return next((known for known in self.lists if key in (known.key, known.id)), None)

    def segment(self, key: str) -> Segment | None:
        return _find(self.segments, key)

    def kind(self, key: str) -> Kind | None:
        return _find(self.kinds, key)

    def message(self, key: str) -> Message | None:
        return _find(self.messages, key)

    def channel(self, key: str) -> Channel | None:
        return _find(self.channels, key)


Known = TypeVar("Known", Field, Segment, Kind, Message, Channel)


def _find(known: Sequence[Known], key: str) -> Known | None:
    return next((one for one in known if one.key == key), None)
