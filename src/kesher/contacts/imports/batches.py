"""A chunk of rows made ready to write: parsed, rows of one person folded together, what was refused.

Rows of one person inside a chunk are folded as if they had come one after another, so that the result does
not depend on where chunks end. The first stands for the person; each later one counts as updated when it
changed something, else as unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kesher.contacts.imports.columns import KEYS, Parser
from kesher.contacts.imports.delimited import Broken, Reader
from kesher.contacts.imports.plan import OVERWRITE, SKIP_EXISTING

CHUNK_ROWS = 5000
BAD_ADDRESSES = ("bad_email", "bad_phone")
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


@dataclass
class Person:
    """One person of the chunk and the rows told about them: (row number, cells, whether it changed anything)."""

    values: list[str]
    fields: dict[str, Any]
    rows: list[tuple[int, list[str], bool]]


@dataclass(frozen=True)
class Refusal:
    row_number: int
    column: str
    reason: str
    value: str
    is_warning: bool
    row: list[str]


@dataclass
class Batch:
    """`offset` and `row` say where the file goes on after this chunk. `rows` counts those not empty."""

    offset: int
    row: int
    rows: int = 0
    people: list[Person] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, person: Person, reason: str, value: str) -> None:
        """All rows of a person are refused."""
        self.refusals.extend(
            Refusal(number, "", reason, value, False, cells) for number, cells, _ in person.rows
        )


class Chunks:
    """Chunks of a file from a position on. A blocked list is not folded: each row stands for itself."""

    def __init__(
        self,
        reader: Reader,
        parser: Parser,
        *,
        row: int,
        update: str,
        folds: bool = True,
        size: int = CHUNK_ROWS,
    ) -> None:
        self._reader, self._parser, self._update, self._size = reader, parser, update, size
        self._rows = iter(reader)
        self._row, self._width, self._folds = row, len(parser.entries), folds

    def next(self) -> Batch | None:
        """The next chunk; None at the end. A chunk may hold only empty rows. Raises Unreadable."""
        batch = Batch(self._reader.offset, self._row)
        fold = _Fold(batch, self._parser, self._update, folds=self._folds)
        taken = 0
        for cells in self._rows:
            number, self._row, taken = self._row, self._row + 1, taken + 1
            self._take(batch, fold, number, cells)
            if taken >= self._size:
                break
        batch.offset, batch.row = self._reader.offset, self._row
        return batch if taken else None

    def _take(self, batch: Batch, fold: _Fold, number: int, cells: list[str]) -> None:
        if not any(cells) or not any(map(str.strip, cells)):
            return
        batch.rows += 1
        if cells.__class__ is Broken:
            batch.refusals.append(Refusal(number, "", "broken_row", cells[0], False, cells))
        elif len(cells) > self._width and any(map(str.strip, cells[self._width :])):
            extra = next(cell for cell in cells[self._width :] if cell.strip())
            batch.refusals.append(Refusal(number, "", "wide_row", extra[:200], False, cells))
        else:
            fold.add(number, cells)


class _Fold:
    """Finds the person of this chunk that a row is about, by the rules that match people already here."""

    def __init__(self, batch: Batch, parser: Parser, update: str, *, folds: bool) -> None:
        self._batch, self._parser, self._update, self._folds = batch, parser, update, folds
        self._known: tuple[dict[str, Person], ...] = ({}, {}, {})

    def add(self, number: int, cells: list[str]) -> None:
        parsed = self._parser.parse(cells)
        refusals = self._batch.refusals
        if parsed.refused:
            value = next(
                (cell for _head, reason, cell in parsed.notes if reason in BAD_ADDRESSES), ""
            )
            refusals.append(Refusal(number, "", parsed.refused, value, False, cells))
            return
        for header, reason, cell in parsed.notes:
            refusals.append(Refusal(number, header, reason, cell, True, cells))
        person = self._find(number, cells, parsed.values) if self._folds else None
        if person is None:
            person = Person(parsed.values, parsed.fields, [(number, cells, True)])
            self._batch.people.append(person)
        else:
            changed = self._merge(person, parsed.values, parsed.fields)
            person.rows.append((number, cells, changed))
        self._remember(person)

    def _find(self, number: int, cells: list[str], values: list[str]) -> Person | None:
        """By outside number, e-mail, then mobile; an address of somebody else is taken out of the row."""
        by_id, by_email, by_mobile = self._known
        person = by_id.get(values[0]) or by_email.get(values[1])
        same_mobile = by_mobile.get(values[2])
        if person is None and same_mobile is not None:
            other = same_mobile.values[1]
            if not values[1] or not other or other == values[1]:
                person = same_mobile
        for place, owner in ((1, by_email.get(values[1])), (2, same_mobile)):
            if owner is not None and owner is not person:
                self._batch.refusals.append(
                    Refusal(number, KEYS[place], "address_taken", values[place], True, cells)
                )
                values[place] = ""
        return person

    def _remember(self, person: Person) -> None:
        for place, known in enumerate(self._known):
            if value := person.values[place]:
                known[value] = person

    def _merge(self, person: Person, values: list[str], fields: dict[str, Any]) -> bool:
        """Whether anything about the person changed."""
        if self._update == SKIP_EXISTING:
            return False
        over = self._update == OVERWRITE
        before, fields_before = list(person.values), person.fields
        for place, value in enumerate(values):
            if value and (over or not person.values[place]):
                person.values[place] = value
        person.fields = {**fields_before, **fields} if over else {**fields, **fields_before}
        return before != person.values or person.fields != fields_before


def staging_line(number: int, person: Person, with_fields: bool) -> str:
    """The person as a line of COPY text."""
    parts = [str(number), *person.values]
    if with_fields:
        parts.append(_ENCODE(person.fields) if person.fields else "{}")
    line = "\t".join(parts)
    if "\\" in line or "\n" in line:
        line = "\t".join(part.replace("\\", "\\\\").replace("\n", "\\n") for part in parts)
    return line + "\n"


def staging_lines(people: list[Person], with_fields: bool) -> Iterator[str]:
    return (staging_line(number, person, with_fields) for number, person in enumerate(people))
