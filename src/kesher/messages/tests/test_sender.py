from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from tests.crash.sink import Sink

from kesher.accounts.models import Installation
from kesher.channels.accounts import save_account, use_account
from kesher.channels.models import ChannelAccount, LocalMessage
from kesher.contacts.models import Contact
from kesher.contacts.suppression import suppress
from kesher.events import counters
from kesher.events.log import timeline
from kesher.messages.actions import (
    cancel_queued,
    hold_source,
    queue_message,
    queue_test,
    release_source,
)
from kesher.messages.models import Message
from kesher.messages.sender import Sender, reclaim, send_due
from kesher.messages.tokens import message_token, read_token

Plan = Callable[..., int]


def statuses() -> dict[int, tuple[str, str]]:
    return {m.contact_id or 0: (m.status, m.reason) for m in Message.objects.all()}


def through_smtp(access: Any, sink: Sink) -> ChannelAccount:
    values = {"host": "127.0.0.1", "port": str(sink.port), "security": "none", "connections": "1"}
    account = save_account(access, provider="smtp", name="sink", values=values)
    use_account(access, account)
    return account


def test_each_is_sent_or_told_why_not(
    plan: Plan, noa: Any, dan: Any, yael: Any, oren: Any, now: datetime
) -> None:
    assert plan() == 4

    send_due(now)

    assert statuses() == {
        noa.pk: ("sent", ""),
        dan.pk: ("refused", "consent_withdrawn"),
        yael.pk: ("sent", ""),
        oren.pk: ("refused", "bounced"),
    }
    names = [f"campaign.7.{name}" for name in ("planned", "sent", "delivered", "refused")]
    assert list(counters.read(noa.workspace_id, names).values()) == [4, 2, 2, 2]
    assert [entry.kind for entry in timeline(noa.workspace_id, noa.pk)] == ["message.sent"]
    with translation.override("en"):
        told = timeline(dan.workspace_id, dan.pk)[0].text
    assert told.endswith("was not sent: the contact asked not to get messages")


def test_the_mail_is_the_contacts_own(plan: Plan, noa: Any, now: datetime) -> None:
    plan()

    send_due(now)

    kept = LocalMessage.objects.get()
    read = message_from_bytes(bytes(kept.raw), policy=default)
    token = read["Message-ID"].strip("<>").partition("@")[0]
    assert read["Subject"] == kept.subject == "שלום נועה"
    assert read["To"].addresses[0].display_name == "נועה כהן"
    assert f"/u/{token}" in read["List-Unsubscribe"]
    assert read_token(token) == Message.objects.get().pk == kept.message_id
    assert "שלום" in read.get_body(("html",)).get_content()


def test_planning_twice_writes_once(plan: Plan, noa: Any, now: datetime) -> None:
    assert (plan(), plan()) == (1, 0)

    send_due(now)
    send_due(now)

    assert LocalMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("message_class", "consent", "expected"),
    [
        ("advertising", "granted", "sent"),
        ("advertising", "", "refused"),
        ("service", "", "sent"),
        ("service", "withdrawn", "refused"),
        ("transactional", "withdrawn", "sent"),
        ("reply", "", "sent"),
    ],
)
def test_the_class_decides_what_consent_it_takes(
    plan: Plan, noa: Any, now: datetime, message_class: str, consent: str, expected: str
) -> None:
    noa.email_consent = consent
    noa.save()
    plan(message_class=message_class)

    send_due(now)

    assert statuses()[noa.pk][0] == expected


def test_suppression_and_deletion_after_planning_are_seen(
    plan: Plan, workspace: Any, noa: Any, yael: Any, now: datetime
) -> None:
    plan()
    suppress(workspace, channel="email", addresses=["noa@example.com"], reason="blocked", now=now)
    yael.deleted_at = now
    yael.save()

    send_due(now)

    assert statuses() == {noa.pk: ("refused", "suppressed"), yael.pk: ("refused", "contact_gone")}


def test_the_suppression_of_one_address_stops_nobody_else(
    plan: Plan, workspace: Any, noa: Any, yael: Any, now: datetime
) -> None:
    plan()
    suppress(workspace, channel="email", addresses=["noa@example.com"], reason="blocked", now=now)

    send_due(now)

    assert statuses() == {noa.pk: ("refused", "suppressed"), yael.pk: ("sent", "")}


def test_a_held_source_waits_and_goes_on(
    plan: Plan, workspace: Any, noa: Any, now: datetime
) -> None:
    plan()
    hold_source(workspace.pk, source="campaign", source_id="7")

    send_due(now)
    assert statuses()[noa.pk] == ("held", "paused")

    release_source(workspace.pk, source="campaign", source_id="7")
    reclaim(now)
    send_due(now)
    assert statuses()[noa.pk] == ("sent", "")


def test_cancelling_refuses_what_has_not_left(
    plan: Plan, workspace: Any, noa: Any, now: datetime
) -> None:
    plan()

    assert cancel_queued(workspace.pk, source="campaign", source_id="7", reason="cancelled") == 1

    assert send_due(now) == 0
    assert statuses()[noa.pk] == ("refused", "cancelled")


def test_a_restored_copy_sends_nothing(plan: Plan, noa: Any, now: datetime) -> None:
    Installation.objects.update_or_create(pk=1, defaults={"armed": False})
    plan()

    assert send_due(now) == 0
    assert statuses()[noa.pk] == ("queued", "")


def test_nothing_leaves_before_its_time(plan: Plan, noa: Any, now: datetime) -> None:
    plan(due_at=now + timedelta(minutes=1))

    assert send_due(now) == 0
    assert send_due(now + timedelta(minutes=1)) == 1


def test_a_test_goes_to_staff_with_the_contacts_values_and_leaves_no_trace(
    access: Any, version: Any, noa: Any, now: datetime
) -> None:
    queue_test(access, version=version, contact=noa, to=["dana@shop.example"], now=now)

    send_due(now)

    kept = LocalMessage.objects.get()
    assert (kept.recipient, kept.subject) == ("dana@shop.example", "שלום נועה")
    assert timeline(noa.workspace_id, noa.pk) == []


def test_an_own_message_brings_its_values_and_sender(
    workspace: Any, version: Any, now: datetime
) -> None:
    data = {
        "to": "lior@example.com",
        "values": {"first_name": "ליאור"},
        "sender_name": "שירות",
        "sender_email": "help@green-books.example",
    }
    for _again in range(2):
        queue_message(
            workspace.pk,
            contact_id=None,
            version_id=version.pk,
            source="api",
            source_id="k1",
            now=now,
            data=data,
        )

    send_due(now)

    kept = LocalMessage.objects.first()
    assert kept is not None
    assert (kept.subject, kept.sender) == ("שלום ליאור", "help@green-books.example")
    assert message_from_bytes(bytes(kept.raw), policy=default)["List-Unsubscribe"] is None


def test_an_unknown_address_is_not_written_to_again(
    access: Any, plan: Plan, noa: Any, yael: Any, now: datetime
) -> None:
    with Sink(
        at_recipient=lambda to: b"550 5.1.1 no such user\r\n" if to.startswith("noa") else None
    ) as sink:
        through_smtp(access, sink)
        plan()
        send_due(now)
        plan("8")
        send_due(now)

    found = {(m.contact_id, m.source_id): (m.status, m.reason) for m in Message.objects.all()}
    assert found[noa.pk, "7"] == ("failed", "address_unknown")
    assert found[noa.pk, "8"] == ("refused", "bounced")
    assert found[yael.pk, "8"] == ("sent", "")
    assert "message.bounced" in [entry.kind for entry in timeline(noa.workspace_id, noa.pk)]


def test_a_policy_refusal_does_not_condemn_the_address(
    access: Any, plan: Plan, noa: Any, now: datetime
) -> None:
    with Sink(at_end=lambda to: b"550 5.7.1 looks like spam\r\n") as sink:
        through_smtp(access, sink)
        plan()
        send_due(now)

    noa.refresh_from_db()
    assert statuses()[noa.pk] == ("failed", "provider_refused")
    assert noa.email_bounced_at is None


def test_a_deferred_mail_is_tried_later_under_the_same_name(
    access: Any, plan: Plan, noa: Any, now: datetime
) -> None:
    with Sink(at_end=lambda to: b"451 4.3.0 later\r\n") as sink:
        through_smtp(access, sink)
        plan()
        send_due(now)
        message = Message.objects.get()
        assert (message.status, message.attempts) == ("queued", 1)
        assert message.due_at is not None
        assert send_due(now) == 0
        sink.at_end = lambda to: None
        send_due(message.due_at)

    assert statuses()[noa.pk] == ("sent", "")
    assert sink.received[0].message_id.startswith(f"<{message_token(message.pk)}@")


def test_a_server_that_is_away_costs_nobody_their_mail(
    access: Any, plan: Plan, noa: Any, now: datetime
) -> None:
    with Sink() as sink:
        pass
    account = through_smtp(access, sink)
    plan()

    send_due(now)

    message = Message.objects.get()
    account.refresh_from_db()
    assert (message.status, message.attempts) == ("queued", 0)
    assert account.problem


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_mail(
    access: Any, plan: Plan, workspace: Any, now: datetime
) -> None:
    people = [
        Contact(
            workspace=workspace,
            email=f"p{number}@example.com",
            email_consent="granted",
            created_at=now,
            updated_at=now,
        )
        for number in range(300)
    ]
    Contact.objects.bulk_create(people)
    with Sink(keeps_raw=False) as sink:
        through_smtp(access, sink)
        plan()
        workers = [Sender() for _worker in range(2)]

        def work(worker: Sender) -> None:
            try:
                while worker.send(now, limit=60, stopping=lambda: False):
                    pass
                worker.close()
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(sink.received) == len({got.recipient for got in sink.received}) == 300
    assert set(statuses().values()) == {("sent", "")}


def test_an_expired_claim_is_taken_over(plan: Plan, noa: Any, now: datetime) -> None:
    plan()
    Message.objects.update(status="sending", claimed_until=now - timedelta(seconds=1))

    assert send_due(now) == 0
    reclaim(now)
    assert send_due(now) == 1


def test_stopping_gives_back_what_has_not_left(plan: Plan, noa: Any, now: datetime) -> None:
    plan()

    assert send_due(now, stopping=lambda: True) == 0
    assert statuses()[noa.pk] == ("queued", "")
