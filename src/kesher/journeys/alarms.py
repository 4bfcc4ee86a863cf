"""The watchdog's alarms in words, in the application and by mail to the managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, Role
from kesher.journeys.models import Journey, JourneyAlarm

Kind = JourneyAlarm.Kind
AT_ONCE = 50
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Alarm:
    """An alarm in words: what is wrong, and what to do."""

    row: JourneyAlarm
    journey: str
    text: str
    mend: str


def in_words(row: JourneyAlarm, name: str) -> Alarm:
    about = {"n": row.count, "journey": name}
    if row.kind == Kind.LATE:
        text = ngettext(
            "%(n)s person in “%(journey)s” should have moved on, and did not.",
            "%(n)s people in “%(journey)s” should have moved on, and did not.",
            row.count,
        )
        mend = _("Kesher's background work may have stopped: see that “kesher run” or “kesher worker” is running. “kesher doctor” says more.")  # fmt: skip
    else:
        text = ngettext(
            "%(n)s person in “%(journey)s” was not woken by what they waited for, and has been sent on now.",
            "%(n)s people in “%(journey)s” were not woken by what they waited for, and have been sent on now.",
            row.count,
        )
        mend = _("Look whether what they got late is still right for them. If it happens again, run “kesher doctor” and show it to who looks after the server.")  # fmt: skip
    return Alarm(row, name, text % about, mend)


def alarms_of(workspace_id: int, *, journey_id: int | None = None, limit: int = 20) -> list[Alarm]:
    """Those that nobody has read, the newest first; of one journey or all."""
    rows = JourneyAlarm.objects.filter(workspace_id=workspace_id, read_at=None).order_by("-pk")
    if journey_id is not None:
        rows = rows.filter(journey_id=journey_id)
    names = dict(Journey.objects.filter(workspace_id=workspace_id).values_list("pk", "name"))
    return [in_words(row, names.get(row.journey_id, "")) for row in rows[:limit]]


def mail_alarms(now: datetime) -> int:
    """Mail new alarms to the managers of their workspace; answers how many. Marked first, as alerts are."""
    rows = list(JourneyAlarm.objects.filter(mailed_at=None).order_by("pk")[:AT_ONCE])
    for row in rows:
        if not JourneyAlarm.objects.filter(pk=row.pk, mailed_at=None).update(mailed_at=now):
            continue
        journey = Journey.objects.select_related("workspace").filter(pk=row.journey_id).first()
        if journey is None:
            continue
        workspace = journey.workspace
        managers = Membership.objects.filter(
            workspace=workspace, role__in=(Role.OWNER, Role.MANAGER), user__is_active=True
        )
        with translation.override(workspace.language):
            alarm = in_words(row, journey.name)
            subject = _("%(business)s: the journey “%(journey)s” does not move as it should") % {
                "business": workspace.name, "journey": journey.name,
            }  # fmt: skip
        link = f"{settings.BASE_URL}/w/{workspace.key}/journeys/"
        to = list(managers.values_list("user__email", flat=True))
        try:
            send_mail(subject, f"{alarm.text}\n{alarm.mend}\n\n{link}\n", None, to)
        except OSError:  # the mail server is away: the alarm stands in the application
            log.exception("alarm_not_mailed", alarm=row.pk)
    return len(rows)


def read_alarm(access: Access, *, number: int, now: datetime) -> bool:
    """Somebody has seen it; answers whether it was there to be seen. It is told again only when it happens again."""
    found = JourneyAlarm.objects.filter(pk=number, workspace_id=access.workspace.pk, read_at=None)
    return bool(found.update(read_at=now))
