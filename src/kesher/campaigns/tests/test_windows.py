"""Campaigns and the sending hours: pulses, tests, pausing and going on, with the sender as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import abtest, actions, planning
from kesher.campaigns.abtest import Plan, ab_test_of, set_ab_test
from kesher.campaigns.models import Campaign
from kesher.campaigns.moves import move_campaign
from kesher.messages import sender
from kesher.messages.models import Message
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.settings import OFF, recommended

HOUR = timedelta(hours=1)
THURSDAY_EVENING = datetime(2026, 11, 19, 17, 30, tzinfo=UTC)  # 19:30 in Jerusalem; open till 20:00
FRIDAY_EIGHT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
SUNDAY_EIGHT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _hours(access: Access, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.HOME = tmp_path
    set_windows(access, settings=recommended(), now=THURSDAY_EVENING)
    yield
    sender.close()


def plan(now: datetime) -> None:
    while planning.advance(now):
        pass


def pass_to(now: datetime) -> None:
    """Everything that is due, until all is quiet."""
    for _turn in range(3):
        plan(now)
        sender.send_due(now)
        sender.reclaim(now)


def sent() -> int:
    return Message.objects.filter(status="sent").count()


def state(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    return campaign.status


def test_a_campaign_of_the_night_leaves_in_the_morning(access: Access, ready: Campaign) -> None:
    actions.send_campaign(access, ready, now=FRIDAY_NIGHT)

    pass_to(FRIDAY_NIGHT)
    assert (sent(), state(ready)) == (0, "sending")
    pass_to(SUNDAY_EIGHT)

    assert (sent(), state(ready)) == (25, "sent")


def test_no_pulse_of_the_morning_is_larger_for_what_the_night_held_back(
    access: Access, ready: Campaign
) -> None:
    actions.send_campaign(access, ready, now=FRIDAY_NIGHT, pulse_size=10, pulse_every=HOUR)
    for hour in range(36):
        pass_to(min(FRIDAY_NIGHT + hour * HOUR, SUNDAY_EIGHT - timedelta(seconds=1)))
    assert sent() == 0

    counts = []
    for hour in range(4):
        pass_to(SUNDAY_EIGHT + hour * HOUR)
        counts.append(sent())

    assert counts == [10, 20, 25, 25]
    assert state(ready) == "sent"


def test_what_the_evening_left_of_a_pulse_is_part_of_the_mornings(
    access: Access, ready: Campaign
) -> None:
    """Planned while it was open, but the sender was away until the hours were over."""
    actions.send_campaign(access, ready, now=THURSDAY_EVENING, pulse_size=10, pulse_every=12 * HOUR)
    plan(THURSDAY_EVENING)
    pass_to(THURSDAY_EVENING + HOUR)
    assert sent() == 0
    sender.send_due(FRIDAY_EIGHT)
    assert sent() == 10

    pass_to(FRIDAY_EIGHT)
    assert sent() == 10
    pass_to(FRIDAY_EIGHT + 3 * HOUR)

    assert sent() == 10
    pass_to(SUNDAY_EIGHT)
    assert sent() == 20


def test_opening_the_hours_lets_a_waiting_pulse_go_at_once(access: Access, ready: Campaign) -> None:
    actions.send_campaign(access, ready, now=FRIDAY_NIGHT, pulse_size=10, pulse_every=HOUR)
    pass_to(FRIDAY_NIGHT)
    assert planning.next_pulse_opens(FRIDAY_NIGHT) == SUNDAY_EIGHT

    set_windows(access, settings=OFF, now=FRIDAY_NIGHT)
    pass_to(FRIDAY_NIGHT + timedelta(minutes=1))

    assert sent() == 10
    assert planning.next_pulse_opens(FRIDAY_NIGHT) is None


def test_a_pause_over_the_opening_repeats_nobody(access: Access, ready: Campaign) -> None:
    actions.send_campaign(access, ready, now=FRIDAY_NIGHT)
    pass_to(FRIDAY_NIGHT)
    move_campaign(access, ready, "pause", now=FRIDAY_NIGHT)
    pass_to(SUNDAY_EIGHT)
    assert sent() == 0

    ready.refresh_from_db()
    move_campaign(access, ready, "resume", now=SUNDAY_EIGHT + 14 * HOUR)
    pass_to(SUNDAY_EIGHT + 14 * HOUR)
    assert sent() == 0  # 22:00
    pass_to(SUNDAY_EIGHT + 24 * HOUR)

    assert (sent(), state(ready)) == (25, "sent")


def test_cancelling_at_night_refuses_what_waits(access: Access, ready: Campaign) -> None:
    actions.send_campaign(access, ready, now=FRIDAY_NIGHT)
    pass_to(FRIDAY_NIGHT)

    move_campaign(access, ready, "cancel", now=FRIDAY_NIGHT)
    pass_to(SUNDAY_EIGHT)

    assert sent() == 0
    assert set(Message.objects.values_list("status", "reason")) == {("refused", "cancelled")}


def test_a_test_waits_from_when_its_sample_could_leave(access: Access, ready: Campaign) -> None:
    set_ab_test(access, ready, plan=Plan("subject", ("חם?",), 40, 2 * HOUR, "opens"))
    actions.send_campaign(access, ready, now=FRIDAY_NIGHT)
    for hour in (0, 1, 2, 10, 30):
        pass_to(FRIDAY_NIGHT + hour * HOUR)
    test = ab_test_of(ready)
    assert test is not None
    assert test.sample_left_at is None

    pass_to(SUNDAY_EIGHT)

    test = ab_test_of(ready)
    assert test is not None
    assert 0 < sent() < 25
    assert abtest.decides_at(test) == SUNDAY_EIGHT + 2 * HOUR
    pass_to(SUNDAY_EIGHT + 2 * HOUR)
    assert (sent(), state(ready)) == (25, "sent")


def test_the_rest_of_a_test_that_is_decided_at_night_waits(access: Access, ready: Campaign) -> None:
    set_ab_test(access, ready, plan=Plan("subject", ("חם?",), 40, 2 * HOUR, "opens"))
    actions.send_campaign(access, ready, now=THURSDAY_EVENING)
    pass_to(THURSDAY_EVENING)
    sample = sent()
    assert sample

    pass_to(THURSDAY_EVENING + 2 * HOUR)
    assert sent() == sample
    pass_to(FRIDAY_EIGHT)

    assert (sent(), state(ready)) == (25, "sent")
