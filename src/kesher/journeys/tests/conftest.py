"""A journey at work: published from JSON, moved by the engine, its clock in the test's hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.contacts.models import Field
from kesher.events.log import NewEvent, record
from kesher.journeys import engine
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey, JourneyRun, JourneyStep
from kesher.lib import sql
from kesher.messages.models import Message
from kesher.segments import upkeep

Graph = dict[str, Any]


def mail(text: str = "שלום [[first_name|חבר]]") -> Graph:
    """A small document for a node that sends."""
    return {
        "format": 1, "language": "he", "direction": "rtl",
        "blocks": [
            {"id": "b1", "kind": "text", "html": f"<p>{text}</p>"},
            {"id": "b2", "kind": "footer"},
        ],
    }  # fmt: skip


class Desk:
    """What a test does with journeys. `now` stands still until it is moved."""

    def __init__(self, access: Access, now: datetime) -> None:
        self.access, self.workspace, self.now = access, access.workspace, now

    def publish(self, nodes: Graph, *, start: str | None = None, **rest: Any) -> Journey:
        graph = {"format": 1, "start": start or next(iter(nodes)), "nodes": nodes, **rest}
        name = str(rest.get("name") or "מסע")
        journey = create_journey(self.access, name=name, graph=graph, now=self.now)
        publish_journey(self.access, journey, now=self.now)
        return journey

    def happens(self, kind: str, contact: Any, **data: Any) -> int | None:
        return record(self.workspace.pk, NewEvent(kind, contact.pk, self.now, data, "test"))

    def custom(self, contact: Any, name: str = "x", **data: Any) -> int | None:
        return self.happens("custom", contact, name=name, **data)

    def settle(self) -> int:
        """Until nothing more is to be done at this moment."""
        done = 0
        for _turn in range(200):
            did = upkeep.advance(self.now) + engine.step(self.now)
            done += did
            if not did:
                return done
        raise AssertionError("the engine does not come to rest")

    def wait(self, **length: float) -> None:
        """Time passes, and what falls due on the way is done in its order."""
        end = self.now + timedelta(**length)
        self.until(end)

    def until(self, end: datetime) -> None:
        self.settle()
        while (due := self.next_due()) is not None and due <= end:
            self.now = max(due, self.now)
            self.settle()
        self.now = end
        self.settle()

    def next_due(self) -> datetime | None:
        found: datetime | None = sql.value(
            "SELECT least((SELECT min(due_at) FROM journey_run WHERE due_at IS NOT NULL),"
            " (SELECT min(next_at) FROM journey_clock))"
        )
        return found

    def runs(self, contact: Any = None, journey: Journey | None = None) -> list[JourneyRun]:
        found = JourneyRun.objects.filter(workspace_id=self.workspace.pk)
        if contact is not None:
            found = found.filter(contact_id=contact.pk)
        if journey is not None:
            found = found.filter(journey_id=journey.pk)
        return list(found.order_by("pk"))

    def path(self, run: JourneyRun) -> list[str]:
        """ "node" or "node>port" for each step so far, then where it stands."""
        steps = JourneyStep.objects.filter(workspace_id=self.workspace.pk, run_id=run.pk)
        came = [
            f"{step.node}>{step.port}" if step.port else step.node
            for step in steps.order_by("visit")
        ]
        return came if run.ended_at else [*came, run.node]

    def messages(self, contact: Any = None) -> list[Message]:
        found = Message.objects.filter(workspace_id=self.workspace.pk)
        if contact is not None:
            found = found.filter(contact_id=contact.pk)
        return list(found.order_by("pk"))

    def field(self, key: str, type: str = "number", **options: Any) -> Field:
        return Field.objects.create(
            workspace=self.workspace, key=key, label=key, type=type, options=options
        )


@pytest.fixture
def desk(access: Any, now: datetime) -> Desk:
    return Desk(access, now)


MakeMail = Callable[..., Graph]


@pytest.fixture
def a_mail() -> MakeMail:
    return mail
