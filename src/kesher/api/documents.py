"""Documents: trees of blocks, saved with a revision, rendered for a contact."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Status

from kesher.accounts.models import Workspace
from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Limit, PageOf, Strict, page_of, read_cursor
from kesher.contacts.models import Contact
from kesher.content.actions import Conflict, create_document, save_document
from kesher.content.coverage import REACHABLE, Coverage
from kesher.content.coverage import coverage as cover
from kesher.content.models import Document
from kesher.content.preview import Preview, preview
from kesher.content.problems import ERROR, HINT, WARNING
from kesher.content.text_sizes import text_for
from kesher.content.texts import TEXT_CHANNELS
from kesher.content.workspace import compile_in, problems_in, refuse_bad_rules
from kesher.lib import clock
from kesher.lib.patience import TooSlow
from kesher.lib.sms import measure_for
from kesher.messages.estimates import frame_for

router = Router(tags=["documents"])


class DocumentOut(Strict):
    id: int
    kind: str
    name: str
    subject: str
    preheader: str
    body: dict[str, Any]
    revision: int
    updated_at: datetime


class DocumentIn(Strict):
    """`body` as in FORMATS: {"format": 1, "language", "direction", "theme", "blocks"}; of texts only `sms_text` blocks."""

    kind: Literal["email", "sms", "whatsapp"] = "email"
    name: str
    subject: str = ""
    preheader: str = ""
    body: dict[str, Any]


class DocumentChange(Strict):
    """`revision` is the one that was read; another one in between is answered with 409."""

    name: str | None = None
    subject: str | None = None
    preheader: str | None = None
    body: dict[str, Any] | None = None
    revision: int


class TargetOut(Strict):
    """A block for some people only. `visible` is false also where it lies in columns that are not shown."""

    block: str
    holds: bool
    visible: bool
    sentence: str


class TextSizeOut(Strict):
    """As phones count: "gsm7" or "ucs2"; `left` is free in the last part."""

    encoding: str
    characters: int
    parts: int
    per_part: int
    left: int


class RenderedOut(Strict):
    """`leaves_something` false: nothing in it is meant for this contact, and it would not be sent.

    `size` is of texts only, which are shown as advertising leaves.
    """

    subject: str
    html: str
    text: str
    size: TextSizeOut | None = None
    targeting: list[TargetOut]
    leaves_something: bool


class DocumentProblemOut(Strict):
    """An "error" stops publishing, a "warning" does not, a "hint" is about targeting."""

    code: str
    path: str
    block: str
    message: str
    severity: Literal["error", "warning", "hint"]
    data: dict[str, Any]


class SomeoneOut(Strict):
    id: int
    name: str
    email: str


class CombinationOut(Strict):
    """People who see the same targeted blocks, and one of them."""

    shown: list[str]
    hidden: list[str]
    count: int
    contact: SomeoneOut | None


class CoverageOut(Strict):
    """`nothing`: who would get no content and are not written to. `about`: counted on a sample and multiplied."""

    total: int
    about: bool
    blocks: dict[str, int]
    combinations: list[CombinationOut]
    other_combinations: int
    other_people: int
    nothing: int
    nothing_contact: SomeoneOut | None
    problems: list[DocumentProblemOut]


class DocumentQuery(Strict):
    cursor: str | None = None
    limit: int = Limit


def shape(document: Document) -> dict[str, Any]:
    names = ("kind", "name", "subject", "preheader", "body", "revision", "updated_at")
    return {"id": document.pk, **{name: getattr(document, name) for name in names}}


def _document(request: ApiRequest, document_id: int) -> Document:
    return request.auth.get(Document, document_id, archived_at=None)


@router.get(
    "/documents", response={200: PageOf[DocumentOut], **ERRORS}, auth=KeyAuth("content:read")
)
def documents(request: ApiRequest, query: Query[DocumentQuery]) -> dict[str, Any]:
    found = Document.objects.filter(
        workspace=request.auth.workspace, archived_at=None, pk__gt=read_cursor(query.cursor)
    ).order_by("pk")
    return page_of(list(found[: query.limit + 1]), query.limit, shape)


@router.post("/documents", response={201: DocumentOut, **ERRORS}, auth=KeyAuth("content:write"))
def create(request: ApiRequest, body: DocumentIn) -> Status[dict[str, Any]]:
    refuse_bad_rules(request.auth.workspace, body.body)
    document = create_document(request.auth, kind=body.kind, name=body.name, body=body.body)
    saved = save_document(
        request.auth,
        document,
        body=body.body,
        subject=body.subject,
        preheader=body.preheader,
        name=body.name,
        revision=document.revision,
    )
    if isinstance(saved, Conflict):
        raise _conflict(saved)
    document.refresh_from_db()
    return Status(201, shape(document))


@router.get(
    "/documents/{document_id}",
    response={200: DocumentOut, **ERRORS},
    auth=KeyAuth("content:read"),
)
def document(request: ApiRequest, document_id: int) -> dict[str, Any]:
    return shape(_document(request, document_id))


@router.patch(
    "/documents/{document_id}",
    response={200: DocumentOut, **ERRORS},
    auth=KeyAuth("content:write"),
)
def change(request: ApiRequest, document_id: int, body: DocumentChange) -> dict[str, Any]:
    found = _document(request, document_id)
    if body.body is not None:
        refuse_bad_rules(request.auth.workspace, body.body)
    saved = save_document(
        request.auth,
        found,
        body=found.body if body.body is None else body.body,
        subject=found.subject if body.subject is None else body.subject,
        preheader=found.preheader if body.preheader is None else body.preheader,
        name=found.name if body.name is None else body.name,
        revision=body.revision,
    )
    if isinstance(saved, Conflict):
        raise _conflict(saved)
    found.refresh_from_db()
    return shape(found)


def _conflict(conflict: Conflict) -> Problem:
    return Problem(
        409, "changed-meanwhile", "The document was changed meanwhile; read it again and repeat."
    )


@router.get(
    "/documents/{document_id}/render",
    response={200: RenderedOut, **ERRORS},
    auth=KeyAuth("content:read"),
)
def render(request: ApiRequest, document_id: int, contact: int | None = None) -> dict[str, Any]:
    """The document as a contact would get it (without tracking); without `contact`, with its fallbacks and all blocks."""
    found, workspace = _document(request, document_id), request.auth.workspace
    person = request.auth.get(Contact, contact, deleted_at=None) if contact is not None else None
    shown = preview(found.body, found.subject, found.preheader, workspace, person, device="desktop")
    if found.kind in TEXT_CHANNELS:
        return _rendered_text(workspace, found, person, shown)
    return {
        "subject": shown.subject,
        "html": shown.html,
        "text": shown.text,
        "targeting": [asdict(one) for one in shown.targeting],
        "leaves_something": shown.leaves_something,
    }


def _rendered_text(
    workspace: Workspace, document: Document, person: Contact | None, shown: Preview
) -> dict[str, Any]:
    """As advertising would leave, with what stands around it."""
    plan = compile_in(workspace, document.body, subject="", preheader="", kind=document.kind)
    frame = frame_for(workspace, document.kind, "advertising")
    text = text_for(workspace, plan, person, now=clock.now(), frame=frame)
    return {
        "subject": "",
        "html": "",
        "text": text,
        "size": asdict(measure_for(document.kind, text)),
        "targeting": [asdict(one) for one in shown.targeting],
        "leaves_something": shown.leaves_something,
    }


@router.get(
    "/documents/{document_id}/problems",
    response={200: list[DocumentProblemOut], **ERRORS},
    auth=KeyAuth("content:read"),
)
def problems(request: ApiRequest, document_id: int) -> list[dict[str, Any]]:
    """What is wrong with the document as it stands, errors first."""
    found = _document(request, document_id)
    told = problems_in(
        request.auth.workspace,
        found.body,
        subject=found.subject,
        preheader=found.preheader,
        kind=found.kind,
    )
    return [one.to_json() for one in sorted(told, key=lambda one: _SEVERITIES.index(one.severity))]


_SEVERITIES = (ERROR, WARNING, HINT)


@router.get(
    "/documents/{document_id}/coverage",
    response={200: CoverageOut, **ERRORS},
    auth=KeyAuth("content:read"),
)
def coverage(request: ApiRequest, document_id: int) -> dict[str, Any]:
    """Which sets of targeted blocks occur among all contacts who may get mail, and for how many."""
    found = _document(request, document_id)
    try:
        made = cover(request.auth.workspace, found.body, REACHABLE, now=clock.now())
    except TooSlow as error:
        raise Problem(503, "busy", "Counting takes too long just now; try again later.") from error
    return _coverage_json(made)


def _coverage_json(made: Coverage) -> dict[str, Any]:
    return {
        "total": made.total,
        "about": made.about,
        "blocks": made.blocks,
        "combinations": [
            {**asdict(one), "contact": asdict(one.contact) if one.contact else None}
            for one in made.combinations
        ],
        "other_combinations": made.others[0],
        "other_people": made.others[1],
        "nothing": made.nothing,
        "nothing_contact": asdict(made.nothing_contact) if made.nothing_contact else None,
        "problems": [one.to_json() for one in made.problems],
    }
