"""Taking an act back: the act leaves what is needed in an entry, its domain registers how to apply it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from kesher.accounts.access import Access
from kesher.accounts.models import UndoEntry
from kesher.lib.registry import Registry


@dataclass(frozen=True)
class UndoKind:
    """`apply` takes the act back and answers a sentence for the toast."""

    key: str
    apply: Callable[[Access, dict[str, Any]], str]


UNDO: Registry[UndoKind] = Registry("kind of undo")


def offer_undo(access: Access, *, kind: str, data: dict[str, Any]) -> UndoEntry:
    """Keep what is needed to take this back."""
    return UndoEntry.objects.create(
        workspace=access.workspace, user=access.user, kind=UNDO.get(kind).key, data=data
    )


def apply_undo(access: Access, entry_id: int) -> str:
    """Take an act back once; only by who did it. Raises Http404 when it is gone or used."""
    with transaction.atomic():
        entry = (
            UndoEntry.objects.select_for_update()
            .filter(pk=entry_id, workspace=access.workspace, user=access.user, used_at=None)
            .first()
        )
        if entry is None:
            raise Http404
        UndoEntry.objects.filter(pk=entry.pk).update(used_at=timezone.now())
        return UNDO.get(entry.kind).apply(access, entry.data)
