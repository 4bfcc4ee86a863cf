from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.channels.models import LocalMessage
from kesher.contacts.models import Contact
from kesher.events import counters
from kesher.lib import sql
from kesher.messages import claims
from kesher.messages.actions import queue_message
from kesher.messages.models import Message, SendingWindows
from kesher.messages.sender import Sender, reclaim, send_due
from kesher.messages.windows import moving
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.queries import waiting, waits_until, windows_of
from kesher.messages.windows.settings import OFF, recommended

Plan = Callable[..., int]
FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 21:00 in Jerusalem
SUNDAY_EIGHT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def hours(access: Any) -> SendingWindows:
    return set_windows(access, settings=recommended(), now=FRIDAY_NIGHT - timedelta(days=1))


def states() -> set[tuple[str, str]]:
    return set(Message.objects.values_list("status", "reason"))


def test_advertising_of_the_night_leaves_in_the_morning_once(
    plan: Plan, noa: Any, hours: Any
) -> None:
    plan(due_at=FRIDAY_NIGHT)

    send_due(FRIDAY_NIGHT)

    moved = Message.objects.get()
    assert (moved.status, moved.reason, moved.due_at) == ("queued", "window", SUNDAY_EIGHT)
    assert datetime.fromisoformat(moved.reason_data["from"]) == FRIDAY_NIGHT
    assert waiting(noa.workspace_id, FRIDAY_NIGHT) == (1, SUNDAY_EIGHT)
    send_due(SUNDAY_EIGHT - timedelta(minutes=1))
    assert LocalMessage.objects.count() == 0
    send_due(SUNDAY_EIGHT)
    send_due(SUNDAY_EIGHT + timedelta(minutes=1))
    assert states() == {("sent", "")}
    assert LocalMessage.objects.count() == 1
    assert waiting(noa.workspace_id, SUNDAY_EIGHT) == (0, None)


@pytest.mark.parametrize("kind", ["transactional", "reply", "service"])
def test_other_messages_go_at_night(plan: Plan, noa: Any, hours: Any, kind: str) -> None:
    plan(due_at=FRIDAY_NIGHT, message_class=kind)
    plan(due_at=FRIDAY_NIGHT, source_id="8")

    send_due(FRIDAY_NIGHT)

    assert set(Message.objects.values_list("source_id", "status")) == {
        ("7", "sent"),
        ("8", "queued"),
    }


def test_service_messages_wait_too_when_asked_to(
    plan: Plan, access: Any, noa: Any, hours: Any
) -> None:
    both = recommended() | {"classes": ["advertising", "service"]}
    set_windows(access, settings=both, now=FRIDAY_NIGHT)
    plan(due_at=FRIDAY_NIGHT, message_class="service")

    send_due(FRIDAY_NIGHT)

    assert states() == {("queued", "window")}


def test_a_test_goes_at_any_hour(noa: Any, version: Any, hours: Any) -> None:
    queue_message(
        noa.workspace_id, contact_id=None, version_id=version.pk, source="test", source_id="x",
        now=FRIDAY_NIGHT, data={"to": "dana@green-books.example"},
    )  # fmt: skip

    send_due(FRIDAY_NIGHT)

    assert states() == {("sent", "")}


def test_who_refuses_meanwhile_gets_nothing(plan: Plan, noa: Any, hours: Any) -> None:
    plan(due_at=FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)

    Contact.objects.filter(pk=noa.pk).update(email_consent="withdrawn")
    send_due(SUNDAY_EIGHT)

    assert states() == {("refused", "consent_withdrawn")}


def test_opening_the_hours_lets_what_waits_go(
    plan: Plan, access: Any, noa: Any, hours: Any
) -> None:
    plan(due_at=FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)

    set_windows(access, settings=OFF, now=FRIDAY_NIGHT)

    assert states() == {("queued", "")}
    send_due(FRIDAY_NIGHT)
    assert states() == {("sent", "")}


def test_closing_more_hours_moves_what_waits_further(
    plan: Plan, access: Any, noa: Any, hours: Any
) -> None:
    plan(due_at=FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)
    only_monday = recommended() | {"hours": {"email": {"mon": ["10:00", "12:00"]}}}

    set_windows(access, settings=only_monday, now=FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)

    moved = Message.objects.get()
    assert moved.due_at == SUNDAY_EIGHT + timedelta(days=1, hours=2)
    assert datetime.fromisoformat(moved.reason_data["from"]) == FRIDAY_NIGHT


def test_what_an_older_version_moved_late_is_found_by_the_sweep(
    plan: Plan, access: Any, noa: Any, workspace: Any, hours: Any
) -> None:
    stale = windows_of(workspace)
    set_windows(access, settings=OFF, now=FRIDAY_NIGHT)
    plan(due_at=FRIDAY_NIGHT)
    moving.move_closed(workspace.pk, stale, channel="email", now=FRIDAY_NIGHT, at=FRIDAY_NIGHT)

    reclaim(FRIDAY_NIGHT)

    assert states() == {("queued", "")}
    assert not SendingWindows.objects.get().is_settled
    reclaim(FRIDAY_NIGHT + timedelta(minutes=5))
    assert SendingWindows.objects.get().is_settled


def test_another_time_zone_moves_what_waits(
    plan: Plan, noa: Any, workspace: Any, hours: Any
) -> None:
    plan(due_at=FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)
    type(workspace).objects.filter(pk=workspace.pk).update(time_zone="America/New_York")

    reclaim(FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)

    assert Message.objects.get().due_at == SUNDAY_EIGHT + timedelta(hours=7)


def test_a_crash_in_between_neither_loses_nor_doubles(plan: Plan, noa: Any, hours: Any) -> None:
    """Claimed before the hours closed by a sender that died: taken over at night, it waits like the others."""
    before = FRIDAY_NIGHT - timedelta(hours=9)
    plan(due_at=before)
    claims.claim(noa.workspace_id, channel="email", limit=10, now=before, at=before)
    assert states() == {("sending", "")}

    send_due(FRIDAY_NIGHT)
    assert states() == {("sending", "")}
    claims.take_over_expired(FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)
    assert states() == {("queued", "window")}
    send_due(SUNDAY_EIGHT)
    claims.take_over_expired(SUNDAY_EIGHT + timedelta(hours=1))
    send_due(SUNDAY_EIGHT + timedelta(hours=1))

    assert states() == {("sent", "")}
    assert LocalMessage.objects.count() == 1


def test_a_crash_at_the_opening_leaves_it_to_the_next(plan: Plan, noa: Any, hours: Any) -> None:
    plan(due_at=FRIDAY_NIGHT)
    send_due(FRIDAY_NIGHT)
    claims.claim(noa.workspace_id, channel="email", limit=10, now=SUNDAY_EIGHT, at=SUNDAY_EIGHT)

    claims.take_over_expired(SUNDAY_EIGHT + timedelta(minutes=5))
    send_due(SUNDAY_EIGHT + timedelta(minutes=5))

    assert states() == {("sent", "")}
    assert LocalMessage.objects.count() == 1


def test_a_batch_that_is_claimed_at_night_leaves_advertising_alone(
    plan: Plan, noa: Any, hours: Any
) -> None:
    """Between moving and claiming another campaign may be planned: a claim asks by itself."""
    plan(due_at=FRIDAY_NIGHT)

    found = claims.claim(
        noa.workspace_id, channel="email", limit=10, now=FRIDAY_NIGHT, at=FRIDAY_NIGHT,
        closed=("advertising",),
    )  # fmt: skip

    assert found == []


def test_what_is_put_off_by_the_server_waits_when_its_hour_is_closed(
    plan: Plan, noa: Any, hours: Any
) -> None:
    plan(due_at=FRIDAY_NIGHT)
    Message.objects.update(attempts=2, reason_data={"code": 451, "text": "later"})

    send_due(FRIDAY_NIGHT)

    moved = Message.objects.get()
    assert (moved.reason, moved.attempts, moved.due_at) == ("window", 2, SUNDAY_EIGHT)


def test_a_campaigns_waiting_is_told_by_itself(plan: Plan, noa: Any, yael: Any, hours: Any) -> None:
    plan(due_at=FRIDAY_NIGHT)
    plan(due_at=FRIDAY_NIGHT, source_id="8", contacts_where="c.id = %(one)s", parameters={"one": noa.pk})  # fmt: skip
    send_due(FRIDAY_NIGHT)

    one, other = (
        waits_until(noa.workspace_id, source="campaign", source_id=number) for number in "89"
    )

    assert (one, other) == (SUNDAY_EIGHT, None)
    assert waiting(noa.workspace_id, FRIDAY_NIGHT) == (3, SUNDAY_EIGHT)


@pytest.mark.parametrize("count", [3, 1_000])
def test_a_thousand_are_moved_as_one_is(
    plan: Plan, noa: Any, workspace: Any, hours: Any, count: int
) -> None:
    Contact.objects.bulk_create(
        Contact(
            workspace=workspace,
            email=f"p{number}@people.example",
            email_consent="granted",
            created_at=FRIDAY_NIGHT,
            updated_at=FRIDAY_NIGHT,
        )
        for number in range(count)
    )
    plan(due_at=FRIDAY_NIGHT)
    sender = Sender()

    with CaptureQueriesContext(connection) as asked:
        sender.send(FRIDAY_NIGHT, limit=100, stopping=lambda: False)

    sender.close()
    assert Message.objects.filter(reason="window").count() == count + 1
    assert len(asked) <= 16
    named = [f"campaign.7.{name}" for name in ("planned", "sent", "refused")]
    assert list(counters.read(workspace.pk, named).values()) == [count + 1, 0, 0]


def test_without_windows_nothing_more_is_asked_of_each_batch(plan: Plan, noa: Any) -> None:
    plan(due_at=FRIDAY_NIGHT)
    sender = Sender()

    with CaptureQueriesContext(connection) as asked:
        sender.send(FRIDAY_NIGHT, limit=100, stopping=lambda: False)

    sender.close()
    assert states() == {("sent", "")}
    about = [one["sql"] for one in asked if "sending_windows" in one["sql"]]
    assert 1 <= len(about) <= 4  # with the workspace, at most every two seconds
    assert sql.value("SELECT count(*) FROM sending_windows") == 0
