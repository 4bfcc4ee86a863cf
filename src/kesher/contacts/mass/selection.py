"""A selection as it was at one moment: the ids of a search and filters, or those that were ticked, in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kesher.accounts.access import Access
from kesher.contacts.filtering import Filters, conditions
from kesher.contacts.models import MassAct, MassPiece
from kesher.lib import sql

PIECE = 2_000  # contacts

# One statement, so one moment: who comes to match while it runs is not in it.
_MATCHING = """
INSERT INTO mass_piece (workspace_id, act_id, number, contact_ids, changed, before)
SELECT %(workspace)s, %(act)s, piece, array_agg(id ORDER BY id), 0, '{{}}' FROM (
    SELECT c.id, (row_number() OVER (ORDER BY c.id) - 1) / %(piece)s AS piece
    FROM contact c WHERE c.workspace_id = %(workspace)s AND c.deleted_at IS NULL{where}) s
GROUP BY piece
RETURNING cardinality(contact_ids)
"""


def select_matching(
    access: Access, *, kind: str, data: Mapping[str, Any], text: str, filters: Filters, now: datetime
) -> MassAct:  # fmt: skip
    """An act on all who match now."""
    where, parameters = conditions(text, filters)
    with transaction.atomic():
        act = _act(access, kind, data, now)
        given = parameters | {
            "workspace": access.workspace.pk, "act": act.pk, "piece": PIECE, "salt": access.workspace.address_salt,
        }  # fmt: skip
        act.total = sum(row[0] for row in sql.rows(_MATCHING.format(where=where), given))
        act.save(update_fields=["total"])
    return act


def select_these(
    access: Access, *, kind: str, data: Mapping[str, Any], ids: Sequence[int], now: datetime
) -> MassAct:
    """An act on those who were ticked."""
    wanted = sorted(set(ids))
    with transaction.atomic():
        act = _act(access, kind, data, now)
        MassPiece.objects.bulk_create(
            MassPiece(
                workspace_id=access.workspace.pk, act_id=act.pk, number=number, contact_ids=wanted[start : start + PIECE]
            )
            for number, start in enumerate(range(0, len(wanted), PIECE))
        )  # fmt: skip
        act.total = len(wanted)
        act.save(update_fields=["total"])
    return act


def _act(access: Access, kind: str, data: Mapping[str, Any], now: datetime) -> MassAct:
    return MassAct.objects.create(
        workspace=access.workspace, kind=kind, data=dict(data), created_by=access.user, created_at=now
    )  # fmt: skip


def pieces_of(act: MassAct) -> Iterator[list[int]]:
    """The ids of the selection, piece by piece."""
    rows = MassPiece.objects.filter(workspace_id=act.workspace_id, act_id=act.pk)
    for number in range(rows.count()):
        yield rows.values_list("contact_ids", flat=True).get(number=number)


def forget_old(before: datetime) -> int:
    """Selections and what would take the acts back, of acts older than an instant; answers how many acts."""
    old = MassAct.objects.filter(created_at__lt=before).exclude(
        work__state__in=("queued", "running")
    )
    count = 0
    for act in old[:1000]:
        MassPiece.objects.filter(workspace_id=act.workspace_id, act_id=act.pk).delete()
        act.delete()
        count += 1
    return count
