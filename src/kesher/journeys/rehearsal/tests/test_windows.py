"""A rehearsal keeps the sending hours by its own clock, and tells when each message would really leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.journeys.actions import create_journey
from kesher.journeys.models import Journey
from kesher.journeys.rehearsal.keeping import Kept
from kesher.journeys.rehearsal.playing import rehearse
from kesher.journeys.rehearsal.tests.test_rehearsal import ask, letter
from kesher.messages.models import Message
from kesher.messages.windows.actions import set_windows
from kesher.messages.windows.settings import recommended


@pytest.fixture
def journey(access: Access, now: datetime) -> Journey:
    """A reply and an offer on Friday at 14:00, and a step that is reached meanwhile."""
    nodes = {
        "until": {"kind": "wait", "for": "P3DT4H", "next": "reply"},
        "reply": letter("תשובה", message_class="reply", next="offer"),
        "offer": letter("הצעה", message_class="advertising", next="end"),
        "end": {"kind": "exit"},
    }
    graph = {"format": 1, "start": "until", "nodes": nodes, "triggers": [{"kind": "manual"}]}
    return create_journey(access, name="מסע", graph=graph, now=now)


def told_of(kept: Kept, person: Contact) -> list[tuple[Any, ...]]:
    return [(one[1], one[3], *one[9:]) for one in kept.messages[person.pk]]


def test_each_message_shows_when_it_would_really_leave(
    access: Access, journey: Journey, noa: Contact, yael: Contact, now: datetime
) -> None:
    set_windows(access, settings=recommended(), now=now)
    kept = Kept()

    told = rehearse(access, journey, ask(noa, yael), now=now, kept=kept)

    friday, sunday = "2026-11-20T12:00:00+00:00", "2026-11-22T06:00:00+00:00"
    expected = [("reply", friday), ("offer", sunday, friday)]
    assert told_of(kept, noa) == told_of(kept, yael) == expected
    assert told["moved"] == 2
    assert told["sent"] == {"email": 4}
    assert told["ended"] == {"done": 2}
    assert not Message.objects.exists()


def test_without_windows_nothing_is_moved(
    access: Access, journey: Journey, noa: Contact, now: datetime
) -> None:
    kept = Kept()

    told = rehearse(access, journey, ask(noa), now=now, kept=kept)

    friday = "2026-11-20T12:00:00+00:00"
    assert told_of(kept, noa) == [("reply", friday), ("offer", friday)]
    assert told["moved"] == 0
