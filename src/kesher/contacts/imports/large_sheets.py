"""A large sheet of an XLSX file read as a stream, where calamine would hold all of it: a million rows in 30 MB.

ECMA-376 part 1, chapter 18. It answers the same rows as calamine and is some three times slower, so only large
sheets go this way; `workbooks` decides. Runs in the same child process, under the same limits.
"""

from __future__ import annotations

import datetime as dt
import mmap
import re
import tempfile
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

BLOCK = 1024 * 1024
_DIGITS = "0123456789"
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Refused(Exception):
    """The file is no workbook that can be read this way."""


def _parse(source: IO[bytes], start: Any, end: Any = None, text: Any = None) -> None:
    """Read XML in blocks. No document type: it is where entities explode."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        while block := source.read(BLOCK):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, EOFError) as error:
        raise Refused(str(error)) from error


def _refuse(*_given: Any) -> None:
    raise Refused("a document type")


class _Bare(dict[str, str]):
    """Names without their prefix, each cut once: there are tens of millions of elements."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


_BARE = _Bare()


@dataclass
class Strings:
    """The shared strings: their bytes in a file without a name, their ends in eight bytes each."""

    ends: array[int] = field(default_factory=lambda: array("Q", [0]))
    content: Any = b""

    def __getitem__(self, number: int) -> str:
        found: bytes = self.content[self.ends[number] : self.ends[number + 1]]
        return found.decode()


def _strings(archive: zipfile.ZipFile) -> Strings:
    found = Strings()
    if "xl/sharedStrings.xml" not in archive.namelist():
        return found
    parts: list[str] = []
    inside = {"t": False, "rPh": False}  # rPh: how Japanese is read, not part of the text
    file = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the map of it)

    def start(name: str, _attributes: dict[str, str]) -> None:
        if (bare := _BARE[name]) in inside:
            inside[bare] = True

    def text(given: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(given)

    def end(name: str) -> None:
        bare = _BARE[name]
        if bare in inside:
            inside[bare] = False
        elif bare == "si":
            file.write("".join(parts).encode())
            found.ends.append(file.tell())
            parts.clear()

    with archive.open("xl/sharedStrings.xml") as source:
        _parse(source, start, end, text)
    file.flush()
    if found.ends[-1]:
        found.content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return found


def _date_styles(archive: zipfile.ZipFile) -> set[int]:
    """The numbers of the cell styles that show a number as a date or a time."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    dates, formats, styles = set(_BUILT_IN_DATES), list[int](), [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        match _BARE[name]:
            case "numFmt":
                code = _NOT_CODE.sub("", attributes.get("formatCode", "").partition(";")[0])
                if re.search(r"[dmyhs]", code, re.IGNORECASE) and "General" not in code:
                    dates.add(int(attributes["numFmtId"]))
            case "cellXfs":
                styles[0] = True
            case "xf" if styles[0]:
                formats.append(int(attributes.get("numFmtId", 0)))

    def end(name: str) -> None:
        if _BARE[name] == "cellXfs":
            styles[0] = False

    with archive.open("xl/styles.xml") as source:
        _parse(source, start, end)
    return {number for number, kind in enumerate(formats) if kind in dates}


@dataclass
class Book:
    """The parts of a workbook: sheets by name, in order."""

    archive: zipfile.ZipFile
    sheets: dict[str, str] = field(default_factory=dict)
    counts_from_1904: bool = False

    @property
    def names(self) -> list[str]:
        return list(self.sheets)

    def size_bytes(self, sheet: str) -> int:
        """Of a sheet, unpacked."""
        return self.archive.getinfo(self.sheets[sheet]).file_size


def open_book(archive: zipfile.ZipFile) -> Book:
    """Raises Refused for what is no XLSX."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(archive.namelist()):
        raise Refused("no workbook")
    targets: dict[str, str] = {}
    book = Book(archive)

    def relation(name: str, attributes: dict[str, str]) -> None:
        if _BARE[name] == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = (
                target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            )

    def part(name: str, attributes: dict[str, str]) -> None:
        match _BARE[name]:
            case "workbookPr":
                book.counts_from_1904 = attributes.get("date1904") in ("1", "true")
            case "sheet":
                number = next(
                    (v for k, v in attributes.items() if _BARE[k] == "id" and k != "id"), ""
                )
                if targets.get(number, "") in archive.namelist():
                    book.sheets[attributes.get("name", "")] = targets[number]

    with archive.open("xl/_rels/workbook.xml.rels") as source:
        _parse(source, relation)
    with archive.open("xl/workbook.xml") as source:
        _parse(source, part)
    return book


def moment_text(serial: float, *, from_1904: bool) -> str:
    """Excel's day number as it is written: 2026-03-27, with a time when it has one, or a time alone."""
    if not 0 <= serial < 2_958_466:  # 31.12.9999
        return repr(serial)
    seconds = round(serial % 1 * 86_400)
    if serial < 1 and not from_1904:
        return str(dt.time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60).isoformat())
    origin = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
    at = origin + dt.timedelta(days=int(serial), seconds=seconds)
    return at.date().isoformat() if at.time() == dt.time() else at.isoformat(" ")


class _Columns(dict[str, int]):
    """A → 0, AB → 27."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return self[letters]


_COLUMNS = _Columns()


class SheetReader:
    """Tells each row of a sheet to `tell`, as text; empty rows between others too."""

    def __init__(
        self, book: Book, tell: Callable[[list[str]], None], number_text: Callable[[float], str]
    ) -> None:
        self._tell, self._number_text = tell, number_text
        self._from_1904 = book.counts_from_1904
        self._strings, self._dates = _strings(book.archive), _date_styles(book.archive)
        self._row: list[str] = []
        self._told = 0
        self._first: int | None = None
        self._parts: list[str] = []
        self._takes = False
        self._kind, self._style, self._place = "n", 0, -1
        self.width = 0

    def read(self, source: IO[bytes]) -> int:
        """Answers how many rows."""
        _parse(source, self._start, self._end, self._text)
        return self._told

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _BARE[name]
        if name == "c":
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", 0))
            at = attributes.get("r")
            self._place = _COLUMNS[at.rstrip(_DIGITS)] if at else self._place + 1
            self._parts.clear()
        elif name in ("v", "t"):
            self._takes = True
        elif name == "row":
            self._row, self._place = [], -1
            self._number = int(attributes.get("r", 0))

    def _text(self, given: str) -> None:
        if self._takes:
            self._parts.append(given)

    def _end(self, name: str) -> None:
        name = _BARE[name]
        if name in ("v", "t"):
            self._takes = False
        elif name == "c":
            if self._parts and (shown := self._shown("".join(self._parts))):
                self._row += [""] * (self._place + 1 - len(self._row))
                self._row[self._place] = shown
        elif name == "row":
            self._tell_row()

    def _shown(self, raw: str) -> str:
        match self._kind:
            case "s":
                return self._strings[int(raw)].replace("\0", "")
            case "n":
                number = float(raw)
                if self._style in self._dates:
                    return moment_text(number, from_1904=self._from_1904)
                return self._number_text(number)
            case "b":
                return "TRUE" if raw == "1" else "FALSE"
            case _:
                return raw

    def _tell_row(self) -> None:
        """Rows before the first filled one are left out, as calamine does; those between are told empty."""
        if not self._row:
            return
        self.width = max(self.width, len(self._row))
        number = self._number or (self._first or 1) + self._told
        if self._first is None:
            self._first = number
        while self._told < number - self._first:
            self._tell([""] * self.width)
            self._told += 1
        self._tell(self._row + [""] * (self.width - len(self._row)))
        self._told += 1
