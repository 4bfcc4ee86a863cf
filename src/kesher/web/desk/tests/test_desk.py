"""Tasks and alerts as the staff sees them: the lists, the bell, the card, the way from an SMS."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kesher.accounts.access import Access
from kesher.accounts.models import Membership, User
from kesher.contacts.models import Contact
from kesher.journeys.desk import actions
from kesher.journeys.models import StaffAlert, StaffTask

pytestmark = pytest.mark.django_db
DESK = "/w/green-books/desk/"


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def at_once() -> datetime:
    """Screens ask the clock themselves."""
    return timezone.now()


@pytest.fixture
def task(access: Access, noa: Any, at_once: datetime) -> StaffTask:
    due = at_once - timedelta(days=2)
    return actions.add_task(access, noa, title="להתקשר לנועה", due_at=due, now=at_once)


@pytest.fixture
def alert(workspace: Any, noa: Any, at_once: datetime) -> StaffAlert:
    return StaffAlert.objects.create(
        workspace_id=workspace.pk, contact_id=noa.pk, text="נועה נתנה כוכב אחד", created_at=at_once
    )


@pytest.fixture
def viewer(workspace: Any, client: Client) -> Client:
    user = User.objects.create_user("v@shop.example", "correct horse battery")
    Membership.objects.create(workspace=workspace, user=user, role="viewer")
    client.force_login(user)
    return client


def test_an_overdue_task_names_the_person_and_leads_to_the_card(
    signed_in: Client, task: StaffTask, noa: Any
) -> None:
    page = text(signed_in, DESK)

    assert "להתקשר לנועה" in page
    assert f"/contacts/{noa.pk}/" in page
    assert "באיחור" in page


def test_an_empty_desk_gives_an_example(signed_in: Client, workspace: Any) -> None:
    assert "להתקשר לנועה" in text(signed_in, DESK)
    assert "כוכב אחד" in text(signed_in, f"{DESK}alerts/")


def test_done_goes_back_to_where_it_was_pressed(
    signed_in: Client, task: StaffTask, noa: Any
) -> None:
    card = f"/w/green-books/contacts/{noa.pk}/"

    answer = signed_in.post(f"{DESK}tasks/{task.pk}/done/", {"back": card})

    assert (answer.status_code, answer["Location"]) == (302, card)
    assert StaffTask.objects.get().done_at
    assert "להתקשר לנועה" in text(signed_in, f"{DESK}?show=done")


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(signed_in: Client, task: StaffTask, there: str) -> None:
    answer = signed_in.post(f"{DESK}tasks/{task.pk}/done/", {"back": there})

    assert answer["Location"] == DESK
    page = text(signed_in, f"{DESK}tasks/{task.pk}/?back={there}")
    assert f'"{there}"' not in page


def test_a_task_moves_to_the_end_of_tomorrow(signed_in: Client, task: StaffTask) -> None:
    signed_in.post(f"{DESK}tasks/{task.pk}/move/", {"to": "tomorrow"})

    due = StaffTask.objects.get().due_at
    assert due is not None
    assert f"{timezone.localtime(due, timezone.get_fixed_timezone(120)):%M}" == "59"
    assert due > timezone.now()
    signed_in.post(f"{DESK}tasks/{task.pk}/move/", {"to": "never"})
    assert StaffTask.objects.get().due_at is None


def test_a_task_is_added_for_a_contact(signed_in: Client, owner: Any, noa: Any) -> None:
    address = f"{DESK}new/{noa.pk}/"
    assert 'name="title"' in text(signed_in, address)

    given = {
        "title": "לשלוח הצעת מחיר",
        "assignee": owner.email,
        "day": "2030-01-02",
        "hour": "09:30",
    }
    assert signed_in.post(address, given).status_code == 302

    task = StaffTask.objects.get()
    assert (task.contact_id, task.assignee, task.journey_id) == (noa.pk, owner.email, None)
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2030-01-02T07:30:00+00:00"


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"title": "x", "day": "32"}, {"title": "x", "assignee": "a@b.example"}],
)
def test_what_cannot_be_taken_is_said(signed_in: Client, noa: Any, wrong: Any) -> None:
    answer = signed_in.post(f"{DESK}new/{noa.pk}/", wrong)

    assert answer.status_code == 422
    assert not StaffTask.objects.exists()


def test_the_bell_counts_what_waits(
    signed_in: Client, task: StaffTask, alert: StaffAlert, noa: Any
) -> None:
    bell = text(signed_in, f"{DESK}bar/")

    assert "2 ממתינות" in bell
    assert "להתקשר לנועה" in bell
    assert "נתנה כוכב אחד" in bell


def test_an_alert_is_read_and_unread(signed_in: Client, alert: StaffAlert) -> None:
    signed_in.post(f"{DESK}alerts/{alert.pk}/read/")
    assert StaffAlert.objects.get().read_at

    signed_in.post(f"{DESK}alerts/{alert.pk}/read/", {"again": "1"})
    assert StaffAlert.objects.get().read_at is None

    signed_in.post(f"{DESK}alerts/read/")
    assert StaffAlert.objects.get().read_at


def test_five_thousand_alerts_are_paged(
    signed_in: Client, workspace: Any, at_once: datetime, django_assert_max_num_queries: Any
) -> None:
    rows = [
        StaffAlert(workspace_id=workspace.pk, text=f"התראה-{number}-", created_at=at_once)
        for number in range(5_000)
    ]
    StaffAlert.objects.bulk_create(rows)

    with django_assert_max_num_queries(25):
        first = text(signed_in, f"{DESK}alerts/")
    last = text(signed_in, f"{DESK}alerts/?page=100")

    assert "התראה-4999-" in first
    assert "התראה-4949-" not in first
    assert "התראה-0-" in last


def test_the_card_shows_what_is_open(
    signed_in: Client, task: StaffTask, alert: StaffAlert, noa: Any, dan: Any
) -> None:
    hers = text(signed_in, f"{DESK}of/{noa.pk}/")

    assert "להתקשר לנועה" in hers
    assert "נתנה כוכב אחד" in hers
    assert "להתקשר" not in text(signed_in, f"{DESK}of/{dan.pk}/")
    assert f"{DESK}of/{noa.pk}/" in text(signed_in, f"/w/green-books/contacts/{noa.pk}/")


def test_a_viewer_sees_and_does_nothing(viewer: Client, task: StaffTask, alert: StaffAlert) -> None:
    assert "/done/" not in text(viewer, f"{DESK}?show=all")
    assert "/read/" not in text(viewer, f"{DESK}alerts/")
    for place in (f"tasks/{task.pk}/done/", f"alerts/{alert.pk}/read/", "alerts/read/"):
        assert viewer.post(f"{DESK}{place}").status_code == 403


def test_the_link_in_an_sms_leads_to_the_card(
    signed_in: Client, client: Client, alert: StaffAlert, noa: Any
) -> None:
    answer = signed_in.get(f"/a/{alert.pk}")
    assert answer["Location"] == f"/w/green-books/contacts/{noa.pk}/"

    Contact.objects.filter(pk=noa.pk).update(deleted_at=timezone.now())
    assert signed_in.get(f"/a/{alert.pk}")["Location"] == f"{DESK}alerts/"


def test_strangers_follow_no_link(alert: StaffAlert, db: None) -> None:
    stranger = Client()
    assert "/login" in stranger.get(f"/a/{alert.pk}")["Location"]
    stranger.force_login(User.objects.create_user("x@other.example", "correct horse battery"))

    assert stranger.get(f"/a/{alert.pk}").status_code == 404
    assert stranger.get("/a/987654321987654321987").status_code == 404


def test_an_alert_about_nobody_and_a_task_of_a_deleted_person_are_shown(
    signed_in: Client, workspace: Any, task: StaffTask, at_once: datetime
) -> None:
    StaffAlert.objects.create(workspace_id=workspace.pk, text="המנוע מאחר", created_at=at_once)
    Contact.objects.update(deleted_at=at_once)

    assert "המנוע מאחר" in text(signed_in, f"{DESK}alerts/")
    assert "איש קשר שנמחק" in text(signed_in, f"{DESK}?show=all")
