"""The report of a campaign that has gone out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import create_document

pytestmark = pytest.mark.django_db

STATEMENTS = 12  # two or three more with what this one lacks: a version, a parent, a test


def test_the_report_costs_few_statements(signed_in: Any, access: Any, now: datetime) -> None:
    everybody = ContactList.objects.get(workspace=access.workspace, is_all=True)
    campaign = Campaign.objects.create(
        workspace=access.workspace,
        name="חורף",
        document=create_document(access, kind="email", name="חורף"),
        status=Campaign.Status.SENT,
        audience={"include": [{"list": everybody.pk}]},
        planned=1_000_000,  # counted by the worker
        created_at=now,
        updated_at=now,
    )
    address = reverse("campaign", args=[campaign.workspace.key, campaign.pk])
    signed_in.get(address)

    with CaptureQueriesContext(connection) as captured:
        answer = signed_in.get(address)

    assert answer.status_code == 200
    assert len(captured) <= STATEMENTS
