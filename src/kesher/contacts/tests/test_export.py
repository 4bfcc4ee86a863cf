from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from kesher.contacts import export
from kesher.contacts.export import safe_cell, write_file
from kesher.contacts.models import Contact


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("+972501234567", "+972501234567"),
        ("-3.5", "-3.5"),
        ("נועה", "נועה"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(given_text: str, written: str) -> None:
    assert safe_cell(given_text) == written


@given(st.text())
def test_whatever_is_written_no_cell_begins_a_formula(text: str) -> None:
    cell = safe_cell(text)

    assert not cell.startswith(("=", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text or cell == text


def test_a_workbook_reads_from_the_right_and_runs_nothing(
    workspace: Any, noa: Contact, dan: Contact, tmp_path: Path
) -> None:
    Contact.objects.filter(pk=dan.pk).update(first_name='=HYPERLINK("http://evil.example")')
    path = tmp_path / "people.xlsx"

    count = write_file(
        workspace,
        [[noa.pk], [dan.pk]],
        path,
        kind="xlsx",
        language="he",
        progress=lambda done: True,
    )

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert count == 2
    assert rows[0][0] == "שם פרטי"
    assert rows[1][:4] == ["נועה", "כהן", "noa@example.com", "050-123-4567"]
    assert rows[2][0].startswith("'=HYPERLINK")


def test_what_is_too_long_for_one_sheet_goes_on_in_the_next(
    workspace: Any, noa: Contact, dan: Contact, yael: Contact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(export, "ROWS_OF_A_SHEET", 2)
    path = tmp_path / "people.xlsx"

    write_file(
        workspace, [[noa.pk, dan.pk, yael.pk]], path, kind="xlsx", language="he", progress=lambda done: True
    )  # fmt: skip

    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["אנשי קשר", "אנשי קשר 2"]
    first, second = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert (len(first), len(second)) == (3, 2)
    assert first[0] == second[0]
