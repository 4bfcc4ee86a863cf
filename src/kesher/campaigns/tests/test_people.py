"""Who is behind a number of the report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.campaigns import actions, planning, queries
from kesher.campaigns.models import Campaign
from kesher.campaigns.queries import Asked
from kesher.contacts.models import Contact
from kesher.messages import sender
from kesher.messages.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(
    access: Any, ready: Campaign, people: list[Contact], now: datetime, settings: Any, tmp_path: Any
) -> Campaign:
    """To 25, one of whom withdrew; two opened, one of them is in the bin since."""
    settings.HOME = tmp_path
    Contact.objects.filter(pk=people[0].pk).update(email_consent="withdrawn")
    actions.send_campaign(access, ready, now=now)
    planning.advance(now)
    while sender.send_due(now, limit=100):
        pass
    sender.close()
    Message.objects.filter(contact_id__in=[people[1].pk, people[2].pk]).update(opened_at=now)
    Contact.objects.filter(pk=people[2].pk).update(deleted_at=now)
    return ready


def test_every_number_opens_its_people_in_pages(sent: Campaign, people: list[Contact]) -> None:
    first = queries.people(sent, Asked("sent"), limit=20)
    rest = queries.people(sent, Asked("sent"), after=first[-1].contact_id, limit=20)

    assert [row.contact_id for row in first + rest] == [person.pk for person in people[1:]]
    assert [row.contact_id for row in queries.people(sent, Asked(facet="refused"))] == [
        people[0].pk
    ]
    assert queries.people(sent, Asked(facet="refused"))[0].reason == "consent_withdrawn"


def test_who_was_deleted_is_still_counted_and_said_to_be_gone(
    sent: Campaign, people: list[Contact]
) -> None:
    opened = queries.people(sent, Asked(facet="opened"))

    assert [(row.contact_id, row.is_gone) for row in opened] == [
        (people[1].pk, False),
        (people[2].pk, True),
    ]


def test_people_are_narrowed_by_domain_and_reason(sent: Campaign) -> None:
    assert len(queries.people(sent, Asked(facet="sent", domain="example.com"))) == 24
    assert queries.people(sent, Asked(facet="sent", domain="other.example")) == []
    assert len(queries.people(sent, Asked(facet="refused", reason="consent_withdrawn"))) == 1
