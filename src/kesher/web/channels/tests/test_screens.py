from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.crash.sink import Sink

from kesher.channels.email.mime import Envelope, MailParts, assemble
from kesher.channels.models import ChannelAccount, LocalMessage, SendingDomain


@pytest.fixture
def kept(workspace: Any, now: datetime) -> LocalMessage:
    raw = assemble(
        MailParts(
            envelope=Envelope("חנות הספר", "shop@green-books.example"),
            message_id="a@b.example",
            to_email="noa@example.com",
            to_name="נועה כהן",
            subject="ספרים חדשים",
            html="<p dir=rtl>שלום <script>alert(1)</script></p>".encode(),
            text="שלום".encode(),
            date=now,
        )
    )
    return LocalMessage.objects.create(
        workspace_id=workspace.pk,
        channel="email",
        sender="shop@green-books.example",
        recipient="noa@example.com",
        subject="ספרים חדשים",
        raw=raw,
        received_at=now,
    )


def at(path: str = "") -> str:
    return f"/w/green-books/channels/{path}"


def test_an_empty_mailbox_says_what_it_is_for(signed_in: Client, workspace: Any) -> None:
    assert "k-empty" in signed_in.get(at("mailbox/")).content.decode()


def test_a_mail_is_found_opened_and_then_seen(signed_in: Client, kept: LocalMessage) -> None:
    assert "k-mail-unseen" in signed_in.get(at("mailbox/?q=noa")).content.decode()
    assert "ספרים" not in signed_in.get(at("mailbox/?q=nobody")).content.decode()

    page = signed_in.get(at(f"mailbox/{kept.pk}/")).content.decode()

    assert "נועה כהן" in page
    assert "Message-ID" in page
    assert "k-mail-unseen" not in signed_in.get(at("mailbox/")).content.decode()


def test_the_body_can_run_nothing(signed_in: Client, kept: LocalMessage) -> None:
    answer = signed_in.get(at(f"mailbox/{kept.pk}/body/"))

    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "allow-scripts" not in answer["Content-Security-Policy"]


def test_the_source_is_what_came_byte_for_byte(signed_in: Client, kept: LocalMessage) -> None:
    assert signed_in.get(at(f"mailbox/{kept.pk}/source/")).content == bytes(kept.raw)


def test_another_workspaces_mail_is_not_there(
    signed_in: Client, workspace: Any, kept: LocalMessage
) -> None:
    LocalMessage.objects.update(workspace_id=workspace.pk + 1)

    for path in ("", "body/", "source/", "files/0/"):
        assert signed_in.get(at(f"mailbox/{kept.pk}/{path}")).status_code == 404


def test_a_server_is_set_up_tried_and_used(signed_in: Client, workspace: Any) -> None:
    with Sink() as sink:
        values = {
            "name": "ours",
            "host": "127.0.0.1",
            "port": sink.port,
            "security": "none",
            "connections": 2,
            "password": "pa55-w0rd!",
        }
        answer = signed_in.post(at("accounts/new/email/smtp/"), values)
    account = ChannelAccount.objects.get(provider="smtp")

    assert answer.status_code == 302
    assert account.problem == ""
    assert "pa55-w0rd!" not in str(account.settings)
    assert "pa55-w0rd!" not in signed_in.get(at(f"accounts/{account.pk}/")).content.decode()

    signed_in.post(at(f"accounts/{account.pk}/use/"))
    account.refresh_from_db()
    assert account.is_default
    assert signed_in.get(at()).status_code == 200


def test_a_server_that_does_not_answer_is_kept_with_the_reason(
    signed_in: Client, workspace: Any
) -> None:
    with Sink() as sink:
        port = sink.port
    values = {"name": "x", "host": "127.0.0.1", "port": port, "security": "none", "connections": 2}

    signed_in.post(at("accounts/new/email/smtp/"), values)

    account = ChannelAccount.objects.get(provider="smtp")
    assert account.problem in signed_in.get(at(f"accounts/{account.pk}/")).content.decode()


def test_bad_settings_come_back_with_words(signed_in: Client, workspace: Any) -> None:
    values = {"name": "x", "host": "", "port": 99999, "security": "none", "connections": 2}

    assert signed_in.post(at("accounts/new/email/smtp/"), values).status_code == 422


def test_a_domain_gets_its_record_and_is_switched_on(signed_in: Client, workspace: Any) -> None:
    signed_in.post(at("domains/"), {"domain": "Green-Books.example "})

    domain = SendingDomain.objects.get()
    page = signed_in.get(at(f"domains/{domain.pk}/")).content.decode()
    assert "kesher._domainkey.green-books.example" in page
    assert "v=DKIM1; k=rsa; p=" in page

    signed_in.post(at(f"domains/{domain.pk}/switch/"), {"active": "1"})
    domain.refresh_from_db()
    assert domain.is_active
    assert "BEGIN" not in domain.private_key


@pytest.mark.parametrize("name", ["", "no", "a b.example", "x@y.example", "a..b"])
def test_what_is_no_domain_is_refused(signed_in: Client, workspace: Any, name: str) -> None:
    signed_in.post(at("domains/"), {"domain": name})

    assert not SendingDomain.objects.exists()


def test_a_port_is_no_amount(signed_in: Client, workspace: Any, owner: Any) -> None:
    owner.language = "en"
    owner.save()
    ChannelAccount.objects.create(
        workspace=workspace,
        channel="email",
        provider="smtp",
        name="Office",
        settings={"host": "mail.green-books.example", "port": 10025},
    )

    page = signed_in.get(at()).content.decode()

    assert "mail.green-books.example:10025" in page
