"""The report while a campaign is going out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from kesher.campaigns.models import Campaign
from kesher.content.actions import create_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(access: Any, now: datetime) -> Campaign:
    document = create_document(access, kind="email", name="חורף")
    return Campaign.objects.create(
        workspace=access.workspace,
        name="חורף",
        document=document,
        status=Campaign.Status.SENDING,
        created_at=now,
        updated_at=now,
    )


def _progress(signed_in: Any, campaign: Campaign) -> Any:
    return signed_in.get(reverse("campaign_progress", args=[campaign.workspace.key, campaign.pk]))


def test_while_mails_leave_only_the_numbers_are_asked_for_again(
    signed_in: Any, campaign: Campaign
) -> None:
    answer = _progress(signed_in, campaign)

    assert "HX-Refresh" not in answer
    assert 'hx-trigger="every 2s"' in answer.content.decode()


def test_when_the_last_has_left_the_whole_report_is_loaded_anew(
    signed_in: Any, campaign: Campaign
) -> None:
    campaign.status = Campaign.Status.SENT
    campaign.save()

    answer = _progress(signed_in, campaign)

    assert answer["HX-Refresh"] == "true"
    assert "hx-trigger" not in answer.content.decode()
