"""The journey of the demo: a welcome that has been live for days, with people at every step."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.journeys import engine
from kesher.journeys.actions import create_journey, enrol, publish_journey
from kesher.lib import clock, sql
from kesher.messages import receipts, sender
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit

NAME = "ברוכים הבאים לחנות"
DAYS_AGO, PEOPLE_A_DAY = (6, 4, 2, 0), 30
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


def _mail(subject: str, text: str, **ways: str) -> dict[str, Any]:
    blocks = [
        {"id": "b1", "kind": "text", "html": f"<p>{text}</p>"},
        {"id": "b2", "kind": "footer"},
    ]
    document = {"format": 1, "language": "he", "direction": "rtl", "blocks": blocks}
    return {"kind": "send_email", "subject": subject, "message_class": "advertising", "document": document, **ways}  # fmt: skip


GRAPH: dict[str, Any] = {
    "format": 1,
    "triggers": [{"kind": "list.joined", "list": "newsletter"}],
    "reentry": {"policy": "never"},
    "start": "hello",
    "nodes": {
        "hello": _mail(
            "ברוכים הבאים!", "שלום [[שם פרטי|לך]], שמחים שהצטרפת. הנה ההמלצות שלנו להתחלה.", next="seen"
        ),
        "seen": {
            "kind": "wait_until",
            "rule": {"did": "message.opened", "where": {"message": "previous"}},
            "timeout": "P3D", "yes": "near", "timed_out": "again",
        },
        "near": {
            "kind": "condition", "rule": {"field": "city", "op": "equals", "value": "חיפה"},
            "yes": "invite", "no": "rest",
        },
        "invite": _mail("קפה עלינו בסניף", "מחכים לך בסניף שבהרצל 12, חיפה.", next="end"),
        "rest": {"kind": "wait", "for": "P7D", "at": "10:00", "next": "end"},
        "again": _mail("ראית את זה?", "שלום [[שם פרטי|לך]], אולי פספסת את ההמלצות שלנו.", next="end"),
        "end": {"kind": "exit"},
    },
}  # fmt: skip


def add_journeys(access: Access, now: datetime, chance: random.Random) -> None:
    """People came in on several days; some opened the first mail, for others its time is up."""
    journey = create_journey(access, name=NAME, graph=GRAPH, now=now - timedelta(days=7))
    publish_journey(access, journey, now=now - timedelta(days=7))
    newest = Contact.objects.filter(workspace=access.workspace, deleted_at=None).order_by("-pk")
    people = list(newest.values_list("pk", flat=True)[: PEOPLE_A_DAY * len(DAYS_AGO)])
    for number, days in enumerate(DAYS_AGO):
        at = now - timedelta(days=days)
        some = people[number * PEOPLE_A_DAY : (number + 1) * PEOPLE_A_DAY]
        enrol(access, journey, contact_ids=some, now=at)
        _walk(at)
        _date_back(access)
        _open(access, chance, at)
        _walk(at + timedelta(minutes=30))
        _date_back(access)


def _walk(at: datetime) -> None:
    """Everything that falls due, and what it sends."""
    while engine.step(at):
        pass
    while sender.send_due(at, limit=1000):
        pass


def _open(access: Access, chance: random.Random, at: datetime) -> None:
    sent = Message.objects.filter(
        workspace_id=access.workspace.pk, source="journey", status="sent", opened_at=None
    )
    hits = [
        NewHit("open", number, at + timedelta(minutes=5), ip="192.0.2.10", agent=PHONE)
        for number in sent.order_by("pk").values_list("pk", flat=True)
        if chance.random() < 0.35
    ]
    receipts.store_hits(hits)
    while receipts.digest_hits(clock.now()):
        pass


# The sender writes down the true time of sending: move it to the journey's.
_DATE_BACK = """
UPDATE message SET sent_at = queued_at, delivered_at = queued_at
WHERE workspace_id = %s AND source = 'journey' AND sent_at IS NOT NULL
"""


def _date_back(access: Access) -> None:
    sql.execute(_DATE_BACK, (access.workspace.pk,))
