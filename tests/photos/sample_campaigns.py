"""Campaigns in the states that the demo shop has none of: texts, A/B tests, one sent again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kesher.accounts.access import Access
from kesher.campaigns import actions, planning
from kesher.campaigns.abtest import Plan, set_ab_test
from kesher.campaigns.models import Campaign
from kesher.campaigns.resend import resend_campaign
from kesher.contacts.models import ContactList
from kesher.content.actions import save_document
from kesher.content.models import TrackedLink
from kesher.lib import clock
from kesher.messages import receipts, sender
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit
from kesher.project.demo.load import PHONE
from kesher.segments.actions import create_segment
from kesher.segments.audience import Audience, Part

SUBJECTS = (
    "הגיע החורף, והספרים מחכים לכם ליד התנור",
    "מה קוראים השבוע, [[first_name|חברים]]?",
)
TEXT = [
    {
        "id": "t1",
        "kind": "sms_text",
        "text": "[[first_name|שלום]], סוף שבוע של ספרים: 20% על הכול.",
    },
    {"id": "t2", "kind": "sms_text", "text": "הקופון שלכם: https://green-books.example/weekend"},
]


def add_campaigns(
    access: Access, *, draft: Campaign, sent: Campaign, now: datetime
) -> dict[str, int | str]:
    """Ids by the names that the photographed screens use."""
    near = create_segment(
        access,
        name="מצפון, ולא קנו מזמן",
        rule={
            "any": [{"field": "city", "op": "equals", "value": city} for city in ("חיפה", "עכו")]
        },
        now=now,
    )
    tested = _tested(access, draft, now)
    waiting = _tested(access, draft, now)
    _send(access, waiting, now - timedelta(hours=2))
    _react(waiting, now)
    decided = _tested(access, draft, now)
    _send(access, decided, now - timedelta(hours=9))
    _react(decided, now - timedelta(hours=8))
    _go_on(now)
    sms, sms_sent = (_text(access, near.pk, now) for _number in range(2))
    _send(access, sms_sent, now - timedelta(days=1))
    again = resend_campaign(access, sent)
    return {
        "ab_draft": tested.pk,
        "ab_waiting": waiting.pk,
        "ab_decided": decided.pk,
        "sms": sms.pk,
        "sms_sent": sms_sent.pk,
        "resend": again.pk,
        "resend_parent": sent.pk,
    }


def _tested(access: Access, draft: Campaign, now: datetime) -> Campaign:
    copy = actions.duplicate_campaign(access, draft)
    actions.rename_campaign(access, copy, name="ניוזלטר חורף, שלושה נושאים")
    plan = Plan("subject", SUBJECTS, 50, timedelta(hours=4), "opens")
    set_ab_test(access, copy, plan=plan)
    return Campaign.objects.get(pk=copy.pk)


def _text(access: Access, segment: int, now: datetime) -> Campaign:
    made = actions.create_campaign(access, name="קופון לסוף השבוע", channel="sms")
    body: dict[str, Any] = {**made.document.body, "blocks": TEXT}
    save_document(
        access,
        made.document,
        body=body,
        subject="",
        preheader="",
        name=made.name,
        revision=made.document.revision,
    )
    everybody = ContactList.objects.get(workspace=access.workspace, is_all=True)
    audience = Audience((Part("list", everybody.pk),), (), (Part("segment", segment),))
    actions.set_audience(access, made, audience=audience)
    return Campaign.objects.get(pk=made.pk)


def _send(access: Access, campaign: Campaign, at: datetime) -> None:
    actions.send_campaign(access, campaign, now=at)
    _go_on(at)


def _go_on(now: datetime) -> None:
    """What the worker does at this instant, until all is quiet."""
    while planning.advance(now) + sender.send_due(now, limit=1000):
        pass
    sender.close()


def _react(campaign: Campaign, at: datetime) -> None:
    """Some open, those of the second variant more."""
    found = Message.objects.filter(
        workspace_id=campaign.workspace_id,
        source="campaign",
        source_id=str(campaign.pk),
        status="sent",
    )
    # The sender wrote down the true time of sending, which is after these opens.
    found.update(sent_at=campaign.started_at, delivered_at=campaign.started_at)
    versions = campaign.variants.values_list("version_id", flat=True)
    eager = dict(zip(versions, (5, 2, 4), strict=True))
    link = TrackedLink.objects.filter(version_id__in=eager).order_by("number").first()
    hits = []
    for message in found.order_by("pk"):
        if message.pk % eager[message.version_id] == 0:
            hits.append(NewHit("open", message.pk, at, ip="192.0.2.9", agent=PHONE))
            if link is not None and message.pk % 3 == 0:
                clicked = at + timedelta(seconds=40)
                hits.append(NewHit("click", message.pk, clicked, link.number, "192.0.2.9", PHONE))
    receipts.store_hits(hits)
    while receipts.digest_hits(clock.now() + timedelta(minutes=5)):
        pass
