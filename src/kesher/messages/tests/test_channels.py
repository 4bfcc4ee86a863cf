"""The sender serves every channel: each with its own addresses, consent and account, none in another's way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from kesher.channels import keeping
from kesher.channels.models import ChannelAccount, LocalMessage
from kesher.channels.outgoing import Accepted
from kesher.contacts.suppression import suppress
from kesher.content.models import Version
from kesher.events import counters
from kesher.events.models import Event
from kesher.messages.models import Message
from kesher.messages.receipts import record_delivered
from kesher.messages.sender import send_due

Plan = Callable[..., int]
TEXTS = pytest.mark.parametrize("channel", ["sms", "whatsapp"])


def statuses() -> dict[tuple[str, int | None], tuple[str, str]]:
    return {(m.channel, m.contact_id): (m.status, m.reason) for m in Message.objects.all()}


@TEXTS
def test_a_text_goes_to_the_mobile_of_who_agreed_to_this_channel(
    plan: Plan,
    text_version: Version,
    noa: Any,
    dan: Any,
    yael: Any,
    now: datetime,
    channel: str,
) -> None:
    plan(channel=channel, version_id=text_version.pk)

    send_due(now)

    assert statuses() == {
        (channel, noa.pk): ("sent", ""),
        (channel, dan.pk): ("refused", "no_consent"),
        (channel, yael.pk): ("refused", "no_address"),
    }
    kept = LocalMessage.objects.get()
    assert (kept.channel, kept.recipient) == (channel, noa.mobile)
    assert "שלום נועה" in bytes(kept.raw).decode()
    names = [f"campaign.7.{name}" for name in ("planned", "sent", "delivered", "refused", "units")]
    assert list(counters.read(noa.workspace_id, names).values()) == [3, 1, 1, 2, 1]
    sent = Message.objects.get(contact_id=noa.pk)
    assert (sent.address, sent.parts, sent.units) == (noa.mobile, 1, 1)


def test_consent_to_one_channel_is_none_to_another(
    plan: Plan, text_version: Version, noa: Any, now: datetime
) -> None:
    noa.sms_consent, noa.whatsapp_consent = "withdrawn", ""
    noa.save()
    plan("1")
    plan("2", channel="sms", version_id=text_version.pk)
    plan("3", channel="whatsapp", version_id=text_version.pk)

    send_due(now)

    assert statuses() == {
        ("email", noa.pk): ("sent", ""),
        ("sms", noa.pk): ("refused", "consent_withdrawn"),
        ("whatsapp", noa.pk): ("refused", "no_consent"),
    }


def test_a_blocked_number_gets_no_text_but_its_mail(
    plan: Plan, text_version: Version, workspace: Any, noa: Any, now: datetime
) -> None:
    suppress(workspace, channel="sms", addresses=[noa.mobile], reason="blocked", now=now)
    plan("1")
    plan("2", channel="sms", version_id=text_version.pk)

    send_due(now)

    assert statuses() == {
        ("email", noa.pk): ("sent", ""),
        ("sms", noa.pk): ("refused", "suppressed"),
    }


@pytest.mark.parametrize("number", ["0501234567", "+972", "+97250123456x", "+0501234567"])
def test_what_is_no_number_is_not_written_to(
    plan: Plan, text_version: Version, noa: Any, now: datetime, number: str
) -> None:
    noa.mobile = number
    noa.save()
    plan(channel="sms", version_id=text_version.pk)

    send_due(now)

    assert statuses() == {("sms", noa.pk): ("refused", "bad_number")}


def test_bounced_mail_stops_no_text(
    plan: Plan, text_version: Version, oren: Any, now: datetime
) -> None:
    oren.mobile, oren.sms_consent = "+972501112233", "granted"
    oren.save()
    plan(channel="sms", version_id=text_version.pk)

    send_due(now)

    assert statuses() == {("sms", oren.pk): ("sent", "")}


def test_a_mail_server_that_is_away_keeps_no_text_waiting(
    plan: Plan, text_version: Version, noa: Any, now: datetime
) -> None:
    ChannelAccount.objects.create(
        workspace_id=noa.workspace_id,
        channel="email",
        provider="smtp",
        name="away",
        settings={"host": "127.0.0.1", "port": 1, "security": "none"},
        is_default=True,
    )
    plan("1")
    plan("2", channel="sms", version_id=text_version.pk)

    send_due(now)

    assert statuses() == {("email", noa.pk): ("queued", ""), ("sms", noa.pk): ("sent", "")}
    accounts = ChannelAccount.objects.filter(workspace_id=noa.workspace_id)
    assert {a.channel: bool(a.problem) for a in accounts} == {"email": True, "sms": False}


def told_of(contact: Any) -> list[str]:
    events = Event.objects.filter(workspace_id=contact.workspace_id, contact_id=contact.pk)
    return list(events.order_by("id").values_list("kind", flat=True))


@TEXTS
def test_a_phone_on_this_machine_tells_at_once_that_a_text_arrived(
    plan: Plan, text_version: Version, noa: Any, now: datetime, channel: str
) -> None:
    plan(channel=channel, version_id=text_version.pk)

    send_due(now)

    assert Message.objects.get(contact_id=noa.pk).delivered_at is not None
    assert told_of(noa) == ["message.sent", "message.delivered"]


@TEXTS
def test_a_gateway_that_took_a_text_has_not_said_that_it_arrived(
    plan: Plan,
    text_version: Version,
    noa: Any,
    now: datetime,
    channel: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeping, "Delivered", Accepted)
    plan(channel=channel, version_id=text_version.pk)

    send_due(now)

    sent = Message.objects.get(contact_id=noa.pk)
    assert (sent.status, sent.delivered_at) == ("sent", None)
    assert told_of(noa) == ["message.sent"]
    names = ["campaign.7.sent", "campaign.7.delivered"]
    assert list(counters.read(noa.workspace_id, names).values()) == [1, 0]
    assert record_delivered([sent.pk], now=now) == 1
    assert told_of(noa) == ["message.sent", "message.delivered"]
    assert list(counters.read(noa.workspace_id, names).values()) == [1, 1]


def test_a_mail_that_the_server_took_is_delivered_until_it_bounces(
    plan: Plan, noa: Any, now: datetime
) -> None:
    plan()

    send_due(now)

    assert Message.objects.get(contact_id=noa.pk).delivered_at is not None
    assert told_of(noa) == ["message.sent"]
