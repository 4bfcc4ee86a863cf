"""The desk for the photographs: a long task and an alert that did not go out by SMS, about one contact."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.journeys.desk import actions
from kesher.journeys.models import StaffAlert

LONG = (
    "להתקשר ולשאול אם ההזמנה של כרכים א׳ עד ד׳ הגיעה בשלמותה, ולהציע קופון של 10% לקנייה הבאה אם לא"
)


def add_desk(access: Access, contact_id: int, now: datetime) -> dict[str, int | str]:
    contact = Contact.objects.get(workspace=access.workspace, pk=contact_id)
    email = access.user.email if access.user else ""
    task = actions.add_task(
        access, contact, title=LONG, assignee=email, due_at=now - timedelta(hours=1), now=now
    )
    actions.add_task(
        access,
        contact,
        title="לאשר את התפריט לערב ההשקה",
        due_at=now + timedelta(minutes=1),
        now=now,
    )
    StaffAlert.objects.create(
        workspace_id=access.workspace.pk, contact_id=contact.pk, phones=["+972501234567"],
        texted_at=now, text="שאלו על משלוח לחוץ לארץ", trouble=StaffAlert.Trouble.NO_ACCOUNT,
        created_at=now,
    )  # fmt: skip
    return {"task": task.pk}
