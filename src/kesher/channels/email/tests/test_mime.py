from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.channels.email.headers import BadAddress, clean
from kesher.channels.email.mime import Attachment, Envelope, MailParts, assemble

AT = datetime(2026, 11, 17, 8, 0, 5, 123456, tzinfo=UTC)
SHOP = Envelope(
    "חנות הספר הירוקה",
    "shop@green-books.example",
    "answers@green-books.example",
    "campaign.7:green",
)


def parts(**changes: Any) -> MailParts:
    given: dict[str, Any] = {
        "envelope": SHOP,
        "message_id": "AbC-_1@green-books.example",
        "to_email": "noa@example.com",
        "to_name": "נועה כהן",
        "subject": "שלום נועה, יש לנו משהו בשבילך: ספרים חדשים על המדף, וגם הפתעה קטנה",
        "html": "<p dir=rtl>שלום</p>".encode() * 400,
        "text": "שלום\n.נקודה\n".encode() * 100,
        "date": AT,
        "unsubscribe_url": "https://kesher.example/u/AbC-_1",
    }
    return MailParts(**{**given, **changes})


def parsed(mail: MailParts) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(assemble(mail), policy=default))


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_reads_back_as_it_was_written() -> None:
    mail = parts()

    read = parsed(mail)

    assert read["Subject"] == mail.subject
    assert read["From"].addresses[0].display_name == SHOP.sender_name
    assert read["From"].addresses[0].addr_spec == SHOP.sender_email
    assert read["To"].addresses[0].display_name == "נועה כהן"
    assert read["Reply-To"] == SHOP.reply_to
    assert read["Date"].datetime == AT.replace(microsecond=0)
    assert read["Message-ID"] == "<AbC-_1@green-books.example>"
    assert read["List-Unsubscribe"] == "<https://kesher.example/u/AbC-_1>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read.get_content_type() == "multipart/alternative"
    assert body_of(read, "html") == mail.html.decode()
    assert body_of(read, "plain") == mail.text.decode()
    assert not read.defects


def test_no_line_is_too_long_or_begins_with_a_dot() -> None:
    lines = assemble(parts()).split(b"\r\n")

    assert max(map(len, lines)) <= 78
    assert not [line for line in lines if line.startswith(b".")]
    assert b"\n" not in b"".join(lines)


@given(subject=st.text(max_size=300), name=st.text(max_size=120))
def test_any_subject_and_name_stay_in_their_header(subject: str, name: str) -> None:
    read = parsed(parts(subject=subject, to_name=name))

    # Without spaces: the library's parser adds some between encoded words that end in an odd one (U+00A0).
    assert "".join(str(read["Subject"]).split()) == "".join(clean(subject).split())
    assert read["To"].addresses[0].addr_spec == "noa@example.com"
    assert "".join(read["To"].addresses[0].display_name.split()) == "".join(clean(name).split())
    assert len(read.keys()) == len(parsed(parts()).keys())


def test_a_line_break_in_a_subject_adds_no_header() -> None:
    read = parsed(parts(subject="hi\r\nBcc: all@example.com\n\nbody"))

    assert read["Bcc"] is None
    assert read["Subject"] == "hi Bcc: all@example.com body"


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: x@y.example",
        "a b@c.example",
        "<a@b.example>",
        "none",
        "a..b@c.example",
        "דן@c.example",
    ],
)
def test_an_address_that_could_break_out_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        assemble(parts(to_email=address))


def test_a_hebrew_domain_travels_as_punycode() -> None:
    read = parsed(parts(to_email="dan@ספר.example"))

    assert read["To"].addresses[0].domain.startswith("xn--")


def test_attachments_keep_their_names_and_bytes() -> None:
    pdf = Attachment(
        "חשבונית מס׳ 1024 לחודש נובמבר של שנת אלפיים עשרים ושש.pdf",
        "application/pdf",
        bytes(range(256)) * 9,
    )

    read = parsed(parts(attachments=[pdf, Attachment("a.txt", "text/csv", b"x")]))

    first, second = list(read.iter_attachments())
    assert first.get_filename() == pdf.name
    assert first.get_content() == pdf.content
    assert second.get_filename() == "a.txt"
    assert body_of(read, "html") == parts().html.decode()
