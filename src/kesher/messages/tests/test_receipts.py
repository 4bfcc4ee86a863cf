"""Hits become facts: times set once, receipts, events, counters; unsubscribing, bounces, complaints."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kesher.contacts.consent import history
from kesher.contacts.models import Contact, ContactList, ListMembership
from kesher.contacts.suppression import reason_for
from kesher.content.models import TrackedLink, Version
from kesher.events import counters
from kesher.events.models import Event
from kesher.lib import sql
from kesher.messages import receipts
from kesher.messages.models import Hit, Message, Receipt
from kesher.messages.receipts import NewHit, digest_hits, store_hits
from kesher.messages.receipts.hits import COPY_HITS, copy_line

pytestmark = pytest.mark.django_db

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"
SCANNER = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


@pytest.fixture
def version(workspace: Any) -> Version:
    made = Version.objects.create(workspace=workspace, body={}, plan={}, subject="חדש על המדף")
    for number in range(5):
        TrackedLink.objects.create(
            workspace=workspace, version=made, number=number, url=f"https://shop.example/p/{number}", label=f"ספר {number}"
        )  # fmt: skip
    return made


Send = Callable[..., Message]


@pytest.fixture
def send(workspace: Any, version: Version, now: datetime) -> Send:
    """A message that was sent an hour ago."""

    def make(contact: Contact | None, **values: Any) -> Message:
        given = {
            "contact_id": contact.pk if contact else None,
            "address": contact.email if contact else "out@example.com",
            "source": "campaign",
            "source_id": "7",
            **values,
        }
        return Message.objects.create(
            workspace_id=workspace.pk, version_id=version.pk, status="sent",
            queued_at=now - timedelta(hours=2), sent_at=now - timedelta(hours=1), **given,
        )  # fmt: skip

    return make


def after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def kinds(contact: Contact) -> list[str]:
    found = Event.objects.filter(contact_id=contact.pk).order_by("id")
    return [event.kind for event in found]


def counts(workspace: Any, *names: str) -> list[int]:
    found = counters.read(workspace.pk, [f"campaign.7.{name}" for name in names])
    return list(found.values())


def test_an_open_is_a_fact_once_and_counted_each_time(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    store_hits([NewHit("open", message.pk, after(now, n), agent=IPHONE) for n in range(3)])

    digested = digest_hits(after(now, 60))

    message.refresh_from_db()
    noa.refresh_from_db()
    assert digested == 3
    assert message.opened_at == now
    assert noa.active_at == after(now, 2)
    assert kinds(noa) == ["message.opened"]
    assert counts(workspace, "opened", "opens", "clicked") == [1, 3, 0]
    assert Receipt.objects.filter(kind="open", device="phone", is_machine=False).count() == 3
    assert not Hit.objects.exists()


def test_a_click_counts_as_an_open_and_each_link_is_one_event(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    for second, link in ((0, 1), (20, 1), (40, 2)):
        store_hits([NewHit("click", message.pk, after(now, second), link, agent=IPHONE)])
        digest_hits(after(now, second + 15))

    message.refresh_from_db()
    assert message.opened_at == message.clicked_at == now
    assert kinds(noa) == ["message.opened", "message.clicked", "message.clicked"]
    assert Event.objects.filter(kind="message.clicked").order_by("id").last().data | {
        "message_id": 0
    } == {
        "message_id": 0,
        "version_id": message.version_id,
        "source": "campaign",
        "source_id": "7",
        "subject": "חדש על המדף",
        "url": "https://shop.example/p/2",
        "label": "ספר 2",
        "link": 2,
    }
    assert counts(workspace, "opened", "opens", "clicked", "clicks") == [1, 0, 1, 3]


def test_a_scanners_burst_changes_nothing_even_over_two_digests(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    burst = [NewHit("click", message.pk, after(now, n * 0.5), n, agent=SCANNER) for n in range(4)]
    store_hits(burst)

    first = digest_hits(after(now, 10.6))
    second = digest_hits(after(now, 60))

    message.refresh_from_db()
    noa.refresh_from_db()
    assert (first, second) == (2, 2)
    assert set(Receipt.objects.values_list("is_machine", "machine_reason")) == {(True, "burst")}
    assert (message.opened_at, message.clicked_at, noa.active_at) == (None, None, None)
    told = Event.objects.filter(contact_id=noa.pk)
    assert {(one.kind, one.data["machine"]) for one in told} == {("message.clicked", "burst")}
    assert len(told) == len({one.data["link"] for one in told}) == 4
    assert counts(workspace, "clicked", "clicks", "opened") == [0, 0, 0]


def test_hits_settle_before_they_are_judged(noa: Contact, send: Send, now: datetime) -> None:
    message = send(noa)
    store_hits([NewHit("click", message.pk, now, 0, agent=IPHONE)])

    assert digest_hits(after(now, 9)) == 0
    assert digest_hits(after(now, 10)) == 1


def test_a_prefetched_open_is_the_machines_and_the_persons_comes_later(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    store_hits(
        [
            NewHit("open", message.pk, now, agent="Mozilla/5.0"),
            NewHit("open", message.pk, after(now, 30), agent=IPHONE),
        ]
    )

    digest_hits(after(now, 60))

    message.refresh_from_db()
    assert (message.machine_opened_at, message.opened_at) == (now, after(now, 30))
    assert counts(workspace, "machine_opened", "opened") == [1, 1]


def test_a_test_message_moves_nobodys_life(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa, source="test", source_id="abc")
    store_hits([NewHit("click", message.pk, now, 0, agent=IPHONE)])

    digest_hits(after(now, 60))
    receipts.unsubscribe(message.pk, now=now)

    message.refresh_from_db()
    noa.refresh_from_db()
    assert message.clicked_at == now
    assert kinds(noa) == []
    assert noa.active_at is None
    assert noa.email_consent == "granted"
    assert not sql.rows("SELECT * FROM counter WHERE name LIKE 'test%%'")


def test_hits_of_a_message_that_is_gone_are_dropped(now: datetime) -> None:
    store_hits(
        [NewHit("open", 987_654_321, now, agent=IPHONE), NewHit("unsubscribe", 987_654_321, now)]
    )

    assert digest_hits(after(now, 60)) == 2
    assert not Receipt.objects.exists()


def test_the_statements_of_a_batch_do_not_grow_with_it(
    noa: Contact, dan: Contact, send: Send, now: datetime
) -> None:
    needed = []
    for size in (1, 300):
        messages = [send(noa if n % 2 else dan, source_id=f"{size}-{n}") for n in range(size)]
        store_hits(
            NewHit(kind, message.pk, now, 0 if kind == "click" else None, agent=IPHONE)
            for message in messages
            for kind in ("open", "click")
        )
        with CaptureQueriesContext(connection) as context:
            assert digest_hits(after(now, 60)) == 2 * size
        needed.append(len(context))

    assert needed[0] == needed[1] <= 15


@pytest.mark.django_db(transaction=True)
def test_two_digests_at_once_share_the_hits_and_count_each_once(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    messages = [send(noa, source_id=str(n)) for n in range(40)]
    store_hits(
        NewHit("open", message.pk, after(now, n), agent=IPHONE)
        for n in range(10)
        for message in messages
    )
    done: list[int] = []

    def work() -> None:
        while taken := digest_hits(after(now, 60), limit=37):
            done.append(taken)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sum(done) == 400
    assert Receipt.objects.count() == 400
    names = [f"campaign.{n}.opened" for n in range(40)]
    assert set(counters.read(workspace.pk, names).values()) == {1}
    assert Event.objects.filter(kind="message.opened", contact_id=noa.pk).count() == 40
    sql.execute("TRUNCATE event")  # not among the tables that are emptied after such a test


@pytest.mark.parametrize(
    "agent",
    [
        "plain",
        "tab\there",
        "back\\slash \\N",
        "line\nbreak\r",
        "nul\0byte",
        "עברית",
        "x" * 900,
        "\\.",
        "\ud800",
    ],
)
def test_a_ready_line_stores_what_was_sent_whatever_is_in_it(agent: str, now: datetime) -> None:
    line = copy_line("click", 5, 3, now.isoformat(), "203.0.113.9", agent, "GET")
    with connection.cursor() as cursor, cursor.copy(COPY_HITS) as copy:
        copy.write(line)

    stored = Hit.objects.get()
    expected = agent.replace("\0", "")[:400].encode("utf-8", "replace").decode()
    assert (stored.kind, stored.message_id, stored.link_number, stored.at) == ("click", 5, 3, now)
    assert stored.agent == expected


# Unsubscribing


def test_unsubscribing_withdraws_consent_once_with_its_evidence(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)

    first = receipts.unsubscribe(
        message.pk, now=now, reason="too_many", evidence={"ip": "203.0.113.9"}
    )
    second = receipts.unsubscribe(message.pk, now=after(now, 9), reason="other")

    message.refresh_from_db()
    noa.refresh_from_db()
    assert (first.changed, second.changed) == (True, False)
    assert noa.email_consent == "withdrawn"
    assert noa.sms_consent == "granted"
    assert message.unsubscribed_at == now
    assert kinds(noa) == ["consent.withdrawn", "message.unsubscribed"]
    assert counts(workspace, "unsubscribed") == [1]
    [change] = history(noa)
    assert change.basis == "link"
    assert change.evidence["ip"] == "203.0.113.9"


def test_a_one_click_hit_unsubscribes_without_settling(
    noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    store_hits([NewHit("unsubscribe", message.pk, now, agent="", method="POST")] * 2)

    assert digest_hits(now) == 2
    noa.refresh_from_db()
    assert noa.email_consent == "withdrawn"
    assert len(history(noa)) == 1


def test_leaving_a_list_never_changes_consent(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    deals, news = (
        ContactList.objects.create(workspace=workspace, key=key, name=key, is_public=True)
        for key in ("deals", "news")
    )
    receipts.choose_lists(
        message.pk, wanted={deals.pk, news.pk}, offered={deals.pk, news.pk}, now=now
    )

    receipts.unsubscribe(message.pk, now=now, lists=[deals.pk])

    noa.refresh_from_db()
    assert noa.email_consent == "granted"
    assert list(ListMembership.objects.values_list("list_id", flat=True)) == [news.pk]


def test_changing_ones_mind_is_a_new_consent_with_the_words_seen(
    noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    receipts.unsubscribe(message.pk, now=now)

    assert receipts.resubscribe(message.pk, now=after(now, 5), evidence={"text": "כן, אני רוצה"})

    noa.refresh_from_db()
    message.refresh_from_db()
    assert noa.email_consent == "granted"
    assert history(noa)[0].evidence["text"] == "כן, אני רוצה"
    assert message.unsubscribed_at == now  # it did happen


def test_an_erased_person_is_answered_without_a_word(
    noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)
    noa.delete()

    answer = receipts.unsubscribe(message.pk, now=now)

    assert (answer.changed, answer.known) == (False, False)
    assert not receipts.resubscribe(message.pk, now=now, evidence={})


# What providers tell


def test_a_hard_bounce_marks_the_address_and_a_soft_one_only_the_message(
    workspace: Any, noa: Contact, yael: Contact, send: Send, now: datetime
) -> None:
    gone, full = send(noa), send(yael)

    assert receipts.record_bounce(gone.pk, now=now, hard=True, text="550 5.1.1 no such user")
    assert receipts.record_bounce(full.pk, now=now, hard=False, text="452 4.2.2 mailbox full")
    assert not receipts.record_bounce(gone.pk, now=after(now, 1), hard=True)

    noa.refresh_from_db()
    yael.refresh_from_db()
    assert (noa.email_bounced_at, yael.email_bounced_at) == (now, None)
    assert counts(workspace, "bounced") == [2]
    assert kinds(noa) == ["message.bounced"]


def test_a_bounce_of_an_address_that_changed_since_does_not_stop_mail_to_the_new_one(
    noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa, address="old@example.com")

    receipts.record_bounce(message.pk, now=now, hard=True)

    noa.refresh_from_db()
    assert noa.email_bounced_at is None


def test_delivery_is_told_once_for_many(
    workspace: Any, noa: Contact, yael: Contact, send: Send, now: datetime
) -> None:
    ids = [send(noa).pk, send(yael).pk]

    assert receipts.record_delivered(ids, now=now) == 2
    assert receipts.record_delivered(ids, now=after(now, 1)) == 0
    assert counts(workspace, "delivered") == [2]
    assert kinds(noa) == ["message.delivered"]


def test_a_complaint_suppresses_the_address_and_withdraws_consent(
    workspace: Any, noa: Contact, send: Send, now: datetime
) -> None:
    message = send(noa)

    assert receipts.record_complaint(message.pk, now=now)
    assert not receipts.record_complaint(message.pk, now=now)

    noa.refresh_from_db()
    assert noa.email_consent == "withdrawn"
    assert reason_for(workspace, "email", "noa@example.com") == "complained"
    assert counts(workspace, "complained") == [1]
