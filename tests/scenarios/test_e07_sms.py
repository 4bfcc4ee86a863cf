"""E-07: one SMS with several targeted pieces, on purchases, payment and renewal; T23: nobody gets an empty one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from kesher.accounts.access import Access
from kesher.campaigns import actions as campaigns
from kesher.campaigns import planning
from kesher.channels.models import LocalMessage
from kesher.channels.policies import frame_of
from kesher.contacts.custom_fields import create_field
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact
from kesher.content.actions import create_document, publish_version
from kesher.content.models import Version
from kesher.content.text_sizes import sizes
from kesher.content.texts import Frame
from kesher.content.workspace import compile_in
from kesher.lib.sms import measure
from kesher.messages.actions import plan_messages, queue_message
from kesher.messages.models import Message
from kesher.messages.sender import close, send_due
from kesher.segments.audience import Audience, Part

THANKS = "תודה על [[רכישות]] רכישות השנה!"
UNPAID = "נשארה יתרה לתשלום: https://shop.example/pay"
RENEW = "המנוי לא חודש. " + "מחכה לכם הטבה אישית לחידוש המנוי עד סוף החודש. " * 2


@pytest.fixture(autouse=True)
def _own_sender(settings: Any, tmp_path: Any) -> Any:
    settings.HOME = tmp_path
    yield
    close()


@pytest.fixture
def sms(access: Any) -> dict[str, Any]:
    purchases = create_field(access, label="רכישות", type="number", options={"decimals": 0}).key
    paid = create_field(access, label="שילם", type="yes_no", options={}).key
    renewed = create_field(access, label="חידש", type="yes_no", options={}).key
    pieces = [
        (THANKS, {"field": purchases, "op": "gte", "value": 3}),
        (UNPAID, {"field": paid, "op": "is", "value": False}),
        (RENEW, {"field": renewed, "op": "is", "value": False}),
    ]
    return {
        "body": {
            "format": 1,
            "language": "he",
            "blocks": [
                {"id": f"b{n}", "kind": "sms_text", "text": text, "show_if": rule}
                for n, (text, rule) in enumerate(pieces)
            ],
        },
        "keys": (purchases, paid, renewed),
    }


PEOPLE: dict[str, tuple[int, bool, bool]] = {
    "נועה": (5, False, False),
    "גיל": (4, True, True),
    "רות": (0, False, True),
    "משה": (1, True, False),
    "שירה": (2, True, True),
}


@pytest.fixture
def people(workspace: Any, sms: dict[str, Any], now: datetime) -> dict[str, Contact]:
    return {
        name: Contact.objects.create(
            workspace=workspace,
            first_name=name,
            mobile=f"+97250111000{n}",
            sms_consent="granted",
            fields=dict(zip(sms["keys"], values, strict=True)),
            source="staff",
            created_at=now,
            updated_at=now,
        )
        for n, (name, values) in enumerate(PEOPLE.items())
    }


@pytest.fixture
def version(access: Any, sms: dict[str, Any], now: datetime) -> Version:
    document = create_document(access, kind="sms", name="מנויים", body=sms["body"])
    return publish_version(access, document, now=now)


def kept() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in LocalMessage.objects.filter(channel="sms").order_by("pk"):
        found.setdefault(one.recipient, []).append(bytes(one.raw).decode())
    return found


def test_each_gets_one_sms_of_what_concerns_them_and_nobody_an_empty_one(
    workspace: Any,
    access: Any,
    sms: dict[str, Any],
    people: dict[str, Contact],
    version: Version,
    now: datetime,
) -> None:
    frame = Frame(*frame_of(workspace, "sms"))
    plan = compile_in(workspace, sms["body"], subject="", preheader="", kind="sms")
    foreseen = sizes(workspace, plan, ("c.sms_consent = 'granted'", {}), now=now, frame=frame)

    for _twice in range(2):
        plan_messages(
            workspace.pk,
            channel="sms",
            message_class="advertising",
            source="campaign",
            source_id="1",
            version_id=version.pk,
            contacts_where="TRUE",
            parameters={},
            after_id=0,
            limit=100,
            due_at=now,
            priority=60,
            now=now,
        )
        send_due(now)

    sent = kept()
    texts = {name: sent.get(person.mobile, []) for name, person in people.items()}
    assert {name: len(found) for name, found in texts.items()} == {
        "נועה": 1,
        "גיל": 1,
        "רות": 1,
        "משה": 1,
        "שירה": 0,
    }
    lines = {name: found[0].split("\n") for name, found in texts.items() if found}
    assert all(found[0].startswith("פרסומת: ") for found in lines.values())
    assert all("/s/" in found[-1] and found[-1].startswith("להסרה: ") for found in lines.values())
    assert {name: len(found) - 1 for name, found in lines.items()} == {
        "נועה": 3,
        "גיל": 1,
        "רות": 1,
        "משה": 1,
    }
    assert "תודה על 5 רכישות השנה!" in texts["נועה"][0]
    assert "shop.example" not in texts["רות"][0]

    messages = {m.contact_id: m for m in Message.objects.all()}
    nobody = messages[people["שירה"].pk]
    assert (nobody.status, nobody.reason, nobody.parts) == ("refused", "nothing_left", None)
    for name, found in texts.items():
        if found:
            message = messages[people[name].pk]
            assert (message.parts, message.units) == (measure(found[0]).parts,) * 2
    assert foreseen.units == sum(m.units or 0 for m in messages.values())
    assert (foreseen.contacts, foreseen.nothing) == (5, 1)


def test_sent_by_hand_it_is_the_same_text(
    workspace: Any, people: dict[str, Contact], version: Version, now: datetime
) -> None:
    """What a journey or a call of the API queues is written by the same hand as a campaign's."""
    for source in ("journey", "api"):
        queue_message(
            workspace.pk,
            contact_id=people["נועה"].pk,
            version_id=version.pk,
            source=source,
            source_id="1",
            channel="sms",
            message_class="service",
            now=now,
        )
    send_due(now)

    first, second = (_without_links(text) for text in kept()[people["נועה"].mobile])
    assert first == second
    assert "פרסומת" not in first


def test_a_campaign_sends_the_same(
    access: Access, people: dict[str, Contact], sms: dict[str, Any], now: datetime
) -> None:
    clients = create_list(access, name="לקוחות")
    ids = [person.pk for person in people.values()]
    join_list(access.workspace.pk, list_id=clients.pk, contact_ids=ids, now=now)
    campaign = campaigns.create_campaign(access, name="מנויים", channel="sms")
    campaign.document.body = sms["body"]
    campaign.document.save()
    campaigns.set_audience(access, campaign, audience=Audience((Part("list", clients.pk),)))
    campaign.refresh_from_db()

    campaigns.send_campaign(access, campaign, now=now)
    while planning.advance(now):
        pass
    send_due(now)

    sent = kept()
    assert {len(texts) for texts in sent.values()} == {1}
    assert set(sent) == {person.mobile for name, person in people.items() if name != "שירה"}
    refused = Message.objects.get(source="campaign", status="refused")
    assert (refused.contact_id, refused.reason) == (people["שירה"].pk, "nothing_left")


def _without_links(text: str) -> str:
    return " ".join(word for word in text.split() if "/s/" not in word)
