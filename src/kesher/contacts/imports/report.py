"""What came of an import: refusals by reason, the people it touched, and the refused rows as a file.

Files are safe from formula injection: a cell that a spreadsheet would run gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kesher.contacts.imports.reasons import REASONS
from kesher.contacts.models import Contact, Import
from kesher.lib import sql

_FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?[\d\s().,-]+$")
XLSX_ROWS = 1_000_000


@dataclass(frozen=True)
class ReasonCount:
    reason: str
    words: str | Promise
    count: int
    is_warning: bool


def reasons(row: Import) -> list[ReasonCount]:
    """How often each reason occurred, refused rows first, the most frequent first."""
    found = sql.rows(
        "SELECT reason, is_warning, count(*) FROM import_refusal WHERE workspace_id = %s"
        " AND import_id = %s GROUP BY reason, is_warning ORDER BY is_warning, count(*) DESC",
        (row.workspace_id, row.pk),
    )
    return [
        ReasonCount(reason, REASONS.get(reason, reason), count, is_warning)
        for reason, is_warning, count in found
    ]


@dataclass(frozen=True)
class RefusedRow:
    number: int
    column: str
    words: str
    value: str
    is_warning: bool
    cells: list[str]


_REFUSALS = """
SELECT id, row_number, "column", reason, value, is_warning, row::text FROM import_refusal
WHERE workspace_id = %(workspace)s AND import_id = %(import)s AND (row_number, id) > (%(row)s, %(id)s)
    AND (%(all)s OR NOT is_warning)
ORDER BY row_number, id LIMIT %(limit)s
"""


def refused_rows(
    row: Import, *, warnings: bool = True, limit: int | None = None
) -> Iterator[RefusedRow]:
    """In the order of the file, read a thousand at a time; with the rows taken without a value, if asked."""
    last = {"row": -1, "id": 0}
    left = limit
    while left is None or left > 0:
        page = min(1000, left) if left is not None else 1000
        found = sql.rows(
            _REFUSALS,
            {
                "workspace": row.workspace_id,
                "import": row.pk,
                "limit": page,
                "all": warnings,
                **last,
            },
        )
        for number, line, column, reason, value, is_warning, cells in found:
            words = str(REASONS.get(reason, reason))
            yield RefusedRow(line, column, words, value, is_warning, json.loads(cells))
            last = {"row": line, "id": number}
        if len(found) < page:
            return
        left = None if left is None else left - len(found)


def safe(cell: str) -> str:
    """The cell as text that no spreadsheet takes for a formula; numbers and phones stay as they are."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def _header(row: Import) -> list[str]:
    names = row.format.get("header", [])
    return [_("Row"), _("What happened"), _("Reason"), _("Column"), _("Value"),
            *(name or f"{number + 1}" for number, name in enumerate(names))]  # fmt: skip


def _cells(refused: RefusedRow) -> list[str]:
    happened = _("Taken without this value") if refused.is_warning else _("Not taken")
    told = [str(refused.number), happened, refused.words, refused.column, refused.value]
    return [safe(cell) for cell in (*told, *refused.cells)]


def as_csv(row: Import) -> Iterator[bytes]:
    """UTF-8 with a BOM, as Excel wants it; streamed."""
    yield "\ufeff".encode() + _line(_header(row))
    for refused in refused_rows(row):
        yield _line(_cells(refused))


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def as_xlsx(row: Import) -> IO[bytes]:
    """A workbook in a temporary file, at its beginning."""
    import xlsxwriter  # 1.6 MB, for the few who ask for a workbook

    out = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_("Refused rows")[:31])
        if row.workspace.language == "he":
            sheet.right_to_left()
        sheet.write_row(0, 0, _header(row), book.add_format({"bold": True}))
        for number, refused in enumerate(refused_rows(row, limit=XLSX_ROWS), 1):
            for place, cell in enumerate(_cells(refused)):
                sheet.write_string(number, place, cell[:32_000])
    out.seek(0)
    return out


_PEOPLE = """
SELECT DISTINCT contact_id FROM event WHERE workspace_id = %(workspace)s AND kind = %(kind)s
    AND at >= %(since)s AND source = %(source)s AND contact_id > %(after)s
ORDER BY contact_id LIMIT %(limit)s
"""
KINDS = {"created": "contact.created", "updated": "contact.updated"}


def people(row: Import, what: str, *, after: int = 0, limit: int = 50) -> list[Contact]:
    """Living people whom this import created or updated, oldest first, after a contact's id."""
    parameters = {
        "workspace": row.workspace_id,
        "kind": KINDS[what],
        "since": row.created_at,
        "source": f"import:{row.pk}",
        "after": after,
        "limit": limit,
    }
    ids = [number for (number,) in sql.rows(_PEOPLE, parameters)]
    found = Contact.objects.filter(workspace_id=row.workspace_id, pk__in=ids, deleted_at=None)
    return list(found.order_by("pk"))
