"""Short addresses from texts: the same links, counted the same; a way out that changes nothing by itself."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kesher.lib import tokens
from kesher.messages.models import Hit, Message
from kesher.messages.tokens import brief_token, message_token, read_brief_token
from kesher.public.tests.conftest import Knock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_transaction")]


@pytest.fixture
def brief(message: Message) -> str:
    return brief_token(message.pk)


@pytest.mark.parametrize("path", ["", "/0"])
def test_the_first_link_needs_no_number(
    knock: Knock, message: Message, brief: str, path: str
) -> None:
    answer = knock("GET", f"/s/{brief}{path}")

    assert answer is not None
    assert (answer.status, answer.headers["location"][:24]) == (302, "https://shop.example/p/0")
    hit = Hit.objects.get()
    assert (hit.kind, hit.message_id, hit.link_number) == ("click", message.pk, 0)


def test_the_way_out_leads_to_the_page_and_counts_nothing(
    knock: Knock, message: Message, brief: str
) -> None:
    answer = knock("GET", f"/s/{brief}/u")

    assert answer is not None
    assert answer.headers["location"] == f"/u/{message_token(message.pk)}"
    assert not Hit.objects.exists()


@pytest.mark.parametrize("change", ["x{}", "{}x", "{}/99", "{}/-1", "{}/v", "{}/u/x", "", "{}//"])
def test_what_is_none_of_ours_leads_nowhere(
    knock: Knock, client: Client, brief: str, change: str
) -> None:
    path = f"/s/{change.format(brief)}"

    assert knock("GET", path) is None
    assert client.get(path).status_code == 404
    assert not Hit.objects.exists()


def test_django_answers_alike_where_the_door_is_not_in_front(client: Client, brief: str) -> None:
    link, way_out = client.get(f"/s/{brief}"), client.get(f"/s/{brief}/u")

    assert link.headers["Location"].startswith("https://shop.example/p/0")
    assert way_out.headers["Location"].startswith("/u/")
    assert Hit.objects.count() == 1


@given(st.integers(min_value=0, max_value=2**62))
def test_a_brief_token_names_its_number_and_no_other(number: int) -> None:
    token = tokens.sign_brief("message", number)

    assert token.isalnum()
    assert token.isascii()
    assert len(token) >= tokens.BRIEF_LENGTH
    assert read_brief_token(token) == number
    assert tokens.read_brief("other", token) is None
    other = tokens.sign_brief("message", number + 1)
    assert read_brief_token(token[:8] + other[8:]) is None
