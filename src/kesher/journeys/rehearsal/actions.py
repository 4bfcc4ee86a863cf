"""Asking for a rehearsal, which a job plays, and throwing one away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.undo import offer_undo
from kesher.accounts.work import cancel_work, start_work
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal.jobs import rehearse_journey
from kesher.journeys.rehearsal.models import Rehearsal
from kesher.journeys.rehearsal.undo import DELETED
from kesher.journeys.rehearsal.wishes import Wishes

WORK = "journeys.rehearsal"


@transaction.atomic
def start_rehearsal(
    access: Access, journey: Journey, wishes: Wishes, *, audience: str = "", url: str = "{id}"
) -> Rehearsal:
    """Have it played in the background. `audience` says who, in words; `url` where it is seen, with {id} for its number."""
    title = _("Rehearsal: %(name)s") % {"name": journey.name}
    work = start_work(access, kind=WORK, title=title, total=100)
    made = Rehearsal.objects.create(
        workspace=access.workspace,
        journey=journey,
        work=work,
        asked=wishes.model_dump(mode="json"),
        audience=audience[:300],
        created_by=access.user,
    )
    work.url = "" if url == "{id}" else url.replace("{id}", str(made.pk))
    work.result = {"journey": journey.pk, "rehearsal": made.pk}
    work.save(update_fields=["result", "url"])
    rehearse_journey.defer(workspace_id=access.workspace.pk, work_id=work.pk)
    return made


@transaction.atomic
def delete_rehearsal(access: Access, rehearsal: Rehearsal, *, now: datetime) -> int:
    """Out of sight, stopped if it still plays, and gone for good an hour later; answers the undo entry's id."""
    if rehearsal.work is not None and rehearsal.work.finished_at is None:
        cancel_work(access, rehearsal.work.pk)
    Rehearsal.objects.filter(pk=rehearsal.pk).update(deleted_at=now)
    access.audit("rehearsal.deleted", rehearsal, rehearsal.journey.name)
    return offer_undo(access, kind=DELETED, data={"rehearsal_id": rehearsal.pk}).pk
