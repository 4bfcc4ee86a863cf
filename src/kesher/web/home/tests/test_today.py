"""What needs somebody today, on the dashboard."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, User
from kesher.campaigns.models import Campaign
from kesher.content.models import Document
from kesher.journeys import engine
from kesher.journeys.actions import create_journey, enrol, pause_journey, publish_journey
from kesher.journeys.desk import actions
from kesher.journeys.models import Journey, JourneyAlarm, StaffAlert
from kesher.lib import sql
from kesher.web.home.today import SHOWN, today

pytestmark = pytest.mark.django_db
HOME = "/w/green-books/"
GRAPH = {
    "format": 1, "start": "wait", "triggers": [{"kind": "custom"}],
    "nodes": {"wait": {"kind": "wait", "for": "P3D", "next": "end"}, "end": {"kind": "exit"}},
}  # fmt: skip


@pytest.fixture
def at_once() -> datetime:
    """Screens ask the clock themselves."""
    return timezone.now()


@pytest.fixture(autouse=True)
def _has_sent(access: Access, owner: User, at_once: datetime) -> None:
    """Who has sent something is shown the dashboard."""
    document = Document.objects.create(workspace=access.workspace, name="x")
    Campaign.objects.create(
        workspace=access.workspace, name="x", document=document, started_at=at_once
    )
    User.objects.filter(pk=owner.pk).update(language="en")


@pytest.fixture
def paused(access: Access, noa: Any, dan: Any, at_once: datetime) -> Journey:
    """With two people inside."""
    made = create_journey(access, name="תזכורת לעגלה", graph=GRAPH, now=at_once)
    publish_journey(access, made, now=at_once)
    enrol(access, made, contact_ids=[noa.pk, dan.pk], now=at_once)
    while engine.step(at_once):
        pass
    return pause_journey(access, made, now=at_once)


def alarm(journey: Journey, at: datetime) -> JourneyAlarm:
    return JourneyAlarm.objects.create(
        workspace_id=journey.workspace_id, journey_id=journey.pk, kind="late", count=12, since=at, created_at=at
    )  # fmt: skip


def alert(access: Access, at: datetime, text: str = "כוכב אחד", **more: Any) -> StaffAlert:
    return StaffAlert.objects.create(
        workspace_id=access.workspace.pk, text=text, created_at=at, **more
    )


def page(client: Client) -> str:
    found = client.get(HOME).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", found[found.index("h-today") :]).split())


def test_everything_that_waits_is_on_the_dashboard(
    signed_in: Client, access: Access, paused: Journey, noa: Any, at_once: datetime
) -> None:
    alarm(paused, at_once - timedelta(hours=3))
    alert(access, at_once, contact_id=noa.pk)
    actions.add_task(access, noa, title="להתקשר", due_at=at_once - timedelta(days=1), now=at_once)

    told = page(signed_in)

    assert "12 people in “תזכורת לעגלה” should have moved on" in told
    assert "paused, and 2 people stand still in it" in told
    assert "כוכב אחד" in told
    assert "להתקשר" in told


def test_where_nothing_waits_it_says_so(signed_in: Client, access: Access, now: datetime) -> None:
    assert "Nothing waits for you" in page(signed_in)


def test_people_about_whom_somebody_is_to_decide_are_counted(
    access: Access, paused: Journey, at_once: datetime
) -> None:
    Journey.objects.filter(pk=paused.pk).update(status="live", paused_at=None)
    sql.execute("UPDATE journey_run SET state = 'asked' WHERE journey_id = %s", (paused.pk,))

    [halted] = today(access, at_once).halted

    assert (halted.inside, halted.asked) == (0, 2)


def test_a_journey_that_is_paused_and_empty_needs_nobody(
    access: Access, paused: Journey, at_once: datetime
) -> None:
    sql.execute("UPDATE journey_run SET ended_at = %s WHERE journey_id = %s", (at_once, paused.pk))

    assert today(access, at_once).is_quiet


def test_tasks_of_others_and_of_another_day_are_not_mine_today(
    access: Access, noa: Any, now: datetime
) -> None:
    other = User.objects.create_user("someone@else.example", "correct horse battery")
    Membership.objects.create(workspace=access.workspace, user=other, role="editor")
    for title, due, whose in (
        ("mine", now, access.user.email if access.user else ""),
        ("anybody's", now + timedelta(hours=2), ""),
        ("hers", now, other.email),
        ("tomorrow's", now + timedelta(days=1), ""),
        ("some day", None, ""),
    ):
        actions.add_task(access, noa, title=title, due_at=due, assignee=whose, now=now)

    found = today(access, now)

    assert [one.task.title for one in found.tasks] == ["mine", "anybody's"]


def test_the_first_few_are_shown_and_all_are_counted(
    signed_in: Client, access: Access, at_once: datetime
) -> None:
    for number in range(SHOWN + 2):
        alert(access, at_once, f"number {number}")

    told = page(signed_in)

    assert told.count("number") == SHOWN
    assert f"All {SHOWN + 2} unread alerts" in told


def test_an_alarm_is_seen_from_the_dashboard(
    signed_in: Client, access: Access, paused: Journey, at_once: datetime
) -> None:
    row = alarm(paused, at_once)

    answer = signed_in.post(f"{HOME}journeys/alarms/{row.pk}/read/", {"back": HOME})

    assert answer.url == HOME
    assert not today(access, at_once).alarms


def test_a_viewer_reads_and_changes_nothing(
    client: Client, workspace: Any, access: Access, paused: Journey, noa: Any, at_once: datetime
) -> None:
    alarm(paused, at_once)
    alert(access, at_once)
    actions.add_task(access, noa, title="להתקשר", due_at=at_once, now=at_once)
    user = User.objects.create_user("v@shop.example", "correct horse battery")
    Membership.objects.create(workspace=workspace, user=user, role="viewer")
    client.force_login(user)

    found = client.get(HOME).content.decode()
    block = found[found.index("h-today") :].partition("</section>")[0]

    assert "להתקשר" in block
    assert "<form" not in block


def test_nothing_of_another_workspace_is_shown(
    access: Access, paused: Journey, at_once: datetime
) -> None:
    alert(access, at_once)
    other = type(access.workspace).objects.create(key="other", name="other")

    assert today(Access(other, "owner"), at_once).is_quiet


def test_the_page_takes_fifteen_statements_however_much_waits(
    signed_in: Client,
    access: Access,
    paused: Journey,
    noa: Any,
    dan: Any,
    at_once: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    signed_in.get(HOME)
    for person in (noa, dan):
        for _time in range(3):
            alert(access, at_once, contact_id=person.pk, journey_id=paused.pk)
            actions.add_task(access, person, title="x", due_at=at_once, now=at_once)
    alarm(paused, at_once)

    with django_assert_max_num_queries(15):
        signed_in.get(HOME)
