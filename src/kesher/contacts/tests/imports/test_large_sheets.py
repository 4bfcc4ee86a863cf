from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from kesher.contacts.imports import workbooks
from kesher.contacts.imports.large_sheets import moment_text

ROWS: list[list[Any]] = [
    ["שם", "דוא״ל", "נרשם", "מועדון", "ילדים", "נוסחה"],
    ["נועה & דן <x>", "noa@example.com", dt.date(2026, 3, 27), True, 2, "=1+1"],
    [],
    ["תמר", "", dt.datetime(2026, 3, 27, 8, 30), False, 2.5, ""],  # noqa: DTZ001 (a sheet knows no zones)
    [" רווח ", "שורה\nשנייה", dt.date(1999, 12, 31), True, 50_123_456_789, "=A1"],
]


@pytest.fixture(params=[True, False], ids=["inline", "shared"])
def book(request: Any, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    options = {"constant_memory": request.param, "in_memory": False}
    with xlsxwriter.Workbook(str(path), options) as made:
        sheet = made.add_worksheet("לקוחות")
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        moment = made.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for number, row in enumerate(ROWS):
            for column, value in enumerate(row):
                if isinstance(value, dt.datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(number, column, value, day)
                elif value != "":
                    sheet.write(number, column, value)
        made.add_worksheet("ריק")
        last = made.add_worksheet("אחרון")
        last.write(2, 1, "לבד")
    return path


def rows_of(book: Path, sheet: str, target: Path, convert: Any) -> tuple[dict[str, Any], Any]:
    answer = convert(str(book), sheet, str(target))
    with target.open(encoding="utf-8", newline="") as file:
        return answer, list(csv.reader(file))


def test_a_stream_reads_what_calamine_reads(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGE_SHEET_BYTES", 0)

    streamed, rows = rows_of(book, "", tmp_path / "a.csv", workbooks._convert_large)
    whole, expected = rows_of(book, "", tmp_path / "b.csv", workbooks._convert_whole)

    assert rows == expected
    assert streamed == whole


def test_a_sheet_is_chosen_by_name(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGE_SHEET_BYTES", 0)

    answer, rows = rows_of(book, "אחרון", tmp_path / "a.csv", workbooks._convert)

    assert answer["name"] == "אחרון"
    assert [cell for row in rows for cell in row if cell] == ["לבד"]


def test_too_many_columns_are_refused_in_a_stream_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGE_SHEET_BYTES", 0)
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        made.add_worksheet().write(0, 9_999, "x")

    answer = workbooks._convert(str(path), "", str(tmp_path / "a.csv"))

    assert answer["unreadable"] == "many_columns"
    assert answer["detail"]["count"] == "10,000"


@pytest.mark.parametrize(
    ("serial", "from_1904", "text"),
    [
        (46108, False, "2026-03-27"),
        (46108.354166666664, False, "2026-03-27 08:30:00"),
        (0.5, False, "12:00:00"),
        (44646, True, "2026-03-27"),
        (-1, False, "-1"),
    ],
)
def test_day_numbers_become_days(serial: float, from_1904: bool, text: str) -> None:
    assert moment_text(serial, from_1904=from_1904) == text
