"""What people see: stopping mail, choosing lists, changing their mind, reading a mail in the browser."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from kesher.contacts.consent import history
from kesher.contacts.models import Contact, ContactList, ListMembership
from kesher.events.models import Event
from kesher.lib import tokens
from kesher.media.actions import store_image
from kesher.messages.models import Hit, Message
from kesher.messages.tokens import message_token
from kesher.public.tests.conftest import Send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kesher.public.urls")]


@pytest.fixture
def visitor() -> Client:
    """A browser without a cookie, that checks CSRF as the real door does."""
    return Client(
        enforce_csrf_checks=True, headers={"User-Agent": "Browser/1", "Accept-Language": "en"}
    )


@pytest.fixture
def deals(workspace: Any) -> ContactList:
    return ContactList.objects.create(
        workspace=workspace, key="deals", name="מבצעים", is_public=True
    )


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_opening_the_unsubscribe_page_unsubscribes_nobody(
    visitor: Client, noa: Contact, token: str
) -> None:
    for address in (f"/u/{token}", f"/u/{token}?all=0", f"/u/{token}?List-Unsubscribe=One-Click"):
        assert visitor.get(address).status_code == 200
        assert visitor.head(address).status_code == 200
    for place in ("stop", "again", "lists"):
        assert visitor.get(f"/u/{token}/{place}").status_code == 405

    noa.refresh_from_db()
    assert noa.email_consent == "granted"
    assert not Event.objects.filter(contact_id=noa.pk).exists()


def test_one_button_stops_it_and_another_takes_it_back(
    visitor: Client, noa: Contact, token: str
) -> None:
    stopped = visitor.post(
        f"/u/{token}/stop", {"reason": "other", "words": " די  כבר "}, follow=True
    )
    noa.refresh_from_db()
    assert noa.email_consent == "withdrawn"
    assert Event.objects.get(kind="message.unsubscribed").data["reason"] == "די כבר"
    assert "הוסרתם" in text_of(stopped)

    back = visitor.post(f"/u/{token}/again", follow=True)
    noa.refresh_from_db()
    newest = history(noa)[0]
    assert noa.email_consent == "granted"
    assert (newest.basis, newest.evidence["agent"]) == ("link", "Browser/1")
    assert newest.evidence["text"] in text_of(stopped)  # the very words that were on the page
    assert "טוב שחזרתם" in text_of(back)


def test_doing_it_twice_is_doing_it_once(visitor: Client, noa: Contact, token: str) -> None:
    for _ in range(3):
        assert visitor.post(f"/u/{token}/stop", {"reason": "too_many"}).status_code == 303

    assert len(history(noa)) == 1
    assert Event.objects.filter(kind="message.unsubscribed").count() == 1


def test_a_providers_one_click_works_where_django_stands_alone(
    visitor: Client, noa: Contact, token: str
) -> None:
    assert visitor.post(f"/u/{token}", {"anything": "else"}).status_code == 400
    assert visitor.post(f"/u/{token}", {"List-Unsubscribe": "One-Click"}).status_code == 200

    noa.refresh_from_db()
    assert noa.email_consent == "withdrawn"


def test_choosing_lists_leaves_consent_and_hidden_lists_alone(
    visitor: Client, workspace: Any, noa: Contact, deals: ContactList, token: str
) -> None:
    secret = ContactList.objects.create(workspace=workspace, key="vip", name="VIP")
    chosen = {"list": [str(deals.pk), str(secret.pk), "999999", "x", "-1", "٣"]}

    answer = visitor.post(f"/u/{token}/lists", chosen, follow=True)

    noa.refresh_from_db()
    assert list(ListMembership.objects.values_list("list_id", flat=True)) == [deals.pk]
    assert "נשמר" in text_of(answer)
    assert "VIP" not in text_of(answer)
    visitor.post(f"/u/{token}/lists", {})
    assert not ListMembership.objects.exists()
    assert noa.email_consent == "granted"


def test_the_link_to_preferences_shows_the_lists_first(
    visitor: Client, deals: ContactList, token: str
) -> None:
    page = text_of(visitor.get(f"/u/{token}?all=0"))

    assert page.index('id="lists"') < page.index('id="stop"')
    assert page.count("<h1") == 1


def test_the_page_does_not_tell_the_whole_address(visitor: Client, token: str) -> None:
    page = text_of(visitor.get(f"/u/{token}"))

    assert "n•••@example.com" in page
    assert "noa@example.com" not in page


@pytest.mark.parametrize(("language", "direction"), [("he", "rtl"), ("en", "ltr")])
def test_the_page_speaks_the_readers_language(
    visitor: Client, noa: Contact, token: str, language: str, direction: str
) -> None:
    Contact.objects.filter(pk=noa.pk).update(language=language)

    answer = visitor.get(f"/u/{token}")

    assert f'<html lang="{language}" dir="{direction}">' in text_of(answer)
    assert answer.headers["Content-Language"] == language


def test_names_from_outside_are_only_text(
    visitor: Client, workspace: Any, deals: ContactList, token: str
) -> None:
    workspace.name = "<script>alert(1)</script>"
    workspace.website = "javascript:alert(1)"
    workspace.save()
    ContactList.objects.filter(pk=deals.pk).update(name='"><img src=x>')

    page = text_of(visitor.get(f"/u/{token}"))

    assert "<script" not in page
    assert "<img" not in page
    assert "javascript:" not in page


def test_every_page_is_closed_tight_and_sets_no_cookie(visitor: Client, token: str) -> None:
    for address in (f"/u/{token}", f"/v/{token}", "/u/nonsense", "/c/nonsense/1"):
        answer = visitor.get(address)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies


def test_the_style_of_a_page_carries_its_nonce(visitor: Client, token: str) -> None:
    answer = visitor.get(f"/u/{token}")

    nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
    assert nonce
    assert f'<style nonce="{nonce[1]}">' in text_of(answer)
    assert "style=" not in text_of(answer)
    assert "<script" not in text_of(answer)
    assert len(answer.content) < 30_000


@pytest.mark.parametrize(
    "token", ["x", "א", "%00", "a" * 3000, tokens.sign("media", 1), tokens.sign("message", 10**15)]
)
def test_a_token_that_is_not_ours_gets_a_kind_page_in_the_browsers_language(
    visitor: Client, token: str
) -> None:
    for address in (f"/u/{token}", f"/v/{token}", f"/c/{token}/0"):
        answer = visitor.get(address)
        assert answer.status_code == 404
        assert "This link does not work" in text_of(answer)
    assert visitor.post(f"/u/{token}/stop").status_code == 404


def test_an_erased_person_is_told_that_all_is_well(
    visitor: Client, noa: Contact, token: str
) -> None:
    noa.delete()

    assert "אינכם עוד ברשימה" in text_of(visitor.get(f"/u/{token}"))
    assert visitor.post(f"/u/{token}/stop").status_code == 303
    assert visitor.get(f"/v/{token}").status_code == 200


def test_a_test_mail_shows_the_page_and_changes_nothing(
    visitor: Client, noa: Contact, send: Send
) -> None:
    token = message_token(send(noa, source="test", source_id="t1").pk)

    answer = visitor.post(f"/u/{token}/stop", {"reason": "too_many"}, follow=True)

    noa.refresh_from_db()
    assert noa.email_consent == "granted"
    assert "הודעת בדיקה" in text_of(answer)


def test_a_mail_in_the_browser_is_the_readers_own_and_cannot_act(
    visitor: Client, token: str
) -> None:
    answer = visitor.get(f"/v/{token}")

    page = text_of(answer)
    assert "נועה" in page
    assert f"/c/{token}/0" in page
    assert f"/u/{token}" in page or "הסר" not in page
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_a_mail_whose_content_is_gone_says_so(visitor: Client, send: Send, noa: Contact) -> None:
    token = message_token(send(noa, version_id=987_654).pk)

    answer = visitor.get(f"/v/{token}")

    assert answer.status_code == 404
    assert "אי אפשר להציג" in text_of(answer)


def test_pixel_and_click_work_where_django_stands_alone(
    visitor: Client, message: Message, token: str
) -> None:
    pixel, click = visitor.get(f"/o/{token}.gif"), visitor.get(f"/c/{token}/0")

    assert (pixel.status_code, len(pixel.content)) == (200, 43)
    assert click.headers["Location"] == "https://shop.example/p/0?a=1&b=%D7%90"
    assert list(Hit.objects.order_by("id").values_list("kind", "message_id", "link_number")) == [
        ("open", message.pk, None),
        ("click", message.pk, 0),
    ]


def test_a_picture_is_served_for_ever_under_its_address(
    visitor: Client, access: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    drawn = BytesIO()
    Image.new("RGB", (8, 6), "teal").save(drawn, "PNG")
    file = store_image(access, upload=drawn.getvalue(), name="shop.png")

    answer = visitor.get(f"/m/{file.token}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")
    assert "immutable" in answer.headers["Cache-Control"]
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).size == (8, 6)
    for token in ("%00", "..%2F..%2Fetc", "a" * 100, file.token + "x"):
        assert visitor.get(f"/m/{token}").status_code == 404


def test_robots_are_asked_to_stay_outside_and_the_icon_is_there(visitor: Client) -> None:
    assert "Disallow: /u/" in text_of(visitor.get("/robots.txt"))
    assert visitor.get("/favicon.ico").headers["Content-Type"] == "image/svg+xml"
