from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kesher.channels.models import ChannelAccount, LocalMessage, TextPolicy
from kesher.channels.policies import frame_of

HERE = "/w/green-books/channels"


@pytest.fixture
def texts(workspace: Any, noa: Any, now: datetime) -> list[LocalMessage]:
    return [
        LocalMessage.objects.create(
            workspace_id=workspace.pk,
            channel=channel,
            recipient=recipient,
            raw=text.encode(),
            received_at=now,
        )
        for channel, recipient, text in (
            ("sms", noa.mobile, "שלום נועה, https://k.example/s/4hT9kQ2mX0000b"),
            ("sms", noa.mobile, "<b>שוב</b>"),
            ("sms", "+972509999999", "למספר אחר"),
            ("whatsapp", noa.mobile, "בוואטסאפ"),
        )
    ]


def test_texts_are_listed_by_whom_they_went_to(signed_in: Client, texts: Any) -> None:
    page = signed_in.get(f"{HERE}/mailbox/?channel=sms").content.decode()

    assert "נועה כהן" in page
    assert "050-999-9999" in page
    assert page.count("k-mail-row") == 2
    assert "בוואטסאפ" not in page


@pytest.mark.parametrize(("typed", "found"), [("050-999", 1), ("9725012", 1), ("777", 0)])
def test_a_number_is_found_as_people_write_it(
    signed_in: Client, texts: Any, typed: str, found: int
) -> None:
    page = signed_in.get(f"{HERE}/mailbox/?channel=sms&q={typed}", headers={"HX-Request": "true"})

    assert page.content.decode().count("k-mail-row") == found


def test_a_conversation_shows_links_and_parts_and_is_then_seen(
    signed_in: Client, texts: Any, noa: Any
) -> None:
    page = signed_in.get(f"{HERE}/mailbox/to/sms/{noa.mobile}/").content.decode()

    assert 'href="https://k.example/s/4hT9kQ2mX0000b"' in page
    assert "&lt;b&gt;" in page
    assert "למספר אחר" not in page
    unseen = LocalMessage.objects.filter(seen_at=None).values_list("recipient", "channel")
    assert set(unseen) == {("+972509999999", "sms"), (noa.mobile, "whatsapp")}


def test_an_old_address_of_a_text_leads_to_its_conversation(
    signed_in: Client, texts: Any, noa: Any
) -> None:
    answer = signed_in.get(f"{HERE}/mailbox/{texts[0].pk}/")

    assert answer.headers["Location"] == f"{HERE}/mailbox/to/sms/{noa.mobile}/"


@pytest.mark.parametrize("path", ["to/email/x/", "to/sms/+972500000000/", "to/fax/1/"])
def test_a_conversation_that_is_not_there_is_not_found(signed_in: Client, path: str) -> None:
    assert signed_in.get(f"{HERE}/mailbox/{path}").status_code == 404


def test_every_channel_has_its_accounts(signed_in: Client, workspace: Any) -> None:
    with translation.override("en"):
        page = signed_in.get(f"{HERE}/").content.decode()

    assert page.count("k-account") >= 5
    channels = ChannelAccount.objects.filter(workspace=workspace).values_list("channel", flat=True)
    assert set(channels) == {"email", "sms", "whatsapp"}


def test_the_price_of_a_part_is_kept_on_the_account(signed_in: Client, workspace: Any) -> None:
    signed_in.get(f"{HERE}/")
    account = ChannelAccount.objects.get(workspace=workspace, channel="sms")

    signed_in.post(
        f"{HERE}/accounts/{account.pk}/", {"name": "x", "sender": "Books", "price": "0.07"}
    )

    account.refresh_from_db()
    assert (account.settings["price"], account.settings["sender"]) == ("0.07", "Books")


def test_what_stands_around_advertising_is_changed(signed_in: Client, workspace: Any) -> None:
    usual = frame_of(workspace, "sms")

    signed_in.post(f"{HERE}/texts/sms/", {"before": "", "after": "Reply STOP"})

    assert tuple(usual) == ("פרסומת:", "להסרה: {link}")
    assert tuple(frame_of(workspace, "sms")) == ("", "Reply STOP")
    assert tuple(frame_of(workspace, "whatsapp")) == tuple(usual)


def test_advertising_without_a_way_out_is_refused(signed_in: Client, workspace: Any) -> None:
    answer = signed_in.post(f"{HERE}/texts/sms/", {"before": "פרסומת:", "after": " "})

    assert answer.status_code == 422
    assert not TextPolicy.objects.exists()
