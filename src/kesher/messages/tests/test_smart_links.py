"""What clicks on smart links do: by people only, once, before anybody hears of the click."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from kesher.contacts.custom_fields import create_field
from kesher.contacts.lists import archive_list, create_list, join_list
from kesher.contacts.models import Contact, ListMembership
from kesher.content.models import TrackedLink, Version
from kesher.events.inbox import listen, take
from kesher.events.models import Event
from kesher.messages.models import Message, SmartDone
from kesher.messages.receipts import NewHit, digest_hits, store_hits
from kesher.messages.receipts.deeds import troubles_of

pytestmark = pytest.mark.django_db

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
Send = Callable[..., Message]


def add(field: str, value: int = 1) -> dict[str, Any]:
    return {"field": field, "do": "add", "value": value}


@pytest.fixture
def shop(workspace: Any, access: Any) -> dict[str, Any]:
    """Fields for what interests people, and two lists."""
    for label in ("shirts", "shoes"):
        create_field(access, label=label, type="number")
    return {key: create_list(access, name=key) for key in ("interested", "cold")}


@pytest.fixture
def version(workspace: Any, shop: Any) -> Version:
    """Links 0 and 1 of one block count shirts once; 2 counts shoes at every click; 3 moves between lists; 4 leads."""
    made = Version.objects.create(workspace=workspace, body={}, plan={}, subject="קיץ")
    shirts = {"changes": [add("shirts")]}
    shoes = {
        "changes": [add("shoes"), {"field": "city", "do": "set", "value": "יפו"}],
        "repeat": "every_click",
    }
    lists = {"add_to_lists": ["interested"], "remove_from_lists": ["cold"]}
    for number, (block, smart) in enumerate(
        [("b1", shirts), ("b1", shirts), ("b2", shoes), ("b3", lists), ("b4", None)]
    ):
        TrackedLink.objects.create(
            workspace=workspace, version=made, number=number, block_id=block, label=f"link {number}",
            url=f"https://shop.example/{number}", smart=smart,
        )  # fmt: skip
    return made


@pytest.fixture
def send(workspace: Any, version: Version, now: datetime) -> Send:
    def make(contact: Contact, **values: Any) -> Message:
        given = {"source": "campaign", "source_id": "7", **values}
        return Message.objects.create(
            workspace_id=workspace.pk, version_id=version.pk, status="sent", contact_id=contact.pk,
            queued_at=now - timedelta(hours=2), sent_at=now - timedelta(hours=1), **given,
        )  # fmt: skip

    return make


def click(
    message: Message, at: datetime, *numbers: int, agent: str = IPHONE, every: float = 60
) -> None:
    """People click a minute apart; scanners follow everything at once."""
    store_hits(
        NewHit("click", message.pk, at + timedelta(seconds=place * every), number, agent=agent)
        for place, number in enumerate(numbers)
    )


def fields(contact: Contact) -> dict[str, Any]:
    contact.refresh_from_db()
    return dict(contact.fields)


def lists(contact: Contact) -> set[int]:
    return set(
        ListMembership.objects.filter(contact_id=contact.pk).values_list("list_id", flat=True)
    )


LATER = timedelta(hours=1)


def test_a_click_does_it_once_for_each_message_and_a_repeated_one_every_time(
    noa: Any, send: Send, now: datetime
) -> None:
    first, second = send(noa), send(noa, source_id="8")
    click(first, now, 0, 1, 0, 2, 2, 2)
    click(second, now + timedelta(minutes=10), 0, 2)

    digest_hits(now + LATER)

    assert fields(noa) == {"shirts": 2, "shoes": 4}


def test_who_hears_of_the_click_sees_what_it_changed(
    workspace: Any, noa: Any, send: Send, now: datetime
) -> None:
    kinds = ["contact.updated", "list.joined", "message.clicked"]
    listen(workspace.pk, listener="journey:1", kinds=kinds)
    message = send(noa)
    click(message, now, 0, 3)

    digest_hits(now + LATER)

    heard = take(workspace.pk, "journey", limit=10)
    assert [one.kind for one in heard] == [
        "contact.updated",
        "list.joined",
        "message.clicked",
        "message.clicked",
    ]
    assert heard[0].data == {
        "changed": {"shirts": [None, 1]}, "because": "click", "link": "link 0",
        "message_source": "campaign", "message_source_id": "7",
    }  # fmt: skip
    assert heard[0].source == "link"


def test_leaving_a_list_by_a_click_never_changes_consent(
    workspace: Any, noa: Any, shop: Any, send: Send, now: datetime
) -> None:
    join_list(workspace.pk, list_id=shop["cold"].pk, contact_ids=[noa.pk], now=now)
    before = (noa.email_consent, noa.sms_consent)
    click(send(noa), now, 3)

    digest_hits(now + LATER)

    noa.refresh_from_db()
    assert (noa.email_consent, noa.sms_consent) == before
    assert lists(noa) == {shop["interested"].pk}
    assert not Event.objects.filter(kind__startswith="consent").exists()


def test_a_scanner_that_follows_everything_changes_nothing(
    noa: Any, send: Send, now: datetime
) -> None:
    message = send(noa)
    click(message, now, 0, 1, 2, 3, 4, agent=WINDOWS, every=0.2)
    store_hits([NewHit("click", message.pk, now + LATER, 0, agent=IPHONE, method="HEAD")])
    store_hits([NewHit("click", message.pk, now + LATER, 0, agent="Barracuda Sentinel")])

    digest_hits(now + 2 * LATER)

    assert (fields(noa), lists(noa)) == ({}, set())
    assert not SmartDone.objects.exists()
    assert not Event.objects.filter(kind__in=["contact.updated", "list.joined"]).exists()


def test_a_person_after_the_scanner_is_counted(noa: Any, send: Send, now: datetime) -> None:
    message = send(noa)
    click(message, now, 0, 1, 2, 3, 4, agent=WINDOWS, every=0.2)
    click(message, now + LATER, 0)

    digest_hits(now + 2 * LATER)

    assert fields(noa) == {"shirts": 1}


def test_a_test_mail_changes_nothing(noa: Any, send: Send, now: datetime) -> None:
    click(send(noa, source="test", source_id="x"), now, 0, 2, 3)

    digest_hits(now + LATER)

    assert (fields(noa), lists(noa)) == ({}, set())


def test_what_is_gone_is_passed_over_and_told(
    workspace: Any, access: Any, noa: Any, dan: Any, shop: Any, send: Send, now: datetime
) -> None:
    archive_list(access, shop["interested"], now=now)
    join_list(workspace.pk, list_id=shop["cold"].pk, contact_ids=[noa.pk], now=now)
    click(send(noa), now, 3)
    click(send(dan), now, 3)

    digest_hits(now + LATER)

    assert lists(noa) == set()
    [trouble] = troubles_of(workspace.pk, "campaign", "7")
    assert (trouble.block_id, trouble.count) == ("b3", 2)
    assert "interested" in trouble.words


def test_the_deleted_are_left_alone(noa: Any, send: Send, now: datetime) -> None:
    message = send(noa)
    Contact.objects.filter(pk=noa.pk).update(deleted_at=now)
    click(message, now, 0, 3)

    digest_hits(now + LATER)

    assert (fields(noa), lists(noa)) == ({}, set())


def test_a_crash_in_the_middle_leaves_all_of_it_for_the_next(
    noa: Any, send: Send, now: datetime, monkeypatch: Any
) -> None:
    click(send(noa), now, 0, 2)
    with monkeypatch.context() as patch:
        patch.setattr("kesher.messages.receipts.digest.record_many", _die)
        with pytest.raises(RuntimeError):
            digest_hits(now + LATER)
    assert fields(noa) == {}

    digest_hits(now + LATER)
    digest_hits(now + LATER)

    assert fields(noa) == {"shirts": 1, "shoes": 1}


def _die(*_given: Any) -> None:
    raise RuntimeError("killed here")


@pytest.mark.django_db(transaction=True)
def test_digests_at_once_do_each_deed_once(noa: Any, dan: Any, send: Send, now: datetime) -> None:
    mails = [send(noa, source_id=str(n)) for n in range(20)] + [
        send(dan, source_id=str(n)) for n in range(20)
    ]
    for message in mails:
        click(message, now, 0, 2, 1, 2)
    failures: list[Exception] = []

    def work() -> None:
        try:
            while digest_hits(now + LATER, limit=7):
                pass
        except Exception as error:  # told by the assertion below
            failures.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=work) for _ in range(4)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    assert failures == []
    assert fields(noa) == fields(dan) == {"shirts": 20, "shoes": 40}
