"""Documents: trees of blocks, saved with a revision, rendered for a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Status

from kesher.api.keys import KeyAuth
from kesher.api.problems import Problem
from kesher.api.schemas import ERRORS, ApiRequest, Limit, PageOf, Strict, page_of, read_cursor
from kesher.contacts.models import Contact
from kesher.content.actions import Conflict, create_document, save_document
from kesher.content.models import Document
from kesher.content.preview import preview

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
    """`body` as in FORMATS: {"format": 1, "language", "direction", "theme", "blocks"}."""

    kind: Literal["email"] = "email"
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


class RenderedOut(Strict):
    subject: str
    html: str
    text: str


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
def render(request: ApiRequest, document_id: int, contact: int | None = None) -> dict[str, str]:
    """The document as a contact would get it (without tracking); without `contact`, with its fallbacks."""
    found = _document(request, document_id)
    person = request.auth.get(Contact, contact, deleted_at=None) if contact is not None else None
    shown = preview(
        found.body, found.subject, found.preheader, request.auth.workspace, person, device="desktop"
    )
    return {"subject": shown.subject, "html": shown.html, "text": shown.text}
