"""XLSX, XLS and ODS by calamine, in a process of its own under a memory limit, written out as UTF-8 CSV.

calamine holds a whole sheet in memory; the child process bounds what that can cost and gives it back. Large sheets
of XLSX are read as a stream: see `large_sheets`.
Run as a program: `python -m kesher.contacts.imports.workbooks SOURCE SHEET TARGET`, it answers one line of JSON.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import resource
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kesher.contacts.imports import large_sheets
from kesher.contacts.imports.limits import (
    MAX_COLUMNS,
    MAX_PACKING_RATIO,
    MAX_UNPACKED_BYTES,
    WORKBOOK_MEMORY_BYTES,
    WORKBOOK_SECONDS,
)
from kesher.contacts.imports.reasons import Unreadable

RATIO_MATTERS_FROM = 256 * 1024**2
LARGE_SHEET_BYTES = (
    48 * 1024**2
)  # unpacked: about a hundred thousand rows, which calamine holds in 80 MB


@dataclass(frozen=True)
class Sheet:
    """`rows` counts all rows of the sheet, empty ones too."""

    name: str
    names: list[str]
    rows: int


def to_csv(path: Path, sheet: str, target: Path) -> Sheet:
    """Write one sheet (empty: the first with something in it) as CSV. Raises Unreadable."""
    _check_packing(path)
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-m", __name__, str(path), sheet, str(target)],
            capture_output=True,
            timeout=WORKBOOK_SECONDS,
            stdin=subprocess.DEVNULL,
            env={"PYTHONPATH": ":".join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("bomb") from None
    if done.returncode != 0:
        raise Unreadable("bomb" if done.returncode < 0 else "damaged")
    answer = json.loads(done.stdout)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"], **answer.get("detail", {}))
    return Sheet(answer["name"], answer["names"], answer["rows"])


def _check_packing(path: Path) -> None:
    """Refuse a zip that says it unpacks to more than there is room for. Raises Unreadable."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise Unreadable("damaged") from None
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > MAX_UNPACKED_BYTES or (
        unpacked > RATIO_MATTERS_FROM and ratio > MAX_PACKING_RATIO
    ):
        raise Unreadable("bomb")


def cell_text(value: Any) -> str:
    """A cell as a person would type it: whole numbers without a point, dates as 2026-03-27."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "" if value is None else str(value)


class _TooWide(Exception):
    """More columns than are taken."""


def _convert(path: str, sheet: str, target: str) -> dict[str, Any]:
    if (found := _convert_large(path, sheet, target)) is not None:
        return found
    return _convert_whole(path, sheet, target)


def _convert_large(path: str, sheet: str, target: str) -> dict[str, Any] | None:
    """As a stream when the sheet is a large one of XLSX; None when it is not, or cannot be read so."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        try:
            book = large_sheets.open_book(archive)
            name = sheet if sheet in book.sheets else next(iter(book.names), "")
            if not name or book.size_bytes(name) < LARGE_SHEET_BYTES:
                return None
            rows = _stream(book, name, target)
        except (large_sheets.Refused, ValueError, IndexError, KeyError):
            return None
        except _TooWide as error:
            return _many_columns(int(str(error)))
    return {"name": name, "names": book.names, "rows": rows} if rows else None


def _stream(book: large_sheets.Book, name: str, target: str) -> int:
    with Path(target).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")

        def tell(row: list[str]) -> None:
            if len(row) > MAX_COLUMNS:
                raise _TooWide(len(row))
            writer.writerow(row)

        reader = large_sheets.SheetReader(book, tell, cell_text)
        with book.archive.open(book.sheets[name]) as source:
            return reader.read(source)


def _many_columns(count: int) -> dict[str, Any]:
    return {
        "unreadable": "many_columns",
        "detail": {"count": f"{count:,}", "limit": MAX_COLUMNS},
    }


def _convert_whole(path: str, sheet: str, target: str) -> dict[str, Any]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        if not names:
            return {"unreadable": "empty"}
        chosen = book.get_sheet_by_name(sheet) if sheet in names else _first_filled(book, names)
    except PasswordError:
        return {"unreadable": "password"}
    except (CalamineError, OSError):
        encrypted = b"E\0n\0c\0r\0y\0p\0t" in Path(path).read_bytes()[: 8 * 1024 * 1024]
        return {"unreadable": "password" if encrypted else "damaged"}
    if chosen.height == 0:
        return {"unreadable": "empty"}
    if chosen.width > MAX_COLUMNS:
        return _many_columns(chosen.width)
    with Path(target).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        rows = 0
        for row in chosen.iter_rows():
            writer.writerow([cell_text(value) for value in row])
            rows += 1
    return {"name": chosen.name, "names": names, "rows": rows}


def _first_filled(book: Any, names: list[str]) -> Any:
    sheets = (book.get_sheet_by_name(name) for name in names)
    first = next(sheets)
    if first.height:
        return first
    return next((sheet for sheet in sheets if sheet.height), first)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (WORKBOOK_MEMORY_BYTES, WORKBOOK_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (WORKBOOK_SECONDS, WORKBOOK_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(_convert(*sys.argv[1:4])))  # noqa: T201
