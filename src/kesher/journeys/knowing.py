"""What is known of contacts in a sitting without asking again: the truth of rules, until something changes under them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kesher.rules.tree import ConsentLeaf, FieldLeaf, ListLeaf, Rule, leaves


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom a rule is asked: the contact, the data of an event, and the run's previous message."""

    contact_id: int
    data: Mapping[str, Any] = field(default_factory=dict)
    previous: int | None = None


def is_lasting(rule: Rule) -> bool:
    """Whether only a change of the contact's card or lists can change it: events and segments are asked each time."""
    return all(isinstance(leaf, FieldLeaf | ListLeaf | ConsentLeaf) for leaf in leaves(rule))


@dataclass
class Known:
    """By rule, the contacts that were asked and those of them for whom it holds."""

    _asked: dict[Rule, set[int]] = field(default_factory=dict)
    _true: dict[Rule, set[int]] = field(default_factory=dict)

    def knows(self, rule: Rule, contact_ids: Sequence[int]) -> bool:
        found = self._asked.get(rule)
        return found is not None and found.issuperset(contact_ids)

    def take(
        self, rules: Sequence[Rule], contact_ids: Iterable[int], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """`rows`: a contact's id and the truth of each rule. Who is not among them is nobody for whom anything holds."""
        for place, rule in enumerate(rules, start=1):
            self._asked.setdefault(rule, set()).update(contact_ids)
            true = self._true.setdefault(rule, set())
            true.difference_update(contact_ids)
            true.update(row[0] for row in rows if row[place])

    def of(self, rule: Rule, asked: Sequence[Asked]) -> list[bool]:
        true = self._true[rule]
        return [one.contact_id in true for one in asked]

    def forget_fleeting(self) -> None:
        self._forget([rule for rule in self._asked if not is_lasting(rule)])

    def forget_fields(self, keys: Collection[str]) -> None:
        """Those of which one of these fields has changed."""
        self._forget([rule for rule in self._asked if keys and fields_of(rule) & set(keys)])

    def forget_all(self) -> None:
        self._asked.clear()
        self._true.clear()

    def _forget(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            del self._asked[rule], self._true[rule]


def fields_of(rule: Rule) -> set[str]:
    return {leaf.field for leaf in leaves(rule) if isinstance(leaf, FieldLeaf)}
