"""A registry: the one way in which "another kind of …" is found. Refuses two members of one key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Member = TypeVar("Member", bound=Keyed)


class UnknownKey(LookupError):
    """Nothing is registered under this key. `known` helps to say what would be."""

    def __init__(self, noun: str, key: str, known: list[str]) -> None:
        super().__init__(f"there is no {noun} {key!r}; known: {', '.join(known)}")
        self.key, self.known = key, known


class Registry(Generic[Member]):
    """Members in the order of registration, by key.

    >>> kinds = Registry[EventKind]("event kind")
    >>> JOINED = kinds.register(EventKind(key="list.joined", …))
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._members: dict[str, Member] = {}

    def register(self, member: Member) -> Member:
        if member.key in self._members:
            raise ValueError(f"{self.noun} {member.key!r} is registered twice")
        self._members[member.key] = member
        return member

    def get(self, key: str) -> Member:
        """Raises UnknownKey."""
        try:
            return self._members[key]
        except KeyError:
            raise UnknownKey(self.noun, key, list(self._members)) from None

    def __contains__(self, key: object) -> bool:
        return key in self._members

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def __len__(self) -> int:
        return len(self._members)
