"""Campaigns in Chromium, in Hebrew: an SMS from its channel to its last part, an A/B test from its set-up to its winner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from kesher.campaigns import actions, planning
from kesher.campaigns.models import Campaign
from kesher.channels.models import LocalMessage
from kesher.contacts.lists import create_list, join_list
from kesher.contacts.models import Contact, ContactList
from kesher.content.actions import save_document
from kesher.lib import clock
from kesher.messages import sender
from kesher.messages.models import Message
from kesher.segments.actions import create_segment
from kesher.segments.audience import Audience, Part

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
Page = Any
BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "blocks": [
        {"id": "b1", "kind": "heading", "text": "שלום [[first_name|חבר]]"},
        {"id": "b2", "kind": "button", "text": "לחנות", "url": "https://shop.example/new"},
    ],
}


@pytest.fixture
def readers(access: Any, now: Any) -> ContactList:
    """Forty who agreed to everything, four of them from Haifa."""
    made = Contact.objects.bulk_create(
        Contact(
            workspace=access.workspace,
            first_name=f"אדם {number}",
            email=f"p{number}@example.com",
            mobile=f"+97250123{number:04}",
            city="חיפה" if number < 4 else "תל אביב",
            email_consent="granted",
            sms_consent="granted",
            created_at=now,
            updated_at=now,
        )
        for number in range(40)
    )
    row = create_list(access, name="קוראים")
    ids = [person.pk for person in made]
    join_list(access.workspace.pk, list_id=row.pk, contact_ids=ids, now=now)
    rule = {"field": "city", "op": "equals", "value": "חיפה"}
    create_segment(access, name="מחיפה", rule=rule, now=now)
    return row


@pytest.fixture
def page(
    live_server: Any, owner: Any, chromium: Any, settings: Any, tmp_path: Any
) -> Iterator[Page]:
    settings.BASE_URL, settings.HOME = live_server.url, tmp_path
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    context = chromium.new_context(
        locale="he-IL", reduced_motion="reduce", base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
    )  # fmt: skip
    context.set_default_timeout(10_000)
    context.add_cookies(
        [
            {"name": "sessionid", "value": str(session.session_key), "url": live_server.url},
            {"name": "language", "value": "he", "url": live_server.url},
        ]
    )
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    context.close()
    sender.close()
    assert not errors


def _go_on(at: Any) -> None:
    while planning.advance(at) + sender.send_due(at, limit=1000):
        pass


def test_an_sms_to_a_list_without_a_segment(page: Page, access: Any, readers: ContactList) -> None:
    key = access.workspace.key
    page.goto(reverse("campaigns_index", args=[key]))
    page.click("main a[href$='/campaigns/new/']")
    page.click("a[href='?channel=sms']")
    page.fill("#document-name", "קופון לסוף השבוע")
    page.click("main form .btn-primary")
    page.click(".ke-piece [contenteditable=true]")
    page.keyboard.type("סוף שבוע של ספרים: 20% על הכול https://shop.example/weekend")
    page.wait_for_selector("[data-save=saved]")
    page.click(".ke-next")
    page.wait_for_url("**/campaigns/*/")
    assert "20%" in page.inner_text(".k-phone")

    page.locator(".k-group").nth(0).get_by_label("קוראים").check()
    page.locator("#audience-count .k-big .num", has_text="40").wait_for()
    page.locator(".k-group").nth(2).locator("summary").click()
    page.locator(".k-group").nth(2).get_by_label("מחיפה").check()
    page.locator("#audience-count .k-big .num", has_text="36").wait_for()
    assert "36" in page.inner_text("#text-sizes")

    page.click("#send-action .btn-primary")
    page.locator("dialog#confirm[open] [value=yes]").click()
    page.wait_for_selector(".k-funnel")
    _go_on(clock.now())
    page.reload()
    labels = page.locator(".k-funnel .k-kpi-label").all_inner_texts()
    assert "פתחו" not in labels
    assert page.locator(".k-funnel .k-kpi-value").first.inner_text() == "36"
    sent = LocalMessage.objects.filter(channel="sms")
    assert sent.count() == 36
    assert not sent.filter(recipient="+972501230000").exists()


@pytest.fixture
def draft(access: Any, readers: ContactList) -> Campaign:
    made = actions.create_campaign(access, name="ניוזלטר חורף")
    save_document(
        access, made.document, body=BODY, subject="חורף בחנות", preheader="מה חדש",
        name=made.name, revision=made.document.revision,
    )  # fmt: skip
    actions.set_audience(access, made, audience=Audience((Part("list", readers.pk),)))
    return made


def test_an_ab_test_is_set_waits_and_is_decided_by_hand(
    page: Page, access: Any, draft: Campaign
) -> None:
    page.goto(reverse("campaign", args=[access.workspace.key, draft.pk]))
    page.locator(".k-ab summary").click()
    page.fill("#ab-B", "מה קוראים השבוע?")
    page.select_option("#ab-sample", "50")
    assert page.locator("#ab-wait").is_visible()
    page.select_option("#ab-measure", "hand")
    assert page.locator("#ab-wait").is_hidden()
    page.locator(".k-ab form .btn").click()
    page.locator(".k-variants li").nth(1).wait_for()
    assert page.locator(".k-variants li").all_inner_texts()[1].endswith("מה קוראים השבוע?")

    page.click("#send-action .btn-primary")
    page.locator("dialog#confirm[open] [value=yes]").click()
    page.wait_for_selector(".k-funnel")
    _go_on(clock.now())
    page.reload()
    waiting = page.locator("[aria-labelledby=ab-title]")
    assert waiting.locator(".k-note-amber").is_visible()
    sample = Message.objects.filter(source_id=str(draft.pk), status="sent").count()
    assert 5 < sample < 35

    waiting.get_by_role("button", name="לבחור ב־B").click()
    page.locator("dialog#confirm[open] [value=yes]").click()
    page.locator("[aria-labelledby=ab-title] .k-note-moss").wait_for()
    _go_on(clock.now() + timedelta(seconds=1))
    page.reload()
    assert page.locator(".k-funnel .k-kpi-value").first.inner_text() == "40"
    won = draft.variants.get(number=1).version_id
    assert Message.objects.filter(source_id=str(draft.pk), version_id=won).count() > sample // 2

    page.locator("[aria-labelledby=ab-title] tbody tr").nth(1).locator("a").first.click()
    page.wait_for_url("**variant=1")
    page.go_back()
    page.click(".k-funnel a[href$='what=sent']")
    page.locator("form[action$='/people/segment/'] button").click()
    page.wait_for_url("**/segments/*/")
    assert "ניוזלטר חורף" in page.inner_text("h1")
