"""All that reads documents."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kesher.accounts.models import Workspace
from kesher.contacts.vocabulary import fields_of
from kesher.content.formats import formats_for, show_as
from kesher.content.models import Document
from kesher.content.tags import SYSTEM_TAGS


def documents_of(
    workspace: Workspace, *, text: str = "", archived: bool = False
) -> QuerySet[Document]:
    """The workspace's documents, newest change first; by a part of the name or subject."""
    found = Document.objects.filter(
        workspace=workspace, archived_at__isnull=not archived, is_apart=False
    )
    if text.strip():
        found = found.filter(name__icontains=text.strip()) | found.filter(
            subject__icontains=text.strip()
        )
    return found.order_by("-updated_at", "-id")


def tags_of(workspace: Workspace) -> list[dict[str, Any]]:
    """What can be merged: the contact's fields, then the tags of the business; words in the active language."""
    contact = [
        {
            "key": info.key,
            "label": str(info.label),
            "type": info.type,
            "group": "contact",
            "formats": _formats(info.type, workspace),
        }
        for info in fields_of(workspace)
        if info.type != "signature"
    ]
    system: list[dict[str, Any]] = [
        {
            "key": tag.key,
            "label": str(tag.label),
            "type": "url" if tag.is_address else "text",
            "group": "business",
            "formats": [] if tag.is_address else _formats(tag.type, workspace),
        }
        for tag in SYSTEM_TAGS.values()
    ]
    return contact + system


def _formats(type: str, workspace: Workspace) -> list[dict[str, str]]:
    """In what ways a tag of this type can be written, each with an example in the workspace's language."""
    language, currency = workspace.language, workspace.currency
    return [
        {
            "key": one.key,
            "label": str(one.label),
            "takes": one.takes,
            "example": show_as(one.key, one.example, language=language, currency=currency) or "",
        }
        for one in formats_for(type)
    ]
