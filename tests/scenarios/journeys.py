"""Journeys in scenarios: publishing one, letting time pass as the test clock does, and a crowd on the way beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kesher.channels.models import LocalMessage
from kesher.contacts.actions import update_contact
from kesher.contacts.models import Contact
from kesher.events.log import NewEvent, record_many
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey
from kesher.project.passing_time import next_due
from tests.scenarios.conftest import Shop

Node = dict[str, Any]
CROWDS = [0, 200]  # alone, and with others on the way
END: Node = {"kind": "exit"}


def publish(shop: Shop, name: str, nodes: dict[str, Node], **rest: Any) -> Journey:
    graph = {"format": 1, "name": name, "start": next(iter(nodes)), "nodes": nodes, **rest}
    journey = create_journey(shop.access, name=name, graph=graph, now=shop.clock.now)
    publish_journey(shop.access, journey, now=shop.clock.now)
    return journey


def mail(subject: str, text: str, **rest: Any) -> Node:
    blocks = [
        {"id": "text", "kind": "text", "html": f"<p>{text}</p>"},
        {"id": "footer", "kind": "footer"},
    ]
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return {"kind": "send_email", "subject": subject, "document": document, **rest}


def sms(text: str, **rest: Any) -> Node:
    blocks = [{"id": "text", "kind": "sms_text", "text": text}]
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return {"kind": "send_sms", "document": document, **rest}


def let_pass(shop: Shop, length: timedelta) -> None:
    """Time passes; what falls due on the way is done at its own moment."""
    end = shop.clock.now + length
    shop.drain()
    while (due := next_due(shop.clock.now)) is not None and due <= end:
        shop.clock.now = due
        shop.drain()
    shop.clock.now = end
    shop.drain()


def crowd(shop: Shop, count: int, **columns: Any) -> list[Contact]:
    """Others, who agreed to everything."""
    return Contact.objects.bulk_create(
        Contact(
            workspace=shop.workspace, first_name=f"אורח {n}", email=f"guest{n}@example.com",
            mobile=f"+9725{20000000 + n}", email_consent="granted", sms_consent="granted", source="staff",
            created_at=shop.clock.now, updated_at=shop.clock.now, **columns,
        )
        for n in range(count)
    )  # fmt: skip


def sets(shop: Shop, person: Contact, **values: Any) -> None:
    """Staff write a field."""
    update_contact(shop.access, person, values=values, now=shop.clock.now)


def happens(shop: Shop, *people: Contact, name: str, **data: Any) -> None:
    """Another system tells of something."""
    told = {"name": name, **data}
    events = [NewEvent("custom", person.pk, shop.clock.now, told, "api") for person in people]
    record_many(shop.workspace.pk, events)


def texts_to(shop: Shop, person: Contact) -> list[str]:
    return texts_of(shop, [person])[0]


def texts_of(shop: Shop, people: Sequence[Contact]) -> list[list[str]]:
    """The texts of each of them, oldest first; of who has no number none."""
    found: dict[str, list[str]] = {person.mobile: [] for person in people}
    rows = LocalMessage.objects.filter(
        workspace_id=shop.workspace.pk, recipient__in=set(found) - {""}, channel="sms"
    )
    for row in rows.order_by("id"):
        found[row.recipient].append(bytes(row.raw).decode())
    return [found[person.mobile] for person in people]
