"""Versions of documents are forgotten when nothing shows them any more, and nothing that shows one is broken by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kesher.campaigns import actions as campaigns
from kesher.campaigns import planning
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content import sweeping
from kesher.content.actions import create_document, publish_version, save_document
from kesher.content.models import Document, TrackedLink, Version
from kesher.content.sweeping import KEPT_OF_DOCUMENT, VERSION_USERS, sweep_versions
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import JourneyVersion
from kesher.messages import sender
from kesher.messages.actions import queue_message
from kesher.messages.models import Message
from kesher.messages.tokens import message_token
from kesher.segments.audience import Audience, Part

pytestmark = pytest.mark.django_db
BODY = {
    "format": 1, "language": "he", "direction": "rtl",
    "blocks": [
        {"id": "b1", "kind": "text", "html": "<p>שלום [[first_name|חבר]]</p>"},
        {"id": "b2", "kind": "button", "text": "לחנות", "url": "https://shop.example/"},
        {"id": "b3", "kind": "footer"},
    ],
}  # fmt: skip


@pytest.fixture
def later(now: datetime) -> datetime:
    """When what was made `now` is old, tests and all."""
    return now + timedelta(days=120)


@pytest.fixture
def document(access: Any) -> Document:
    made = create_document(access, kind="email", name="חורף")
    save_document(
        access, made, body=BODY, subject="חורף", preheader="", name="חורף", revision=made.revision
    )
    made.refresh_from_db()
    return made


def versions(access: Any, document: Document, count: int, now: datetime) -> list[int]:
    return [publish_version(access, document, now=now).pk for _time in range(count)]


def shown_to(contact: Any, version: int, source: str, now: datetime) -> int:
    number = queue_message(
        contact.workspace_id, contact_id=contact.pk, version_id=version, source=source,
        source_id=f"{source}-{version}", now=now,
    )  # fmt: skip
    assert number is not None
    return number


def test_what_nothing_points_at_goes_but_for_the_newest(
    access: Any, document: Document, now: datetime, later: datetime
) -> None:
    made = versions(access, document, KEPT_OF_DOCUMENT + 3, now)

    swept = sweep_versions(later)

    assert swept == 3
    assert sorted(Version.objects.values_list("pk", flat=True)) == made[3:]
    assert not TrackedLink.objects.filter(version_id__in=made[:3]).exists()
    assert sweep_versions(later) == 0


def test_what_is_new_stays(access: Any, document: Document, now: datetime) -> None:
    versions(access, document, KEPT_OF_DOCUMENT + 3, now)

    assert sweep_versions(now + timedelta(days=29)) == 0


@pytest.mark.parametrize(
    ("source", "days", "is_kept"),
    [("api", 4_000, True), ("campaign", 4_000, True), ("test", 80, True), ("test", 120, False)],
)
def test_a_message_keeps_its_version_and_a_test_for_a_season(
    access: Any,
    document: Document,
    noa: Any,
    client: Client,
    now: datetime,
    source: str,
    days: int,
    is_kept: bool,
) -> None:
    first, *_newer = versions(access, document, KEPT_OF_DOCUMENT + 1, now)
    number = shown_to(noa, first, source, now)

    sweep_versions(now + timedelta(days=days))

    assert Version.objects.filter(pk=first).exists() == is_kept
    answer = client.get(f"/v/{message_token(number)}")
    assert answer.status_code == (200 if is_kept else 404)


def test_a_campaign_keeps_what_it_sent(
    access: Any, noa: Any, signed_in: Client, now: datetime, later: datetime
) -> None:
    everybody = ContactList.objects.get(workspace=access.workspace, is_all=True)
    campaign = campaigns.create_campaign(access, name="חורף")
    save_document(
        access, campaign.document, body=BODY, subject="חורף", preheader="", name="חורף",
        revision=campaign.document.revision,
    )  # fmt: skip
    campaigns.set_audience(access, campaign, audience=Audience((Part("list", everybody.pk),)))
    campaign = Campaign.objects.get(pk=campaign.pk)
    campaigns.send_campaign(access, campaign, now=now)
    while planning.advance(now) + sender.send_due(now):
        pass
    versions(access, campaign.document, KEPT_OF_DOCUMENT + 2, now)
    Message.objects.all().delete()  # of people who were erased, say

    assert sweep_versions(later) == 2
    campaign = Campaign.objects.get(pk=campaign.pk)
    address = reverse("campaign", args=[access.workspace.key, campaign.pk])
    assert Version.objects.filter(pk=campaign.version_id).exists()
    assert signed_in.get(address).status_code == 200


def test_a_journey_keeps_what_its_versions_send(
    access: Any, now: datetime, later: datetime
) -> None:
    graph = {
        "format": 1, "start": "mail", "triggers": [{"kind": "custom"}],
        "nodes": {"mail": {"kind": "send_email", "subject": "שלום", "document": BODY}},
    }  # fmt: skip
    journey = create_journey(access, name="ברוכים הבאים", graph=graph, now=now)
    publish_journey(access, journey, now=now)
    entry = JourneyVersion.objects.get(journey=journey).messages["mail"]
    sent = Version.objects.get(pk=entry["version"])
    Version.objects.filter(pk=sent.pk).update(created_at=now)
    if sent.document is not None:
        versions(access, sent.document, KEPT_OF_DOCUMENT + 1, now)

    sweep_versions(later)

    assert Version.objects.filter(pk=sent.pk).exists()


def test_it_goes_on_in_batches_until_nothing_is_left(
    access: Any,
    document: Document,
    now: datetime,
    later: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    monkeypatch.setattr(sweeping, "AT_ONCE", 4)
    versions(access, document, KEPT_OF_DOCUMENT + 7, now)

    assert [sweep_versions(later) for _time in range(3)] == [4, 3, 0]


def test_whatever_points_at_versions_is_asked() -> None:
    """A table that will point at them must register, or the sweep would take them from under it."""
    asked = " ".join(user.uses for user in VERSION_USERS)
    pointing = {
        model._meta.db_table
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "many_to_one", False) and field.related_model is Version
    }

    assert pointing == {"tracked_link", "campaign", "campaign_variant"}
    assert all(
        table in asked for table in (pointing | {"message", "journey_version"}) - {"tracked_link"}
    )
