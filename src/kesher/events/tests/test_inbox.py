"""The inbox: each consumer has its own rows, and takes them once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.events import inbox, log
from kesher.events.log import NewEvent
from kesher.lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return clock.now()


def test_an_event_waits_once_for_each_consumer(workspace: Any, now: datetime) -> None:
    inbox.listen(workspace.pk, listener="journey:1", kinds=["list.joined", "list.left"])
    inbox.listen(workspace.pk, listener="journey:2", kinds=["list.joined"])
    inbox.listen(workspace.pk, listener="segment:5", kinds=["list.joined"])
    log.record(workspace.pk, NewEvent("list.joined", 7, now, {"list": "א"}, depth=2))
    log.record_for(workspace.pk, kind="list.joined", contact_ids=[8], at=now)
    assert inbox.waiting_workspaces("journey") == [workspace.pk]

    taken = inbox.take(workspace.pk, "journey", limit=10)
    assert [(one.contact_id, one.kind, one.depth) for one in taken] == [
        (7, "list.joined", 2),
        (8, "list.joined", 0),
    ]
    assert taken[0].data == {"list": "א"}
    assert inbox.take(workspace.pk, "journey", limit=10) == []
    assert len(inbox.take(workspace.pk, "segment", limit=10)) == 2


def test_one_contact_can_be_taken_before_the_others(workspace: Any, now: datetime) -> None:
    inbox.listen(workspace.pk, listener="journey:1", kinds=["list.joined"])
    log.record_for(workspace.pk, kind="list.joined", contact_ids=[7, 8, 9], at=now)
    taken = inbox.take(workspace.pk, "journey", limit=10, contact_id=8)
    assert [one.contact_id for one in taken] == [8]
    assert [one.contact_id for one in inbox.take(workspace.pk, "journey", limit=10)] == [7, 9]


def test_listening_again_replaces_the_kinds(workspace: Any, now: datetime) -> None:
    inbox.listen(workspace.pk, listener="journey:1", kinds=["list.joined"])
    inbox.listen(workspace.pk, listener="journey:1", kinds=["list.left"])
    log.record_for(workspace.pk, kind="list.joined", contact_ids=[7], at=now)
    inbox.unlisten(workspace.pk, listener="journey:1")
    log.record_for(workspace.pk, kind="list.left", contact_ids=[7], at=now)
    assert inbox.take(workspace.pk, "journey", limit=10) == []
