"""A journey that asks whether an SMS arrived: yes is only what somebody told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.channels import keeping
from kesher.channels.outgoing import Accepted
from kesher.contacts.models import Contact
from kesher.journeys.actions import enrol
from kesher.messages.models import Message
from kesher.messages.receipts import record_delivered
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import END, let_pass, publish, sms

ARRIVED = {"did": "message.delivered", "where": {"message": "previous"}}
NODES: dict[str, dict[str, Any]] = {
    "text": sms("סוף שבוע של ספרים", message_class="transactional", next="wait"),
    "wait": {"kind": "wait_until", "rule": ARRIVED, "timeout": "P1D", "yes": "good", "timed_out": "bad"},
    "good": {"kind": "update_contact", "changes": [{"field": "city", "do": "set", "value": "הגיע"}], "next": "end"},
    "bad": {"kind": "update_contact", "changes": [{"field": "city", "do": "set", "value": "לא ידוע"}], "next": "end"},
    "end": END,
}  # fmt: skip


def begun(shop: Shop) -> Contact:
    reader = Contact.objects.create(
        workspace=shop.workspace, first_name="נועה", mobile="+972501230000", sms_consent="granted",
        created_at=shop.clock.now, updated_at=shop.clock.now,
    )  # fmt: skip
    journey = publish(shop, "הגיע?", NODES, triggers=[{"kind": "custom"}])
    enrol(shop.access, journey, contact_ids=[reader.pk], now=shop.clock.now)
    let_pass(shop, timedelta(minutes=5))
    return reader


def city(reader: Contact) -> str:
    reader.refresh_from_db()
    return reader.city


def test_a_phone_that_tells_sends_them_on_at_once(shop: Shop) -> None:
    assert city(begun(shop)) == "הגיע"


@pytest.mark.parametrize(("is_told", "where"), [(True, "הגיע"), (False, "לא ידוע")])
def test_a_gateway_is_believed_when_its_receipt_comes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, is_told: bool, where: str
) -> None:
    monkeypatch.setattr(keeping, "Delivered", Accepted)
    reader = begun(shop)

    before = city(reader)
    if is_told:
        record_delivered([Message.objects.get().pk], now=shop.clock.now)
    let_pass(shop, timedelta(days=2))

    assert before == ""
    assert city(reader) == where
