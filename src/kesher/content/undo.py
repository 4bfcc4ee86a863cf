"""Taking back what was done to documents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import UNDO, UndoKind
from kesher.content.actions import restore_document


def _unarchive(access: Access, data: dict[str, Any]) -> str:
    document = restore_document(access, document_id=data["document"])
    return _("“%(name)s” is back") % {"name": document.name}


UNDO.register(UndoKind("content.archive", _unarchive))
