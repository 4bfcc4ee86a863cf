"""Imports: a file with its mapping and options, run in the background."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import File, Form, Router, Status
from ninja.files import UploadedFile
from pydantic import Field as Described
from pydantic import ValidationError

from kesher.accounts.access import Access
from kesher.api.keys import KeyAuth
from kesher.api.lists import lists_by_key
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Strict
from kesher.contacts.imports import actions, mapping, plan
from kesher.contacts.imports.reasons import REASONS, Unreadable
from kesher.contacts.models import Import, ImportRefusal
from kesher.lib import clock

router = Router(tags=["imports"])


class Options(Strict):
    """`columns`: target by header ("email", "custom:size", "new", "skip"); those not named are guessed.

    `consent` says what these people agreed to; "agreed" needs `channels` and `statement`, kept as evidence.
    """

    purpose: Literal["contacts", "blocked"] = "contacts"
    update: Literal["fill", "overwrite", "skip"] = "fill"
    lists: list[str] = []
    consent: Literal["agreed", "customers", "none"] = "none"
    channels: list[Literal["email", "sms", "whatsapp"]] = []
    statement: str = ""
    columns: dict[str, str] = {}


OptionsText = Annotated[
    str, Described(description="JSON, see Options: purpose, update, lists, consent, …")
]


class ColumnOut(Strict):
    header: str
    to: str


class ImportOut(Strict):
    id: int
    name: str
    state: str
    columns: list[ColumnOut]
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    created_at: datetime
    finished_at: datetime | None


class RefusalOut(Strict):
    row: int
    column: str
    reason: str
    words: str
    value: str
    is_warning: bool = Described(description="the row was taken without this value")


def shape(row: Import) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "state": row.state,
        "columns": [
            {"header": entry.header, "to": entry.to} for entry in mapping.from_json(row.mapping)
        ],
        "rows": row.rows,
        "created": row.created_count,
        "updated": row.updated_count,
        "unchanged": row.unchanged_count,
        "refused": row.refused_count,
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


@router.post("/imports", response={202: ImportOut, **ERRORS}, auth=KeyAuth("contacts:write"))
def start(
    request: ApiRequest,
    file: File[UploadedFile],
    options: Form[OptionsText] = "{}",
) -> Status[dict[str, Any]]:
    """Take a CSV or a workbook and start importing it."""
    access, chosen = request.auth, _options(options)
    lists = tuple(row.pk for row in lists_by_key(access, chosen.lists))
    try:
        row = actions.receive(access, chunks=file.chunks(), name=file.name or "file")
    except Unreadable as error:
        raise Problem(422, f"file-{error.reason}".replace("_", "-"), error.words) from error
    actions.choose(
        row,
        entries=_entries(row, chosen),
        options=plan.Options(
            purpose=chosen.purpose,
            update=chosen.update,
            lists=lists,
            consent=chosen.consent,
            channels=tuple(chosen.channels),
            statement=chosen.statement,
            country=access.workspace.country,
        ),
    )
    return Status(202, shape(actions.start(access, row, now=clock.now())))


def _options(text: str) -> Options:
    try:
        return Options.model_validate_json(text)
    except ValidationError as error:
        errors = [
            {
                "path": "options." + ".".join(str(part) for part in found["loc"]),
                "message": found["msg"],
            }
            for found in error.errors()
        ]
        raise Problem(
            422, "invalid", "The options are not of the expected shape.", errors=errors
        ) from error


def _entries(row: Import, chosen: Options) -> list[mapping.Entry]:
    guessed = mapping.from_json(row.mapping)
    headers = {entry.header for entry in guessed}
    if unknown := sorted(set(chosen.columns) - headers):
        errors = [
            {"path": "options.columns", "message": f"The file has no column {name!r}."}
            for name in unknown
        ]
        raise Problem(422, "unknown-column", "A column is not in the file.", errors=errors)
    return [
        mapping.Entry(
            chosen.columns.get(entry.header, entry.to), entry.header, entry.label, entry.type
        )
        for entry in guessed
    ]


def _import(access: Access, import_id: int) -> Import:
    return access.get(Import, import_id)


@router.get(
    "/imports/{import_id}", response={200: ImportOut, **ERRORS}, auth=KeyAuth("contacts:read")
)
def progress(request: ApiRequest, import_id: int) -> dict[str, Any]:
    return shape(_import(request.auth, import_id))


@router.get(
    "/imports/{import_id}/refusals",
    response={200: list[RefusalOut], **ERRORS},
    auth=KeyAuth("contacts:read"),
)
def refusals(request: ApiRequest, import_id: int, after_row: int = 0) -> list[dict[str, Any]]:
    """The rows (and values) that were not taken, 1,000 at a time by row number."""
    row = _import(request.auth, import_id)
    found = ImportRefusal.objects.filter(
        workspace_id=row.workspace_id,
        import_id=row.pk,
        row_number__gt=min(max(after_row, 0), 2**63 - 1),
    ).order_by("row_number", "pk")[:1000]
    return [
        {
            "row": refusal.row_number,
            "column": refusal.column,
            "reason": refusal.reason,
            "words": str(REASONS.get(refusal.reason, refusal.reason)),
            "value": refusal.value,
            "is_warning": refusal.is_warning,
        }
        for refusal in found
    ]
