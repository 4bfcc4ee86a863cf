"""What an import would do with the first rows: columns with examples, what is odd about them, and who is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.contacts.fields import ParseContext
from kesher.contacts.imports import intake, mapping
from kesher.contacts.imports.actions import folder_of
from kesher.contacts.imports.columns import Parser
from kesher.contacts.imports.guess import Look, look_at
from kesher.contacts.imports.mapping import Entry, Problem
from kesher.contacts.models import Import
from kesher.contacts.vocabulary import FieldInfo

EXAMPLES = 3
ROWS_SHOWN = 6


@dataclass(frozen=True)
class Hint:
    text: str
    is_warning: bool = False


@dataclass
class Column:
    """One column as the mapping step shows it."""

    number: int
    header: str
    entry: Entry
    examples: list[str]
    hints: list[Hint] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """`taken` and `refused` count the sampled rows; `is_all` says that the sample is the whole file."""

    columns: list[Column]
    rows: list[list[str]]
    sampled: int
    taken: int
    refused: int
    is_all: bool
    problems: list[str]


def preview(row: Import, fields: Sequence[FieldInfo], *, country: str, blocked: bool) -> Preview:
    """Read the first rows by the mapping chosen so far. Raises Unreadable when the file is gone."""
    table = intake.table_of(row.format)
    rows = intake.sample(folder_of(row), table)
    entries = mapping.from_json(row.mapping)
    found = mapping.problems(entries, fields, blocked=blocked)
    looks = look_at(table.header, rows, country)
    usable = _usable(entries, {problem.column for problem in found})
    parsed = [Parser(usable, fields, ParseContext(country=country)).parse(cells) for cells in rows]
    unread = Counter(head for result in parsed for head, _reason, _cell in result.notes)
    refused = sum(bool(result.refused) for result in parsed)
    columns = [
        Column(number, look.header, entry, look.filled[:EXAMPLES], _hints(look, entry, unread),
               _problem_of(number, found))
        for number, (look, entry) in enumerate(zip(looks, entries, strict=False))
    ]  # fmt: skip
    general = [problem.text for problem in found if problem.column is None]
    return Preview(
        columns, rows[:ROWS_SHOWN], len(rows), len(rows) - refused, refused,
        len(rows) < intake.SAMPLE_ROWS, general,
    )  # fmt: skip


def _usable(entries: Sequence[Entry], bad: set[int | None]) -> list[Entry]:
    """The mapping without columns whose target cannot be used yet."""
    return [
        Entry(mapping.SKIP, entry.header) if number in bad else entry
        for number, entry in enumerate(entries)
    ]


def _problem_of(number: int, problems: Sequence[Problem]) -> str:
    return next((problem.text for problem in problems if problem.column == number), "")


def _hints(look: Look, entry: Entry, unread: Counter[str]) -> list[Hint]:
    hints = []
    if not look.filled:
        return [Hint(_("Empty in the first rows"))]
    if entry.to in ("mobile", "phone") and look.repaired:
        text = ngettext(
            "%(n)s number lost its zero in Excel: it will be repaired",
            "%(n)s numbers lost their zero in Excel: they will be repaired",
            look.repaired,
        )
        hints.append(Hint(text % {"n": f"{look.repaired:,}"}))
    if count := unread[entry.header] if entry.to != mapping.SKIP else 0:
        text = ngettext(
            "%(n)s value cannot be read and will be left out",
            "%(n)s values cannot be read and will be left out",
            count,
        )
        hints.append(Hint(text % {"n": f"{count:,}"}, is_warning=True))
    if entry.to == mapping.SKIP and look.share(look.emails) > 0.5:
        hints.append(Hint(_("This column holds e-mail addresses"), is_warning=True))
    return hints
