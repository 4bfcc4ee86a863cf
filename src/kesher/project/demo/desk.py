"""What lies on the demo's desk: tasks that are overdue, for today and for later, and what journeys told the staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.journeys.desk import actions
from kesher.journeys.models import Journey, StaffAlert

TASKS: tuple[tuple[str, str, int | None, bool], ...] = (
    ("להתקשר ולשאול אם הספר הגיע", "הזמנה שהתעכבה בדואר.", -1, True),
    ("לשלוח הצעת מחיר למועדון הקריאה", "עשרה עותקים של הרומן החדש, עד סוף החודש.", 0, True),
    ("לבדוק אם הסדרה המבוקשת חזרה למלאי", "", 2, False),
    ("להזמין לערב ההשקה", "", None, False),
)
ALERTS = (
    ("ביקשו שיחזרו אליהם לפני הצהריים", 75, True),
    ("נכנסו שלוש פעמים השבוע לעמוד של כרטיסי המתנה ולא קנו", 26, False),
    ("לקוחה שקנתה ביותר מ־5,000 ₪ נתנה כוכב אחד: ״חיכיתי שבועיים״", 3, False),
)


def add_desk(access: Access, now: datetime) -> None:
    """About the newest people, as if the demo's journey had told."""
    newest = Contact.objects.filter(workspace=access.workspace, deleted_at=None).order_by("-pk")
    people = list(newest[: len(TASKS) + len(ALERTS)])
    journey = Journey.objects.filter(workspace=access.workspace).order_by("pk").first()
    mine = access.user.email if access.user else ""
    for (title, notes, days, is_mine), contact in zip(TASKS, people, strict=False):
        due = None if days is None else _evening(access, now + timedelta(days=days))
        actions.add_task(
            access,
            contact,
            title=title,
            notes=notes,
            assignee=mine if is_mine else "",
            due_at=due,
            now=now - timedelta(days=2),
        )
    for (text, hours, was_read), contact in zip(ALERTS, people[len(TASKS) :], strict=False):
        at = now - timedelta(hours=hours)
        StaffAlert.objects.create(
            workspace_id=access.workspace.pk,
            journey_id=journey.pk if journey else None,
            contact_id=contact.pk,
            text=text,
            created_at=at,
            mailed_at=at,
            read_at=at + timedelta(hours=1) if was_read else None,
        )


def _evening(access: Access, moment: datetime) -> datetime:
    """The end of that day on the shop's clock: no hour in particular."""
    local = moment.astimezone(ZoneInfo(access.workspace.time_zone))
    return local.replace(hour=23, minute=59, second=0, microsecond=0)
