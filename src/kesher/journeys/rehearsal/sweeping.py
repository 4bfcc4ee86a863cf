"""Rehearsals that have stood long enough go."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from kesher.journeys.rehearsal.models import KEPT, Rehearsal

THROWN_AWAY = timedelta(hours=1)  # so long the undo has


def sweep(now: datetime) -> int:
    """Those that have stood for a month, and those thrown away some time ago; answers how many."""
    old = Q(created_at__lt=now - KEPT) | Q(deleted_at__lt=now - THROWN_AWAY)
    gone = list(Rehearsal.objects.filter(old).values_list("pk", flat=True)[:500])
    Rehearsal.objects.filter(pk__in=gone).delete()
    return len(gone)
