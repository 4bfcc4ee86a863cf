from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kesher.contacts.imports import intake
from kesher.contacts.imports.reasons import Unreadable

TABLE = 'שם;דוא״ל;טלפון;עיר\r\nנועה כהן;noa@example.com;501234567;"תל\r\nאביב"\r\nדן;dan@example.com;0502345678;חיפה\r\n'
PLAIN = TABLE.replace("״", '"')
ROWS = [
    ["נועה כהן", "noa@example.com", "501234567", "תל אביב"],
    ["דן", "dan@example.com", "0502345678", "חיפה"],
]


def read(folder: Path, content: bytes) -> tuple[intake.Table, list[list[str]]]:
    path = folder / "original"
    path.write_bytes(content)
    table = intake.prepare(path)
    rows = intake.sample(folder, table)
    return table, [[" ".join(cell.split()) for cell in row] for row in rows]


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(folder, content)
    assert caught.value.words
    return caught.value.reason


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "windows-1255",
        "iso-8859-8",
        "cp862",
    ],
)
def test_every_encoding_that_excel_writes_is_recognised(tmp_path: Path, encoding: str) -> None:
    legacy = encoding in ("windows-1255", "iso-8859-8", "cp862")

    _table, rows = read(tmp_path, (PLAIN if legacy else TABLE).encode(encoding))

    assert rows == ROWS


def test_western_accents_are_not_taken_for_hebrew(tmp_path: Path) -> None:
    _table, rows = read(tmp_path, "Name,City\nJosé,Málaga\nÉlodie,Besançon\n".encode("cp1252"))

    assert rows == [["José", "Málaga"], ["Élodie", "Besançon"]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_delimiter_is_found_among_quotes_and_commas(tmp_path: Path, mark: str) -> None:
    text = f'name{mark}mail\n"כהן, נועה; רחוב"{mark}noa@example.com\n'

    table, rows = read(tmp_path, text.encode())

    assert table.delimiter == mark
    assert rows == [["כהן, נועה; רחוב", "noa@example.com"]]


def test_the_line_that_tells_excel_the_delimiter_is_no_row(tmp_path: Path) -> None:
    table, rows = read(tmp_path, b"sep=;\r\nmail;city\r\na@b.co;X\r\n")

    assert (table.header, rows) == (["mail", "city"], [["a@b.co", "X"]])


def test_nul_bytes_and_old_line_ends_are_read(tmp_path: Path) -> None:
    _table, rows = read(tmp_path, b"mail,city\ra@b.co,Hai\0fa\rc@d.co,X\r")

    assert rows == [["a@b.co", "Haifa"], ["c@d.co", "X"]]


def test_a_file_without_a_header_starts_with_a_person(tmp_path: Path) -> None:
    table, rows = read(tmp_path, "נועה,noa@example.com\nדן,dan@example.com\n".encode())

    assert not table.has_header
    assert len(rows) == 2


def test_repeated_names_of_columns_are_told_apart(tmp_path: Path) -> None:
    table, _rows = read(tmp_path, b"mail,phone,phone\na@b.co,1,2\n")

    assert table.header == ["mail", "phone", "phone (2)"]


def test_a_quote_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    _table, rows = read(tmp_path, b'mail,city\na@b.co,X\n"broken,Y\nc@d.co,Z\n')

    assert [row[0] for row in rows] == ["a@b.co", '"broken,Y', "c@d.co"]


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_dates_numbers_and_truth_as_people_type_them(tmp_path: Path) -> None:
    content = workbook(
        ריק=[],
        לקוחות=[
            ["דוח לקוחות"],
            [],
            ["שם", "נייד", "לידה", "פעיל", "הנחה"],
            ["נועה", 501234567, dt.date(1980, 5, 4), True, 0.15],
        ],
    )

    table, rows = read(tmp_path, content)

    assert table.sheet == "לקוחות"
    assert table.header == ["שם", "נייד", "לידה", "פעיל", "הנחה"]
    assert rows == [["נועה", "501234567", "1980-05-04", "TRUE", "0.15"]]


def test_files_that_are_no_tables_are_refused_in_words(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"") == "empty"
    assert refusal(tmp_path, b" \r\n,,\r\n") == "empty"
    assert refusal(tmp_path, b"mail,name\n") == "only_header"
    assert refusal(tmp_path, b"<html><table></table></html>") == "web_page"
    assert refusal(tmp_path, b"PK\x03\x04 not a zip") == "damaged"
    assert (
        refusal(tmp_path, b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
        == "password"
    )


def test_ten_thousand_columns_are_refused(tmp_path: Path) -> None:
    row = ",".join(f"c{number}" for number in range(10_000))

    assert refusal(tmp_path, f"{row}\n{row}\n".encode()) == "many_columns"
    assert refusal(tmp_path, workbook(a=[list(range(600)), [1]])) == "many_columns"


def test_a_giant_file_of_one_line_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "original"
    with path.open("wb") as file:
        file.write(b"mail," * 1000)
        file.truncate(1024**3)

    begun = time.monotonic()
    with pytest.raises(Unreadable, match="long_line"):
        intake.prepare(path, encoding="utf-8")

    assert time.monotonic() - begun < 2


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/a.xml", "w") as file,
    ):
        for _ in range(300):
            file.write(b"\0" * 1024 * 1024)

    assert refusal(tmp_path, out.getvalue()) == "bomb"
