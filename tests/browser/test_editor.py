"""The document editor in Chromium, on the real server: what a marketer does with a mail, and what must not be lost."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from PIL import Image

from kesher.content.actions import Saved, create_document, save_document
from kesher.content.models import Document

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
BODY = {
    "format": 1,
    "language": "he",
    "direction": "rtl",
    "theme": {},
    "blocks": [
        {"id": "title", "kind": "heading", "text": "החורף הזה קוראים יותר"},
        {"id": "words", "kind": "text", "html": "<p>שלום</p>"},
        {"id": "two", "kind": "columns", "columns": [{"blocks": []}, {"blocks": []}]},
        {"id": "go", "kind": "button", "text": "לחנות", "url": "https://shop.example/"},
        {"id": "end", "kind": "footer"},
    ],
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
Page = Any


@pytest.fixture
def mail(access: Any) -> Document:
    return create_document(access, kind="email", name="ניוזלטר חורף", body=BODY)


@pytest.fixture
def context(live_server: Any, owner: Any, chromium: Any, settings: Any) -> Iterator[Any]:
    settings.BASE_URL = live_server.url
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    made = chromium.new_context(
        viewport=DESK, locale="he-IL", reduced_motion="reduce", base_url=live_server.url
    )
    made.set_default_timeout(8000)
    made.add_init_script(path=AXE)
    made.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
    yield made
    made.close()


@pytest.fixture
def page(context: Any, mail: Document, workspace: Any) -> Page:
    return _opened(context, mail, workspace)


def _opened(context: Any, mail: Document, workspace: Any, query: str = "") -> Page:
    page = context.new_page()
    page.goto(reverse("content_editor", args=[workspace.key, mail.pk]) + query)
    page.wait_for_selector("[data-block]")
    return page


def _ids(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-block]", "all => all.map(one => one.dataset.block)")


def _saved(page: Page) -> None:
    """Wait until the server has what is on screen."""
    page.wait_for_timeout(150)
    page.wait_for_selector('[data-save="saved"]')


def _retype(page: Page, selector: str, text: str) -> None:
    page.click(selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_a_mail_is_written_in_hebrew_with_a_name_and_is_still_there_after_a_reload(
    page: Page, mail: Document
) -> None:
    _retype(page, "#ke-subject", "[[שם פרטי|חברים]], החורף כאן")
    _retype(page, "[data-block=words] .ke-rich", "היי [[first_name|חבר]], מה שלומך?")
    assert page.locator("[data-block=words] .ke-tag").count() == 1
    _retype(page, "[data-block=go] .ke-line", "לכל ההמלצות")
    _saved(page)

    page.reload()

    assert "מה שלומך?" in page.locator("[data-block=words]").inner_text()
    mail.refresh_from_db()
    blocks = {block["id"]: block for block in mail.body["blocks"]}
    assert mail.subject == "[[first_name|חברים]], החורף כאן"
    assert blocks["words"]["html"] == "<p>היי [[first_name|חבר]], מה שלומך?</p>"
    assert blocks["go"]["text"] == "לכל ההמלצות"


def test_a_field_is_found_in_either_language(page: Page) -> None:
    page.click("[data-block=title] .ke-line")
    page.keyboard.press("End")
    page.keyboard.type(" [[")
    page.keyboard.type("city")
    page.keyboard.press("Enter")
    page.keyboard.type("!")

    assert page.locator("[data-block=title] .ke-tag").inner_text().strip() == "עיר"
    assert page.locator("[data-block=title] .ke-line").inner_text().strip().endswith("!")


def test_an_unknown_field_is_marked_and_counted(page: Page) -> None:
    _retype(page, "[data-block=words] .ke-rich", "[[frist_name]")
    page.keyboard.type("]")

    assert page.locator("[data-block=words] .ke-unknown").count() == 1
    assert page.locator(".ke-side .ke-check-error", has_text="frist_name").count() == 1


def test_undo_and_redo_walk_through_what_was_done(page: Page) -> None:
    before = _ids(page)
    page.click("[data-block=go]", position={"x": 5, "y": 5})
    page.keyboard.press("Delete")
    assert "go" not in _ids(page)

    page.keyboard.press("Control+z")
    assert _ids(page) == before
    page.keyboard.press("Control+Shift+z")
    assert "go" not in _ids(page)


def test_blocks_are_moved_by_keys_into_columns_and_out(page: Page) -> None:
    page.focus("[data-block=words]")

    page.keyboard.press("Alt+ArrowDown")

    assert page.evaluate(
        "document.querySelector('[data-block=words]').parentElement.dataset.container"
    ) == ("two:0")
    assert page.evaluate("document.activeElement.dataset.block") == "words"
    assert page.locator("[data-announcer]").inner_text().strip() != ""
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    assert _ids(page) == ["title", "two", "words", "go", "end"]


def test_a_block_is_dragged_from_the_palette_into_a_column(page: Page) -> None:
    source = page.locator(".ke-palette button").first.bounding_box()
    target = page.locator('[data-container="two:1"]').bounding_box()
    page.mouse.move(source["x"] + 20, source["y"] + 20)
    page.mouse.down()
    page.wait_for_timeout(350)
    page.mouse.move(source["x"] + 30, source["y"] + 40, steps=4)
    page.mouse.move(target["x"] + 40, target["y"] + 40, steps=10)
    page.mouse.up()

    page.wait_for_selector('[data-container="two:1"] > [data-kind=heading]')


def test_a_picture_is_uploaded_and_asks_for_its_description(page: Page, mail: Document) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (640, 320), "teal").save(picture, "PNG")
    page.focus("[data-block=words]")
    page.locator(".ke-palette button").nth(2).click()

    page.locator("[data-kind=image] input[type=file]").set_input_files(
        {"name": "books.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )

    page.wait_for_selector("[data-kind=image] img")
    _saved(page)
    page.wait_for_selector(".ke-side .ke-check-warning")
    mail.refresh_from_db()
    assert "/m/" in mail.body["blocks"][2]["src"]


@pytest.mark.parametrize(("button", "subject"), [("primary", "שלי"), ("theirs", "שלהם")])
def test_of_two_versions_one_is_chosen_and_nothing_is_overwritten_unseen(
    page: Page, mail: Document, access: Any, button: str, subject: str
) -> None:
    outcome = save_document(
        access,
        mail,
        body=mail.body,
        subject="שלהם",
        preheader="",
        name=mail.name,
        revision=mail.revision,
    )
    assert isinstance(outcome, Saved)

    _retype(page, "#ke-subject", "שלי")
    page.wait_for_selector("dialog[open] .ke-version")
    mail.refresh_from_db()
    assert mail.subject == "שלהם"
    chosen = ".btn-primary" if button == "primary" else ".btn:not(.btn-primary)"
    page.click(f"dialog .k-dialog-footer {chosen}")
    _saved(page)

    assert page.locator("#ke-subject").inner_text().strip() == subject
    mail.refresh_from_db()
    assert mail.subject == subject


def test_without_a_network_the_work_is_kept_and_saved_when_it_is_back(
    page: Page, context: Any, mail: Document
) -> None:
    context.set_offline(True)
    _retype(page, "#ke-subject", "נכתב ברכבת")
    page.wait_for_selector('[data-save="offline"]')

    context.set_offline(False)
    _saved(page)

    mail.refresh_from_db()
    assert mail.subject == "נכתב ברכבת"


def test_a_crash_before_saving_loses_nothing(
    page: Page, context: Any, mail: Document, workspace: Any
) -> None:
    # Not a blocked route: the page saves once more while it closes, and that would get through.
    page.evaluate("void (window.fetch = () => Promise.reject(new TypeError('gone')))")
    _retype(page, "#ke-subject", "לפני הקריסה")
    page.wait_for_selector('[data-save="offline"]')
    page.close(run_before_unload=False)

    again = _opened(context, mail, workspace)

    again.wait_for_selector(".ke-banner")
    assert again.locator("#ke-subject").inner_text().strip() == "לפני הקריסה"
    _saved(again)
    mail.refresh_from_db()
    assert mail.subject == "לפני הקריסה"


def test_the_preview_is_what_this_contact_will_get(page: Page, noa: Any) -> None:
    _retype(page, "[data-block=words] .ke-rich", "שלום [[first_name|חבר]]!")
    page.locator(".ke-bar button[aria-pressed]", has_text=re.compile("תצוגה|Preview")).click()
    frame = page.frame_locator("iframe.ke-preview")
    assert "שלום חבר!" in frame.locator("body").inner_text()

    page.click(".ke-person")
    page.locator(".ke-options button", has_text="נועה").click()

    frame.get_by_text("שלום נועה!").wait_for()


def test_on_a_phone_the_settings_are_a_sheet_and_nothing_overflows(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.click("[data-block=go]", position={"x": 5, "y": 5})
    page.locator(".ke-foot").nth(1).click()

    page.locator(".ke-inspector input[inputmode=url]").wait_for(state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.keyboard.press("Escape")
    page.locator(".ke-inspector").wait_for(state="hidden")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_editor_is_accessible(page: Page, theme: str) -> None:
    page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
    page.click("[data-block=words] .ke-rich")

    found = page.evaluate("axe.run('.ke', {resultTypes: ['violations']})")

    assert [violation["id"] for violation in found["violations"]] == []
