"""From an uploaded file to a table that can be read: kind, encoding, delimiter, header, a sample of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from kesher.contacts.imports import encodings, workbooks
from kesher.contacts.imports.delimited import Broken, Reader, find_start
from kesher.contacts.imports.guess import is_header
from kesher.contacts.imports.limits import MAX_COLUMNS
from kesher.contacts.imports.reasons import Unreadable

SAMPLE_ROWS = 5000
PREAMBLE_ROWS = 10
WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Table:
    """A file made ready. `rows_file` is UTF-8 CSV; `offset` is its first row of people, `row` that row's number.

    `lines` is at least the number of rows. `header` are the columns' names, made up when there is no header.
    """

    kind: str
    rows_file: str
    delimiter: str
    offset: int
    row: int
    lines: int
    header: list[str]
    has_header: bool
    encoding: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def prepare(
    path: Path, *, encoding: str = "", sheet: str = "", has_header: bool | None = None
) -> Table:
    """Find out how to read the file; what the person chose goes before what is found. Raises Unreadable."""
    with path.open("rb") as file:
        mark = file.read(512)
    if mark.startswith(WORKBOOK_MARKS):
        return _workbook(path, sheet, has_header)
    if mark.lstrip().lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise Unreadable("web_page")
    return _text(path, encoding, has_header)


def _workbook(path: Path, sheet: str, has_header: bool | None) -> Table:
    target = path.with_name("rows.csv")
    made = workbooks.to_csv(path, sheet, target)
    kind = "xlsx" if path.open("rb").read(2) == b"PK" else "xls"
    return _table(
        target, kind, made.rows, has_header, delimiter=",", sheet=made.name, sheets=made.names
    )


def _text(path: Path, encoding: str, has_header: bool | None) -> Table:
    found = encoding or encodings.detect(path)
    if found in ("utf-8", "utf-8-sig"):
        seen = encodings.scan(path)
        if seen.is_utf8 and not seen.has_nul and not seen.has_lone_cr:
            return _table(path, "csv", seen.lines, has_header, encoding=found)
    target = path.with_name("rows.csv")
    if not found.startswith("utf-16") and not found.startswith("utf-32"):
        encodings.scan(path)  # refuses a giant line before copying it
    encodings.to_utf8(path, found, target)
    lines = encodings.scan(target).lines
    return _table(target, "csv", lines, has_header, encoding=found)


def _table(
    path: Path,
    kind: str,
    lines: int,
    has_header: bool | None,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    sheets: Sequence[str] = (),
) -> Table:
    start = find_start(path)
    mark = delimiter or start.delimiter
    offsets, head = [], []
    reader = Reader(path, mark, start.offset)
    offsets.append(reader.offset)
    for row in islice(reader, 60):
        if len(row) > MAX_COLUMNS:
            raise Unreadable("many_columns", count=f"{len(row):,}", limit=MAX_COLUMNS)
        head.append(row)
        offsets.append(reader.offset)
    first = _first_row(head)
    if first is None:
        raise Unreadable("empty")
    headed = (
        is_header(head[first], head[first + 1 : first + 20]) if has_header is None else has_header
    )
    width = max(len(row) for row in head[first:])
    names = unique_names(head[first] if headed else [], width)
    begin = first + headed
    if begin >= len(head) and offsets[-1] >= path.stat().st_size:
        raise Unreadable("only_header")
    return Table(
        kind, path.name, mark, offsets[begin], begin + 1, lines, names, headed, encoding, sheet, list(sheets)
    )  # fmt: skip


def _first_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Where the table begins: after empty rows and titles that fill one cell of a wide table."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not any(filled):
        return None
    usual = sorted(count for count in filled if count)[len([c for c in filled if c]) // 2]
    for number, count in enumerate(filled[:PREAMBLE_ROWS]):
        if count and (count > 1 or usual < 3) and not isinstance(rows[number], Broken):
            return number
    return next(number for number, count in enumerate(filled) if count)


def unique_names(header: Sequence[str], width: int) -> list[str]:
    """A name for each column: those of the header, repeated ones numbered, "" where there is none."""
    names: list[str] = []
    for cell in [*header, *[""] * (width - len(header))]:
        name = " ".join(cell.split())[:120]
        number, unique = 2, name
        while name and unique in names:
            unique, number = f"{name} ({number})", number + 1
        names.append(unique)
    return names


def people_rows(folder: Path, table: Table) -> Iterator[list[str]]:
    """The rows of people, each as wide as the header; empty ones left out."""
    width = len(table.header)
    for row in Reader(folder / table.rows_file, table.delimiter, table.offset):
        if any(cell.strip() for cell in row):
            yield (row + [""] * (width - len(row)))[:width]


def sample(folder: Path, table: Table, limit: int = SAMPLE_ROWS) -> list[list[str]]:
    """The first rows of people."""
    return list(islice(people_rows(folder, table), limit))


def table_of(data: Mapping[str, Any]) -> Table:
    """The table as kept in `Import.format`."""
    return Table(**{name: data[name] for name in Table.__dataclass_fields__})
