"""A workspace whose sending hours are closed at whatever hour it is: a campaign to be sent, and one that waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesher.accounts.access import Access
from kesher.campaigns import actions, planning
from kesher.campaigns.models import Campaign
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact
from kesher.messages.windows import moving
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.deciding import WEEKDAYS
from kesher.messages.windows.queries import windows_of
from kesher.messages.windows.settings import recommended
from kesher.segments.audience import Audience, Part
from tests.photos import sample

PEOPLE = 12


def add_to(access: Access, *, now: datetime) -> dict[str, int | str]:
    sample.add_all_contacts(access.workspace)
    access.workspace.sender_email = "studio@closed-now.example"
    access.workspace.sender_name = "סטודיו בסופי שבוע"
    access.workspace.save()
    readers = create_list(access, name="קוראים")
    people = Contact.objects.bulk_create(
        Contact(
            workspace=access.workspace, first_name=f"אדם {number}", email=f"p{number}@people.example",
            email_consent="granted", source="staff", created_at=now, updated_at=now,
        )
        for number in range(PEOPLE)
    )  # fmt: skip
    join_list(
        access.workspace.pk, list_id=readers.pk, contact_ids=[one.pk for one in people], now=now
    )
    ready = Audience((Part("list", readers.pk),))
    set_windows(access, settings=_closed_at(now), now=now)
    return {
        "closed_draft": _campaign(access, "מבצע סוף שבוע", ready).pk,
        "closed_sending": _waiting(access, _campaign(access, "הזמנה לפתיחה", ready), now).pk,
    }


def _closed_at(now: datetime) -> dict[str, object]:
    """Open on two days of the week only, neither of them near."""
    days = [WEEKDAYS[(now + timedelta(days=number)).weekday()] for number in (3, 4)]
    weekdays = [day for day in days if day not in ("fri", "sat")] or ["sun"]
    week = {day: ["09:00", "17:30"] for day in weekdays}
    return recommended() | {"hours": dict.fromkeys(("email", "sms"), week)}


def _campaign(access: Access, name: str, audience: Audience) -> Campaign:
    made = actions.create_campaign(access, name=name)
    document = made.document
    document.subject, document.preheader = f"{name}, [[first_name]]", "מחכים לכם"
    document.body = {
        "format": 1, "language": "he", "direction": "rtl",
        "blocks": [
            {"id": "b1", "kind": "heading", "text": "שלום [[first_name|לכם]]"},
            {"id": "b2", "kind": "button", "text": "לפרטים", "url": "https://closed-now.example/"},
        ],
    }  # fmt: skip
    document.save()
    actions.set_audience(access, made, audience=audience)
    return Campaign.objects.get(pk=made.pk)


def _waiting(access: Access, campaign: Campaign, now: datetime) -> Campaign:
    actions.send_campaign(access, campaign, now=now)
    while planning.advance(now):
        pass
    windows = windows_of(access.workspace)
    moving.move_closed(access.workspace.pk, windows, channel="email", now=now, at=now)
    return campaign
