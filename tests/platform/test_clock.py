"""`kesher clock`: time that stands still, and what falls due on the way when it is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kesher.channels.models import ChannelAccount, LocalMessage
from kesher.events.log import NewEvent, record
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import JourneyRun
from kesher.lib import clock
from kesher.messages import sender
from kesher.messages.models import Message
from kesher.project import passing_time, test_clock

START = datetime(2027, 3, 1, 10, tzinfo=UTC)
MAIL = {
    "format": 1, "language": "he", "direction": "rtl",
    "blocks": [{"id": "b", "kind": "text", "html": "<p>שלום</p>"}, {"id": "f", "kind": "footer"}],
}  # fmt: skip


@pytest.fixture
def hands(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.HOME = tmp_path
    test_clock.put(tmp_path, START)
    test_clock.install(tmp_path)
    yield tmp_path
    clock.ask(None)
    sender.close()


def a_mail_every_ten_days(access: Any) -> None:
    nodes = {
        "mail": {"kind": "send_email", "subject": "x", "document": MAIL, "message_class": "service", "next": "wait"},
        "wait": {"kind": "wait", "for": "P10D", "next": "mail"},
    }  # fmt: skip
    graph = {"start": "mail", "nodes": nodes, "triggers": [{"kind": "custom"}]}
    journey = create_journey(access, name="x", graph=graph, now=clock.now())
    publish_journey(access, journey, now=clock.now())


@pytest.mark.django_db
def test_what_falls_due_on_the_way_is_done_at_its_own_moment(
    hands: Path, access: Any, noa: Any
) -> None:
    a_mail_every_ten_days(access)
    record(access.workspace.pk, NewEvent("custom", noa.pk, clock.now(), {}, "test"))

    passing_time.move("advance", "P25D", lambda line: None)

    sent = Message.objects.order_by("pk").values_list("sent_at", flat=True)
    assert [at - START for at in sent if at] == [timedelta(days=days) for days in (0, 10, 20)]
    assert LocalMessage.objects.count() == 3
    assert clock.now() == datetime(
        2027, 3, 26, 9, tzinfo=UTC
    )  # noon in Jerusalem, as on the first of March
    run = JourneyRun.objects.get()
    assert run.arrived_at - run.started_at == timedelta(
        days=20
    )  # by the clock of Jerusalem, before the spring night


@pytest.mark.django_db
def test_it_goes_to_a_moment_on_the_clock_of_jerusalem(hands: Path) -> None:
    passing_time.move("to", "2027-03-26T09:00", lambda line: None)

    assert clock.now() == datetime(2027, 3, 26, 6, tzinfo=UTC)
    assert test_clock.shown(hands) == "2027-03-26T09:00:00+03:00"


@pytest.mark.django_db
@pytest.mark.parametrize(("how", "to"), [("advance", "soon"), ("to", "soon"), ("to", "2020-01-01")])
def test_a_slip_leaves_it_where_it_is(hands: Path, how: str, to: str) -> None:
    with pytest.raises(passing_time.CannotMove):
        passing_time.move(how, to, lambda line: None)

    assert clock.now() == START


@pytest.mark.django_db
def test_it_is_refused_where_messages_really_leave(workspace: Any) -> None:
    passing_time.refuse_real_providers()
    ChannelAccount.objects.create(
        workspace=workspace, channel="email", provider="smtp", is_default=True
    )

    with pytest.raises(passing_time.CannotMove, match="smtp"):
        passing_time.refuse_real_providers()
