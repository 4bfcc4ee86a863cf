"""Changes of fields that a run makes on its way, put off until something reads them: what a walk changes is one UPDATE and
one event, so that a score made of ten steps is told once, when it is final.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kesher.contacts.changes import Change, apply_each
from kesher.journeys.kinds import Walker
from kesher.journeys.knowing import fields_of, is_lasting
from kesher.rules.tree import Rule

MOST = 100  # changes of one contact that wait together


@dataclass
class Deferred:
    """`is_on`: within a walk, which asks for `settle` before anything else reads or writes; else nothing is put off."""

    workspace_id: int
    now: datetime
    is_on: bool = False
    _changes: dict[int, list[Change]] = field(default_factory=dict)  # by contact
    _whose: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # run, journey, depth
    _keys: set[str] = field(default_factory=set)

    def put_off(self, walkers: Iterable[Walker], changes: Sequence[Change]) -> set[str]:
        """Answers the keys of fields that had to be written meanwhile: another run changed the same contact before."""
        written: set[str] = set()
        for walker in walkers:
            whose = (walker.run_id, walker.journey_id, walker.depth)
            earlier = self._changes.get(walker.contact_id)
            if earlier and (self._whose[walker.contact_id] != whose or len(earlier) >= MOST):
                written |= self.write()
            self._changes.setdefault(walker.contact_id, []).extend(changes)
            self._whose[walker.contact_id] = whose
            self._keys.update(change.key for change in changes)
        return written if self.is_on else self.write()

    def concerns(self, rules: Iterable[Rule]) -> bool:
        """Whether the truth of one of them may be another once the changes are written."""
        return bool(self._changes) and any(
            not is_lasting(rule) or fields_of(rule) & self._keys for rule in rules
        )

    def write(self) -> set[str]:
        """Answers the keys of the fields."""
        keys, self._keys = self._keys, set()
        groups: dict[tuple[int, int], dict[int, tuple[Change, ...]]] = {}
        for contact_id, changes in self._changes.items():
            _run, journey_id, depth = self._whose[contact_id]
            groups.setdefault((journey_id, depth), {})[contact_id] = tuple(changes)
        self._changes, self._whose = {}, {}
        for (journey_id, depth), given in groups.items():
            apply_each(
                self.workspace_id, given=given, now=self.now, source="journey", depth=depth,
                about={"journey_id": journey_id},
            )  # fmt: skip
        return keys
