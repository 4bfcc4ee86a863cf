"""Asking for a rehearsal: a job plays it, and the result comes to stand with its work."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from kesher.accounts.access import Access
from kesher.accounts.models import Work
from kesher.accounts.work import start_work
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal.jobs import rehearse_journey
from kesher.journeys.rehearsal.wishes import Wishes

WORK = "journeys.rehearsal"


@transaction.atomic
def start_rehearsal(access: Access, journey: Journey, wishes: Wishes, *, url: str = "") -> Work:
    """Have it done in the background. The result comes to stand with the work."""
    title = _("Rehearsal: %(name)s") % {"name": journey.name}
    work = start_work(access, kind=WORK, title=title, url=url, total=100)
    work.result = {"journey": journey.pk, "asked": wishes.model_dump(mode="json")}
    work.save(update_fields=["result"])
    rehearse_journey.defer(workspace_id=access.workspace.pk, work_id=work.pk)
    return work
