"""What staff do with imports: bring a file, say what its columns are, start, save a mapping, remove.

Files lie in the data folder under imports/<id>/; only their path relative to it is kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from kesher.accounts.access import Access
from kesher.accounts.work import start_work
from kesher.contacts.errors import Refused
from kesher.contacts.imports import intake, mapping, plan
from kesher.contacts.imports.guess import guess, look_at
from kesher.contacts.imports.mapping import CUSTOM, NEW, Entry
from kesher.contacts.imports.reasons import Unreadable
from kesher.contacts.models import Field, Import, ImportMapping
from kesher.contacts.vocabulary import DEFAULT_KEYS, fields_of, folded
from kesher.lib import bidi, sql
from kesher.lib.slugs import make_key

FOLDER = "imports"
MOST_CHOICES = 100


def receive(access: Access, *, chunks: Iterable[bytes], name: str) -> Import:
    """Keep an uploaded file and look into it; its columns are guessed. Raises Unreadable, keeping nothing."""
    row = Import.objects.create(
        workspace=access.workspace, name=name[:255], path="", size_bytes=0, created_by=access.user
    )
    folder = Path(settings.HOME) / FOLDER / str(row.pk)
    try:
        row.size_bytes = _store(chunks, folder / "original")
        row.path = f"{FOLDER}/{row.pk}/original"
        look(access, row)
    except BaseException:
        row.delete()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return row


def folder_of(row: Import) -> Path:
    """Where the import's files lie."""
    return (Path(settings.HOME) / row.path).parent


def _store(chunks: Iterable[bytes], target: Path) -> int:
    """Write the upload; answers its size. Raises Unreadable when it is larger than allowed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with target.open("wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.MAX_UPLOAD_BYTES:
                limit = f"{settings.MAX_UPLOAD_BYTES // 1024**2:,} MB"
                raise Unreadable("too_large", limit=limit)
            out.write(chunk)
    return size


def look(
    access: Access,
    row: Import,
    *,
    encoding: str = "",
    sheet: str = "",
    has_header: bool | None = None,
) -> None:
    """Read the file by these choices ("" and None: find out) and guess its columns anew. Raises Unreadable."""
    path = Path(settings.HOME) / row.path
    table = intake.prepare(path, encoding=encoding, sheet=sheet, has_header=has_header)
    rows = intake.sample(path.parent, table)
    if not rows:
        raise Unreadable("only_header")
    fields = fields_of(access.workspace)
    country = access.workspace.country
    entries = guess(look_at(table.header, rows, country), fields)
    saved = mapping.saved_for(access.workspace, table.header) if table.has_header else None
    if saved is not None:
        entries = _still_there(mapping.from_json(saved.mapping), entries, {f.key for f in fields})
    row.format = {**table.to_json(), "saved": saved.name if saved else ""}
    row.mapping = mapping.to_json(entries)
    row.options = row.options or {"country": country}
    row.save()


def _still_there(saved: Sequence[Entry], guessed: Sequence[Entry], keys: set[str]) -> list[Entry]:
    """The saved mapping; a column whose field is gone is guessed."""
    return [
        old if old.custom_key is None or old.custom_key in keys else new
        for old, new in zip(saved, guessed, strict=False)
    ]


def choose(row: Import, *, entries: Sequence[Entry], options: plan.Options) -> None:
    """Keep what was chosen so far. Once the import has started, nothing changes what it does.

    A screen tells each change as it is made; the last one may come in behind the start.
    """
    row.mapping, row.options = mapping.to_json(entries), options.to_json()
    Import.objects.filter(
        workspace_id=row.workspace_id, pk=row.pk, state=Import.State.UPLOADED
    ).update(mapping=row.mapping, options=row.options)


def save_mapping(access: Access, row: Import, *, name: str) -> ImportMapping:
    """Keep this mapping for files with the same header; one of that name is replaced."""
    tidy = " ".join(name.split())[:120]
    if not tidy:
        raise Refused("name", _("Give the mapping a name."), code="required")
    saved, _made = ImportMapping.objects.update_or_create(
        workspace=access.workspace,
        name=tidy,
        defaults={
            "header_hash": mapping.header_hash(row.format["header"]),
            "mapping": row.mapping,
        },
    )
    return saved


def start(access: Access, row: Import, *, now: datetime) -> Import:
    """Begin in the background: makes the new fields, keeps the evidence of consent, defers the job.

    Raises Refused when something is still to be decided; harmless when it runs already.
    """
    options, entries = plan.from_json(row.options), mapping.from_json(row.mapping)
    blocked = options.purpose == plan.BLOCKED
    fields = fields_of(access.workspace)
    found = [problem.text for problem in mapping.problems(entries, fields, blocked=blocked)]
    if found := [*found, *plan.problems(options)]:
        raise Refused("", found[0])
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=row.pk, workspace=access.workspace)
        if row.state != Import.State.UPLOADED:
            return row
        if not blocked:
            entries = _make_fields(access, row, entries)
        title = _("Import of %(name)s") % {"name": bidi.file_name(row.name)}
        url = f"/w/{access.workspace.key}/imports/{row.pk}/"
        total = max(row.format["lines"] - row.format["row"] + 1, 1)
        row.work = start_work(access, kind="contacts.import", title=title, url=url, total=total)
        row.mapping, row.state = mapping.to_json(entries), Import.State.RUNNING
        row.position = {
            "offset": row.format["offset"],
            "row": row.format["row"],
            "evidence": _keep_evidence(access, row, options, now),
        }
        row.save()
        access.audit("import.started", row, row.name, **options.to_json())
        _defer(row.pk)
    return row


def _defer(import_id: int) -> None:
    app.configure_task("contacts.import").defer(import_id=import_id)


def _keep_evidence(access: Access, row: Import, options: plan.Options, now: datetime) -> int | None:
    """One evidence for all the rows of this import; None when nobody agreed to anything."""
    if not options.granted:
        return None
    data = {"file": row.name, "import": row.pk, "statement": options.statement.strip()[:2000]}
    found: int = sql.value(
        "INSERT INTO consent_evidence (workspace_id, basis, data, created_at)"
        " VALUES (%s, 'import', %s::jsonb, %s) RETURNING id",
        (access.workspace.pk, json.dumps(data), now),
    )
    return found


def _make_fields(access: Access, row: Import, entries: Sequence[Entry]) -> list[Entry]:
    """The new fields, with the choices that the file holds; one of the same name and type is used."""
    known = Field.objects.filter(workspace=access.workspace)
    taken = DEFAULT_KEYS | set(known.values_list("key", flat=True))
    same = {(folded(f.label), f.type): f.key for f in known.filter(archived_at=None)}
    position = known.count()
    made = []
    for number, entry in enumerate(entries):
        if entry.to != NEW:
            made.append(entry)
            continue
        if key := same.get((folded(entry.label), entry.type), ""):
            made.append(replace(entry, to=CUSTOM + key))
            continue
        key = make_key(entry.label, taken)
        taken |= {key}
        position += 1
        kind, choices = _choices(entry.type, number, row)
        Field.objects.create(
            workspace=access.workspace, key=key, label=entry.label.strip()[:120], type=kind,
            options={"choices": choices} if choices else {}, position=position,
        )  # fmt: skip
        made.append(replace(entry, to=CUSTOM + key))
    return made


def _choices(kind: str, number: int, row: Import) -> tuple[str, list[dict[str, str]]]:
    """The values of a column as choices; plain text when there are too many for a choice."""
    if kind not in ("choice", "choices"):
        return kind, []
    labels: dict[str, None] = {}
    for cells in intake.people_rows(folder_of(row), intake.table_of(row.format)):
        parts = _split(cells[number]) if kind == "choices" else [cells[number].strip()]
        labels.update(dict.fromkeys(part[:120] for part in parts if part))
        if len(labels) > MOST_CHOICES:
            return "text", []
    choices: list[dict[str, str]] = []
    for label in labels:
        key = make_key(label, {choice["key"] for choice in choices})
        choices.append({"key": key, "label": label})
    return kind, choices


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace(";", ",").replace("|", ",").split(",")]


def remove(access: Access, row: Import) -> None:
    """Forget an import that does not run: its file and its report. The people stay."""
    if row.state == Import.State.RUNNING:
        raise Refused("", _("Cancel the import before you remove it."))
    folder = folder_of(row)
    with transaction.atomic():
        sql.execute(
            "DELETE FROM import_refusal WHERE workspace_id = %s AND import_id = %s",
            (access.workspace.pk, row.pk),
        )
        access.audit("import.removed", row, row.name)
        row.delete()
    shutil.rmtree(folder, ignore_errors=True)
