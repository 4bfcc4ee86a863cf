"""A list with many people, and a campaign to it that is ready to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import actions
from kesher.campaigns.models import Campaign
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact, ContactList
from kesher.segments.audience import Audience, Part

BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [
        {"id": "b1", "kind": "heading", "text": "שלום [[first_name|חבר]]"},
        {"id": "b2", "kind": "button", "text": "לחנות", "url": "https://shop.example/new"},
    ],
}


@pytest.fixture
def people(workspace: Any, now: datetime) -> list[Contact]:
    """Twenty-five who agreed."""
    made = [
        Contact(
            workspace=workspace,
            first_name=f"אדם {number}",
            email=f"p{number}@example.com",
            email_consent="granted",
            created_at=now,
            updated_at=now,
        )
        for number in range(25)
    ]
    return Contact.objects.bulk_create(made)


@pytest.fixture
def readers(access: Access, people: list[Contact], now: datetime) -> ContactList:
    row = create_list(access, name="קוראים")
    join_list(
        access.workspace.pk, list_id=row.pk, contact_ids=[person.pk for person in people], now=now
    )
    return row


@pytest.fixture
def ready(access: Access, readers: ContactList) -> Campaign:
    """Everything is filled in."""
    campaign = actions.create_campaign(access, name="ניוזלטר חורף")
    document = campaign.document
    document.body, document.subject, document.preheader = BODY, "חורף, [[first_name]]", "מה חדש"
    document.save()
    actions.set_audience(access, campaign, audience=Audience((Part("list", readers.pk),)))
    campaign.refresh_from_db()
    return campaign
