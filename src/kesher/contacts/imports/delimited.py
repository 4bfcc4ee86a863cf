"""Reading delimited text: which delimiter, and rows with the byte offset after each, to go on from there."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kesher.contacts.imports.limits import (
    MAX_BROKEN_ROWS,
    MAX_CELL_CHARACTERS,
    MAX_LINE_BYTES,
)
from kesher.contacts.imports.reasons import Unreadable

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 60
SAMPLE_BYTES = 512 * 1024

csv.field_size_limit(MAX_CELL_CHARACTERS)


@dataclass(frozen=True)
class Start:
    """Where the table begins: its delimiter and the byte offset of its first row, after BOM and `sep=`."""

    delimiter: str
    offset: int


class Broken(list[str]):
    """The cells of a row whose quotation marks do not close: its first line as it stands."""


def find_start(path: Path) -> Start:
    """The delimiter told by a `sep=;` line, else the one under which rows agree best on their width."""
    with path.open("rb") as file:
        raw = file.read(SAMPLE_BYTES)
    offset = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    text = raw[offset:].decode("utf-8", "replace")
    first = text.partition("\n")[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) <= 5:
        line = raw[offset:].partition(b"\n")[0]
        return Start(first[4:] or ",", offset + len(line) + 1)
    return Start(max(DELIMITERS, key=lambda mark: _agreement(text, mark)), offset)


def _agreement(text: str, delimiter: str) -> tuple[float, int]:
    """How well rows agree on a width over one, weighed a little by that width."""
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(row):
                widths[len(row)] += 1
            if widths.total() >= SAMPLE_ROWS:
                break
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    if width == 1:
        return (0.0, 1)
    return (count / widths.total() * min(width, 4), width)


class Reader:
    """Rows of a UTF-8 file from a byte offset. After each row, `offset` is where the next begins.

    A row whose quotes do not close is given as Broken (its first line), and reading goes on after that line.
    """

    def __init__(self, path: Path, delimiter: str, offset: int = 0) -> None:
        self.path, self.delimiter, self.offset = path, delimiter, offset
        self._broken = 0
        self._read = offset
        self._spanned = 0

    def __iter__(self) -> Iterator[list[str]]:
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            raise Unreadable("gone") from None
        with file:
            finished = False
            while not finished:
                finished = yield from self._until_broken(file)

    def _until_broken(self, file: BinaryIO) -> Generator[list[str], None, bool]:
        """Rows up to a broken one, which it gives too; its return value says whether the file has ended."""
        file.seek(self.offset)
        self._read, self._spanned = self.offset, 0
        rows = csv.reader(self._lines(file), delimiter=self.delimiter)
        try:
            for row in rows:
                if self._spanned > 1 and self._swallowed(file):
                    break
                self._spanned, self.offset = 0, self._read
                yield row
            else:
                return True
        except csv.Error:
            pass
        yield self._first_line(file)
        return False

    def _lines(self, file: BinaryIO) -> Iterator[str]:
        for line in file:
            self._read += len(line)
            self._spanned += 1
            if self._read - self.offset > MAX_LINE_BYTES:
                raise csv.Error
            yield line.decode("utf-8", "replace")

    def _swallowed(self, file: BinaryIO) -> bool:
        """Whether the file ended inside quotes, so that this row holds all that followed."""
        if file.peek(1):  # type: ignore[attr-defined]
            return False
        file.seek(self.offset)
        return file.read(self._read - self.offset).count(b'"') % 2 == 1

    def _first_line(self, file: BinaryIO) -> Broken:
        self._broken += 1
        if self._broken > MAX_BROKEN_ROWS:
            raise Unreadable("broken_quotes")
        file.seek(self.offset)
        line = file.readline(MAX_LINE_BYTES)
        self.offset += len(line)
        return Broken([line.decode("utf-8", "replace").strip()[:2000]])
