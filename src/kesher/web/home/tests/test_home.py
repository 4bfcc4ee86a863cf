"""The dashboard and the palette's search."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kesher.accounts.access import Access
from kesher.campaigns.models import Campaign
from kesher.campaigns.queries import numbers_of
from kesher.content.models import Document
from kesher.events import counters
from kesher.web.home import dashboard, finding


def _campaign(access: Access, started_at: datetime | None, **numbers: int) -> Campaign:
    document = Document.objects.create(workspace=access.workspace, name="Winter")
    made = Campaign.objects.create(
        workspace=access.workspace,
        name="Winter newsletter",
        document=document,
        started_at=started_at,
    )
    counters.add(
        access.workspace.pk, {f"campaign.{made.pk}.{key}": n for key, n in numbers.items()}
    )
    return made


def test_a_new_workspace_shows_the_way_and_no_figures(signed_in: Client, workspace: Any) -> None:
    page = signed_in.get(f"/w/{workspace.key}/").content.decode()

    assert page.count('class="k-tile') == 4
    assert "k-kpis" not in page


def test_getting_started_is_over_with_the_first_campaign_sent(
    signed_in: Client, access: Access
) -> None:
    _campaign(access, timezone.now(), delivered=3)

    page = signed_in.get(f"/w/{access.workspace.key}/").content.decode()

    assert "k-first-steps" not in page
    assert "k-kpis" in page


def test_mail_counts_on_the_day_on_which_it_began_to_be_sent(access: Access, now: datetime) -> None:
    three_days_ago = _campaign(access, now - timedelta(days=3), delivered=10, opened=4, clicked=1)
    also_then = _campaign(access, now - timedelta(days=3, hours=1), delivered=5)
    _campaign(access, now - timedelta(days=31), delivered=1000)

    found = dashboard.recent_campaigns(access.workspace, now)
    shown = dashboard.activity(found, numbers_of(found), now)

    assert {row.pk for row in found} == {three_days_ago.pk, also_then.pk}
    assert (len(shown.days), shown.delivered[-4], shown.opened[-4], sum(shown.delivered)) == (
        30,
        15,
        4,
        15,
    )


def test_rates_are_shares_of_what_was_delivered(access: Access, now: datetime) -> None:
    _campaign(access, now - timedelta(days=1), delivered=200, opened=50, clicked=10, unsubscribed=1)
    found = dashboard.recent_campaigns(access.workspace, now)

    figures = dashboard.figures(access, found, numbers_of(found), now, contacts=0)

    assert [figure.value for figure in figures] == ["0", "200", "25%", "5%", "0.5%"]


def test_the_dashboard_asks_the_database_the_same_number_of_times_however_much_there_is(
    signed_in: Client, access: Access, django_assert_max_num_queries: Any
) -> None:
    for day in range(12):
        _campaign(access, timezone.now() - timedelta(days=day), delivered=10)

    with django_assert_max_num_queries(20):
        signed_in.get(f"/w/{access.workspace.key}/")


@pytest.mark.parametrize("typed", ["נו", "noa@", "כהן"])
def test_the_palette_finds_people(access: Access, noa: Any, yael: Any, typed: str) -> None:
    found = finding.find(access, typed)

    assert [(one["text"], one["hint"]) for one in found] == [("נועה כהן", "noa@example.com")]


def test_the_palette_finds_campaigns_and_asks_for_two_letters(access: Access) -> None:
    campaign = _campaign(access, None)

    assert f"/campaigns/{campaign.pk}/" in finding.find(access, "newsl")[0]["href"]
    assert finding.find(access, "n") == []
