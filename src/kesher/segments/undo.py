"""How acts on segments are taken back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import UNDO, UndoKind
from kesher.lib import clock
from kesher.segments.actions import restore_segment
from kesher.segments.models import Segment


def _restore(access: Access, data: dict[str, Any]) -> str:
    restore_segment(access, access.get(Segment, data["segment_id"]), now=clock.now())
    return _("The segment is back.")


UNDO.register(UndoKind("segment.archived", _restore))
