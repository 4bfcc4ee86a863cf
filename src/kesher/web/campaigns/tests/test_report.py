"""The report of a campaign that has gone out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kesher.accounts.models import Workspace
from kesher.campaigns import rollup
from kesher.campaigns.facets import FACETS
from kesher.campaigns.models import Campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import create_document
from kesher.web.campaigns.report import funnel

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


def test_a_text_is_said_to_have_arrived_only_when_that_was_told() -> None:
    text = Campaign(pk=7, workspace=Workspace(key="w"), channel="sms")
    numbers = dict.fromkeys(rollup.NAMES, 0) | {"planned": 10, "sent": 8, "clicked": 2}

    untold = {step["key"]: step for step in funnel(text, numbers)}
    told = {step["key"]: step for step in funnel(text, numbers | {"delivered": 5})}

    assert "delivered" not in untold
    assert told["delivered"]["value"] == 5
    assert untold["clicked"]["share"] == told["clicked"]["share"] == 0.25


def test_who_got_a_text_is_told_by_its_receipts_and_who_got_a_mail_by_its_sending() -> None:
    facet = FACETS["delivered"]

    assert facet.rule(7, channel="sms") == {
        "did": "message.delivered", "where": {"message": "campaign-7"}
    }  # fmt: skip
    assert "message.sent" in str(facet.rule(7))
