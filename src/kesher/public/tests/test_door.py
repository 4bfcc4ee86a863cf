"""The thin door: pixel, click, one-click. What is answered is kept; nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact
from kesher.content.models import TrackedLink, Version
from kesher.lib import tokens
from kesher.messages.models import Hit, Message
from kesher.messages.tokens import message_token
from kesher.public.links import is_web_address, location
from kesher.public.personal import filled
from kesher.public.tests.conftest import Knock, Send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_transaction")]


def test_the_pixel_is_a_picture_that_is_never_kept_by_anybody(
    knock: Knock, message: Message, token: str
) -> None:
    answer = knock("GET", f"/o/{token}.gif", headers=[("User-Agent", "Mail/1")])

    assert answer is not None
    assert (answer.status, answer.headers["content-type"], len(answer.body)) == (
        200,
        "image/gif",
        43,
    )
    assert answer.headers["cache-control"] == "no-store"
    hit = Hit.objects.get()
    assert (hit.kind, hit.message_id, hit.agent, hit.ip, hit.method) == (
        "open",
        message.pk,
        "Mail/1",
        "203.0.113.9",
        "GET",
    )


def test_head_is_answered_without_a_body_and_known_as_head(knock: Knock, token: str) -> None:
    pixel, click = knock("HEAD", f"/o/{token}.gif"), knock("HEAD", f"/c/{token}/0")

    assert pixel is not None
    assert click is not None
    assert (pixel.status, pixel.body, click.status, click.body) == (200, b"", 302, b"")
    assert list(Hit.objects.values_list("method", flat=True)) == ["HEAD", "HEAD"]


@pytest.mark.parametrize(
    "header",
    [("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"), ("X-Moz", "prefetch")],
)
def test_fetching_ahead_is_known_as_such(knock: Knock, token: str, header: tuple[str, str]) -> None:
    knock("GET", f"/c/{token}/0", headers=[header])

    assert Hit.objects.get().method == "PREFETCH"


def test_a_click_goes_to_the_stored_address_and_tells_it_nothing(knock: Knock, token: str) -> None:
    answer = knock("GET", f"/c/{token}/0")

    assert answer is not None
    assert (answer.status, answer.headers["location"]) == (
        302,
        "https://shop.example/p/0?a=1&b=%D7%90",
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert Hit.objects.get().link_number == 0


def test_merge_tags_in_an_address_are_the_readers_own(message: Message) -> None:
    address = filled(message.pk, 1) or ""

    assert (
        location(address)
        == b"https://shop.example/%D7%9E%D7%95%D7%A6%D7%A8?n=%D7%A0%D7%95%D7%A2%D7%94"
    )


def test_a_persons_name_cannot_move_the_link_elsewhere(noa: Contact, message: Message) -> None:
    Contact.objects.filter(pk=noa.pk).update(first_name="@evil.example/\r\nSet-Cookie: a=b#")

    address = filled(message.pk, 1) or ""

    assert is_web_address(address)
    assert address.startswith("https://shop.example/")
    assert "evil.example/" not in address


def test_a_reader_who_was_erased_gets_the_fallback(noa: Contact, message: Message) -> None:
    noa.delete()

    assert (filled(message.pk, 1) or "").endswith("?n=%D7%97%D7%91%D7%A8")


def test_the_hidden_link_leads_to_the_mail_itself(knock: Knock, token: str) -> None:
    answer = knock("GET", f"/c/{token}/-1")

    assert answer is not None
    assert answer.headers["location"].endswith(f"/v/{token}")
    assert Hit.objects.get().link_number == -1


def hostile() -> list[str]:
    good = tokens.sign("message", 1)
    return [
        "",
        ".",
        "..",
        "x",
        "a" * 5000,
        "א" * 20,
        "%00",
        "\0",
        "\n",
        f"{good}=",
        good[:-1],
        f"{good}A",
        good.swapcase(),
        tokens.sign("media", 1),
        tokens.sign("invitation", 1),
        tokens.sign("message", 2**63 - 1)[:-2],
        "'; DROP TABLE hit; --",
        "-" * 16,
        "_" * 16,
    ]


@pytest.mark.parametrize("token", hostile())
def test_a_token_that_is_not_ours_keeps_nothing(knock: Knock, token: str) -> None:
    pixel = knock("GET", f"/o/{token}.gif")
    click = knock("GET", f"/c/{token}/0")
    stop = knock("POST", f"/u/{token}", body=b"List-Unsubscribe=One-Click")

    assert pixel is None or pixel.status == 404
    assert click is None
    assert stop is None or stop.status == 404
    assert not Hit.objects.exists()


@pytest.mark.parametrize(
    "rest",
    [
        "99",
        "-2",
        "1e3",
        "0/..",
        "",
        "٣",
        "0?",
        "9999999",
        "0x1",
        " 0",
        "+0",
        "https://evil.example",
    ],
)
def test_a_number_without_a_link_is_left_to_the_kind_page(
    knock: Knock, token: str, rest: str
) -> None:
    assert knock("GET", f"/c/{token}/{rest}") is None
    assert not Hit.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "ftp://x.example/", "http://[", "https://a.example/\r\nX: y"])  # fmt: skip
def test_a_link_that_leads_nowhere_on_the_web_is_not_followed(
    knock: Knock, version: Version, token: str, url: str
) -> None:
    TrackedLink.objects.filter(version=version, number=0).update(url=url)

    assert knock("GET", f"/c/{token}/0") is None


def test_a_message_cannot_borrow_the_links_of_another_workspace(
    knock: Knock, version: Version, send: Send, noa: Contact
) -> None:
    other = Workspace.objects.create(key="other", name="Other")
    foreign = Message.objects.create(
        workspace_id=other.pk, version_id=version.pk, source="campaign", source_id="1", status="sent",
        queued_at=send(noa).queued_at,
    )  # fmt: skip

    assert knock("GET", f"/c/{message_token(foreign.pk)}/0") is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_not_tracking(knock: Knock, token: str, method: str) -> None:
    assert knock(method, f"/o/{token}.gif") is None
    assert knock(method, f"/c/{token}/0") is None
    assert not Hit.objects.exists()


# One-click (RFC 8058)


@pytest.mark.parametrize(
    "body",
    [
        b"List-Unsubscribe=One-Click",
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    ],
)
def test_a_one_click_post_is_kept_before_it_is_answered(
    knock: Knock, message: Message, token: str, body: bytes
) -> None:
    answer = knock("POST", f"/u/{token}", body=body)

    assert answer is not None
    assert answer.status == 200
    assert (Hit.objects.get().kind, Hit.objects.get().message_id) == ("unsubscribe", message.pk)


@pytest.mark.parametrize(
    "body",
    [b"", b"List-Unsubscribe=No", b"x=One-Click", b"List-Unsubscribe=One-Click" + b"&" * 9000],
)
def test_another_post_to_that_address_does_nothing(knock: Knock, token: str, body: bytes) -> None:
    answer = knock("POST", f"/u/{token}", body=body)

    assert answer is not None
    assert answer.status == 400
    assert not Hit.objects.exists()


def test_a_get_of_the_unsubscribe_address_is_left_to_its_page(knock: Knock, token: str) -> None:
    assert knock("GET", f"/u/{token}") is None
    assert knock("POST", f"/u/{token}/stop", body=b"List-Unsubscribe=One-Click") is None
    assert not Hit.objects.exists()


# Addresses


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "", "203.0.113.9"),
        (1, "<script>\t\\N", ""),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_as_many_forwarded_entries_are_believed_as_there_are_proxies(
    knock: Knock, token: str, settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    knock("GET", f"/o/{token}.gif", headers=[("X-Forwarded-For", forwarded)])

    assert Hit.objects.get().ip == expected


def test_addresses_fit_into_a_header() -> None:
    assert (
        location("https://חנות.example/מוצר?ש=1#א")
        == b"https://"
        + "חנות".encode("idna")
        + b".example/%D7%9E%D7%95%D7%A6%D7%A8?%D7%A9=1#%D7%90"
    )
    assert location("https://a.example/%D7%90?x=%20") == b"https://a.example/%D7%90?x=%20"
    assert not is_web_address("https://a.example/\nX: y")
