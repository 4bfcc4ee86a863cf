"""Identified links and "Your details": recognised by a link, let in by a code, and nobody else's business."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, RequestFactory

from kesher.accounts.sites import is_own_site
from kesher.contacts.lists import create_list
from kesher.contacts.models import Contact, ListMembership
from kesher.content.models import TrackedLink
from kesher.events.models import Event
from kesher.lib import sealed
from kesher.messages.identity import Expired, Identified, identity_token, read_identity
from kesher.messages.models import Message
from kesher.messages.tokens import message_token
from kesher.public.identity import PROVEN, RECOGNISED, visitor_of_request

pytestmark = pytest.mark.django_db
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"


@pytest.fixture
def at(now: datetime, monkeypatch: Any) -> Callable[[timedelta], None]:
    """Time stands at `now`, and can be moved."""
    clock = [now]
    monkeypatch.setattr("kesher.lib.clock.now", lambda: clock[0])

    def move(by: timedelta) -> None:
        clock[0] += by

    return move


@pytest.fixture
def address(workspace: Any, noa: Contact, now: datetime, at: Any) -> str:
    Contact.objects.filter(pk=noa.pk).update(city="חיפה", last_name="סודית")
    return f"/me/{identity_token(workspace.pk, noa.pk, now=now)}"


def sent_code(contact: Contact) -> str:
    """The code in the newest mail to this contact that waits to be sent."""
    message = Message.objects.filter(contact_id=contact.pk, source="code").latest("id")
    assert message.message_class == "transactional"
    return str((message.data or {})["values"]["code"])


def words(response: Any) -> str:
    return str(response.content.decode())


def test_a_link_recognises_and_tells_no_details(client: Client, noa: Contact, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert noa.first_name in words(response)
    assert "•••" in words(response)
    for secret in ("סודית", "חיפה", noa.email, noa.mobile):
        assert secret not in words(response)
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"


def test_a_forwarded_link_changes_nothing_of_the_sharers(
    client: Client, noa: Contact, access: Any, address: str
) -> None:
    public = create_list(access, name="מבצעים", is_public=True)
    client.post(f"{address}/save", {"city": "אילת", "first_name": "פורץ"})
    client.post(f"{address}/lists", {"list": public.pk})
    client.post(f"{address}/code")
    wrong = "111111" if sent_code(noa) != "111111" else "222222"

    refused = client.post(f"{address}/proof", {"code": wrong})
    client.post(f"{address}/save", {"city": "אילת"})

    noa.refresh_from_db()
    assert refused.status_code == 422
    assert (noa.city, noa.first_name) == ("חיפה", "נועה")
    assert not ListMembership.objects.filter(list_id=public.pk).exists()
    assert "סודית" not in words(refused)


def test_the_code_lets_in_for_an_hour_in_that_browser(
    client: Client, noa: Contact, access: Any, address: str, at: Any
) -> None:
    public = create_list(access, name="מבצעים", is_public=True)
    client.post(f"{address}/code")
    code = sent_code(noa)

    let_in = client.post(f"{address}/proof", {"code": f" {code[:3]} {code[3:]} "}, follow=True)
    assert "סודית" in words(let_in)
    saved = client.post(
        f"{address}/save", {"first_name": "נועה", "last_name": "כהן", "city": "אילת"}
    )
    client.post(f"{address}/lists", {"list": public.pk})

    noa.refresh_from_db()
    assert saved.status_code == 303
    assert (noa.city, noa.last_name) == ("אילת", "כהן")
    assert ListMembership.objects.filter(list_id=public.pk, contact_id=noa.pk).exists()
    told = Event.objects.filter(contact_id=noa.pk).order_by("id")
    assert [one.kind for one in told] == ["visitor.proved", "contact.updated", "list.joined"]
    assert told[1].source == "visitor"
    assert "סודית" not in words(Client().get(address))
    at(timedelta(minutes=61))
    assert "כהן" not in words(client.get(address))


def test_a_code_is_used_up_and_goes_out_of_date(
    client: Client, noa: Contact, address: str, at: Any
) -> None:
    client.post(f"{address}/code")
    old = sent_code(noa)
    assert client.post(f"{address}/proof", {"code": old}).status_code == 303
    assert Client().post(f"{address}/proof", {"code": old}).status_code == 422

    client.post(f"{address}/code")
    late = sent_code(noa)
    at(timedelta(minutes=10))
    assert client.post(f"{address}/proof", {"code": late}).status_code == 422


def test_guessing_ends_after_five_attempts_even_with_the_right_code(
    client: Client, noa: Contact, address: str
) -> None:
    client.post(f"{address}/code")
    code = sent_code(noa)
    wrong = "111111" if code != "111111" else "222222"
    for _attempt in range(5):
        assert client.post(f"{address}/proof", {"code": wrong}).status_code == 422

    assert client.post(f"{address}/proof", {"code": code}).status_code == 422


def test_asking_for_codes_is_throttled(client: Client, noa: Contact, address: str, at: Any) -> None:
    answers = [client.post(f"{address}/code").status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]
    assert Message.objects.filter(contact_id=noa.pk, source="code").count() == 3
    at(timedelta(hours=1, minutes=1))
    assert client.post(f"{address}/code").status_code == 303


def test_one_persons_proof_opens_nobody_elses_details(
    client: Client, workspace: Any, noa: Contact, dan: Contact, address: str, now: datetime
) -> None:
    client.post(f"{address}/code")
    client.post(f"{address}/proof", {"code": sent_code(noa)})
    other = f"/me/{identity_token(workspace.pk, dan.pk, now=now)}"

    client.post(f"{other}/save", {"city": "אילת"})

    dan.refresh_from_db()
    assert dan.city != "אילת"
    assert dan.email not in words(client.get(other))


def test_a_value_that_cannot_be_taken_says_why(client: Client, noa: Contact, address: str) -> None:
    client.post(f"{address}/code")
    client.post(f"{address}/proof", {"code": sent_code(noa)})

    response = client.post(f"{address}/save", {"phone": "abc", "city": "לוד"})

    noa.refresh_from_db()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in words(response)
    assert noa.city == "חיפה"


@pytest.mark.parametrize("token", ["x", "A" * 64, "é" * 64, "A" * 5000])
def test_what_is_no_token_is_a_kind_404(client: Client, token: str) -> None:
    assert client.get(f"/me/{token}").status_code == 404


def test_an_old_link_and_one_of_somebody_who_is_gone_tell_nothing(
    client: Client, noa: Contact, address: str, at: Any, now: datetime
) -> None:
    Contact.objects.filter(pk=noa.pk).update(deleted_at=now)
    assert client.get(address).status_code == 404
    Contact.objects.filter(pk=noa.pk).update(deleted_at=None)
    at(timedelta(days=31))
    assert client.get(address).status_code == 404


def test_a_mails_own_token_leads_there_too(
    client: Client, workspace: Any, send: Any, noa: Contact, at: Any
) -> None:
    assert noa.first_name in words(client.get(f"/me/{message_token(send(noa).pk)}"))


def test_a_token_is_read_only_as_what_it_was_made_for(
    workspace: Any, noa: Contact, now: datetime
) -> None:
    token = identity_token(workspace.pk, noa.pk, now=now, days=2, message_id=9)

    found = read_identity(token, now=now)

    assert isinstance(found, Identified)
    assert (found.contact_id, found.message_id, len(token)) == (noa.pk, 9, 64)
    assert isinstance(read_identity(token, now=now + timedelta(days=3)), Expired)
    assert read_identity(token[:-2] + "AA", now=now) is None
    assert sealed.unseal("kesher_proof", token, 4) is None


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://shop.example/p", True),
        ("https://www.shop.example/p", True),
        ("https://notshop.example/p", False),
        ("https://shop.example.evil.example/", False),
        ("http://shop.example/p", False),
        ("https://shop.example@evil.example/", False),
        ("https://evil.example\\@shop.example/", False),
        ("https://shop.example\t.evil.example/", False),
        ("https://SHOP.example./p", True),
        ("//shop.example/p", False),
    ],
)
def test_only_the_own_site_learns_who_comes(url: str, is_own: bool) -> None:
    assert is_own_site(url, ("shop.example",)) is is_own


def click(message: Message, number: int = 0) -> str:
    answer = Client(headers={"User-Agent": PERSON}).get(f"/c/{message_token(message.pk)}/{number}")
    assert answer.status_code == 302
    assert answer["Referrer-Policy"] == "no-referrer"
    return str(answer["Location"])


@pytest.fixture
def identifying(workspace: Any, version: Any) -> None:
    workspace.website = "https://www.shop.example/"
    workspace.save(update_fields=["website"])
    TrackedLink.objects.filter(version=version).update(smart={"identify": True, "identify_days": 2})


@pytest.mark.usefixtures("identifying")
def test_a_click_carries_who_comes_to_the_own_site(
    send: Any, noa: Contact, at: Any, now: datetime
) -> None:
    location = click(send(noa))

    token = parse_qs(urlsplit(location).query)["k"][0]
    found = read_identity(token, now=now + timedelta(days=1))
    assert location.startswith("https://shop.example/p/0?a=1&b=%D7%90&k=")
    assert isinstance(found, Identified)
    assert found.contact_id == noa.pk


@pytest.mark.usefixtures("identifying")
def test_nobody_else_learns_who_comes(workspace: Any, send: Any, noa: Contact, at: Any) -> None:
    assert "k=" not in click(send(noa, source="test", source_id="t"))
    workspace.website = "https://other.example/"
    workspace.save(update_fields=["website"])
    assert "k=" not in click(send(noa, source_id="8"))


@pytest.mark.usefixtures("identifying")
@pytest.mark.parametrize(
    ("sites", "is_told"),
    [
        ([], True),
        (["shop.example"], True),
        (["club.example", "shop.example"], True),
        (["club.example"], False),
        (["p.shop.example"], False),
    ],
)
def test_only_the_sites_that_were_named_learn_who_comes(
    workspace: Any, send: Any, noa: Contact, at: Any, sites: list[str], is_told: bool
) -> None:
    workspace.identified_sites = sites
    workspace.save(update_fields=["identified_sites"])

    assert ("k=" in click(send(noa))) is is_told


def test_a_page_asks_who_its_visitor_is(
    client: Client, workspace: Any, noa: Contact, address: str, now: datetime
) -> None:
    token = address.rpartition("/")[2]
    request = RequestFactory().get("/", {"k": token})
    stranger = RequestFactory().get("/", {"k": "x"})
    client.post(f"{address}/code")
    client.post(f"{address}/proof", {"code": sent_code(noa)})
    proven = RequestFactory().get("/")
    proven.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}

    known = [visitor_of_request(one, workspace, now) for one in (request, proven, stranger)]

    assert [one and (one.contact.pk, one.level) for one in known] == [
        (noa.pk, RECOGNISED),
        (noa.pk, PROVEN),
        None,
    ]


def test_the_code_arrives_by_mail(
    client: Client, noa: Contact, address: str, now: datetime, settings: Any, tmp_path: Any
) -> None:
    from kesher.channels.models import LocalMessage
    from kesher.messages import sender

    settings.HOME = tmp_path
    client.post(f"{address}/code")
    try:
        sender.send_due(now)
    finally:
        sender.close()

    raw = bytes(LocalMessage.objects.get(recipient=noa.email).raw)
    assert re.search(rb"Subject:", raw)
    assert Message.objects.get(contact_id=noa.pk, source="code").status == "sent"
