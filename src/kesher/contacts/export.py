"""Contacts as a file, CSV or XLSX, written in pieces: memory stays the same for ten people and a million.

Cells that a spreadsheet would take for a formula get an apostrophe before them (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kesher.accounts.models import Workspace
from kesher.accounts.work import end_cancelled, fail_work, finish_work, report_progress
from kesher.contacts.mass.selection import pieces_of
from kesher.contacts.models import MassAct
from kesher.contacts.vocabulary import FieldInfo, fields_of
from kesher.lib import sql

PIECE = 2_000
ROWS_OF_A_SHEET = (
    1_048_575  # Excel takes 1,048,576, the head among them; what is more goes to another sheet
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_READ = """
SELECT c.id, c.first_name, c.last_name, c.email, c.mobile, c.phone, c.role, c.company, c.city, c.birthday, c.notes,
    c.fields::text, c.email_consent, c.sms_consent, c.whatsapp_consent, c.created_at, c.active_at
FROM contact c WHERE c.workspace_id = %s AND c.id = ANY(%s) AND c.deleted_at IS NULL ORDER BY c.id
"""
_COLUMNS = (
    "first_name",
    "last_name",
    "email",
    "mobile",
    "phone",
    "role",
    "company",
    "city",
    "birthday",
    "notes",
)


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet runs. A phone number or a plain number may keep its sign."""
    if not text.startswith(_DANGEROUS):
        return text
    digits = text[1:].replace(".", "", 1).replace(",", "")
    return text if text[0] in "+-" and digits.isascii() and digits.isdigit() else "'" + text


def head(fields: Sequence[FieldInfo]) -> list[str]:
    consent = [_("E-mail consent"), _("SMS consent"), _("WhatsApp consent")]
    return [*(str(info.label) for info in fields), *consent, _("Added"), _("Last active")]


def lines(
    workspace: Workspace, pieces: Iterable[Sequence[int]], fields: Sequence[FieldInfo]
) -> Iterator[list[str]]:
    """The cells of each contact, in the active language; `pieces` of ids, some thousand at once."""
    language = translation.get_language() or "he"
    states = {"granted": _("Agreed"), "withdrawn": _("Refused"), "": ""}
    for ids in pieces:
        for row in sql.rows(_READ, (workspace.pk, list(ids))):
            values = dict(zip(_COLUMNS, row[1:11], strict=True)) | json.loads(row[11])
            cells = [_shown(info, values.get(info.key), language) for info in fields]
            moments = [at.strftime("%Y-%m-%d %H:%M") if at else "" for at in row[15:17]]
            yield [
                *map(safe_cell, cells),
                *(states.get(state, state) for state in row[12:15]),
                *moments,
            ]


def _shown(info: FieldInfo, value: Any, language: str) -> str:
    if value in (None, "", []):
        return ""
    if info.type == "date":
        return str(value)
    return info.field_type.show(value, info.options, language)


def write_file(
    workspace: Workspace, pieces: Iterable[Sequence[int]], path: Path, *, kind: str, language: str,
    progress: Callable[[int], bool],
) -> int:  # fmt: skip
    """Write the file; answers how many rows it has. Stops early when `progress(rows)` answers False."""
    with translation.override(language):
        fields = [info for info in fields_of(workspace) if info.type != "signature"]
        rows = lines(workspace, pieces, fields)
        path.parent.mkdir(parents=True, exist_ok=True)
        write = _write_xlsx if kind == "xlsx" else _write_csv
        return write(path, head(fields), rows, progress, language)


def _write_csv(
    path: Path,
    names: list[str],
    rows: Iterator[list[str]],
    progress: Callable[[int], bool],
    language: str,
) -> int:
    count = 0
    with path.open(
        "w", encoding="utf-8-sig", newline=""
    ) as file:  # the mark makes Excel read Hebrew
        writer = csv.writer(file)
        writer.writerow([safe_cell(name) for name in names])
        for count, row in enumerate(rows, start=1):
            writer.writerow(row)
            if count % PIECE == 0 and not progress(count):
                break
    return count


def _write_xlsx(
    path: Path,
    names: list[str],
    rows: Iterator[list[str]],
    progress: Callable[[int], bool],
    language: str,
) -> int:
    import xlsxwriter  # 1.6 MB, for the few who ask for a workbook

    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet: Any = None
        for count, row in enumerate(rows, start=1):
            line = (count - 1) % ROWS_OF_A_SHEET
            if line == 0:
                sheet = _new_sheet(book, names, bold, language)
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(line + 1, column, cell)
            if count % PIECE == 0 and not progress(count):
                break
        if sheet is None:
            _new_sheet(book, names, bold, language)
    return count


def _new_sheet(book: Any, names: Sequence[str], bold: Any, language: str) -> Any:
    """The first is called Contacts, the others have their number."""
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(_("Contacts") if number == 1 else f"{_('Contacts')} {number}")
    if language == "he":
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    return sheet


def file_of(work_id: int, kind: str) -> Path:
    return Path(settings.HOME) / "exports" / f"{work_id}.{kind}"


def run_export(workspace_id: int, act_id: int) -> None:
    """The background part: write the file, tell how far it is, say where it lies."""
    act = MassAct.objects.select_related("workspace").get(pk=act_id, workspace_id=workspace_id)
    if (work_id := act.work_id) is None:  # swept away: nobody waits for it
        return
    kind, language = act.data["format"], act.data["language"]
    path = file_of(work_id, kind)
    cancelled = False

    def progress(done: int) -> bool:
        nonlocal cancelled
        cancelled = not report_progress(work_id, done=done, total=act.total)
        return not cancelled

    if not progress(0):
        end_cancelled(work_id, result={})
        return
    try:
        count = write_file(
            act.workspace, pieces_of(act), path, kind=kind, language=language, progress=progress
        )
    except OSError as error:
        with translation.override(language):
            fail_work(
                work_id, error=_("The file could not be written: %(why)s") % {"why": error.strerror}
            )
        return
    if cancelled:
        path.unlink(missing_ok=True)
        end_cancelled(work_id, result={})
    else:
        report_progress(work_id, done=count, total=count)
        finish_work(work_id, result={"rows": count, "kind": kind})
