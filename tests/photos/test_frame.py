"""The frame in use: the palette, the theme, shortcuts on the Hebrew layout, the drawer of the phone, toasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.photos.conftest import PHONE
from tests.photos.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.xdist_group("browser-he")]


@pytest.fixture
def page(site: Site, contexts: dict[tuple[str, bool], Any]) -> Iterator[Any]:
    opened = contexts["he", True].new_page()
    opened.goto(f"{site.address}/w/{site.shop.key}/jobs/")
    yield opened
    opened.close()


def hebrew_key(page: Any, key: str, code: str, **modifiers: bool) -> None:
    """A key as it comes while the Hebrew layout is on: its letter is Hebrew, its place is not."""
    page.evaluate(
        "([key, code, more]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true, ...more}))",
        [key, code, modifiers],
    )


@pytest.mark.parametrize("typed", ["contacts", "אנשי", "נועה"])
def test_the_palette_finds_in_both_languages_and_goes_there(page: Any, typed: str) -> None:
    hebrew_key(page, "ל", "KeyK", ctrlKey=True)
    page.locator(".k-palette input").fill(typed)
    page.locator(".k-palette [role=option]").first.wait_for()
    page.keyboard.press("Enter")

    page.wait_for_url("**/contacts/**")


def test_escape_closes_one_layer(page: Any) -> None:
    page.keyboard.press("?")
    page.locator("#shortcuts[open]").wait_for()
    page.keyboard.press("Escape")

    page.locator("#shortcuts").wait_for(state="hidden")


def test_the_theme_is_kept(page: Any) -> None:
    page.locator(".k-side-foot .k-icon-button").click()
    with page.expect_response("**/theme/"):
        page.locator("[data-theme-choice=dark]").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"

    page.locator(".k-side-foot .k-icon-button").click()
    with page.expect_response("**/theme/"):
        page.locator("[data-theme-choice=light]").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "light"


def test_the_drawer_of_the_phone_opens_and_closes(page: Any) -> None:
    page.set_viewport_size(PHONE)
    page.locator("[data-side-toggle][aria-expanded]").click()
    page.locator(".k-side .k-nav-item").first.wait_for()
    page.keyboard.press("Escape")

    page.locator(".k-side .k-nav-item").first.wait_for(state="hidden")


def test_stopping_work_says_so_in_a_toast(page: Any) -> None:
    page.locator("#work-rows .k-icon-button").first.click()

    page.locator(".k-toast", has_text="העבודה תיעצר").wait_for()


def test_n_is_new_and_slash_is_search(page: Any, site: Site) -> None:
    page.goto(f"{site.address}/w/{site.shop.key}/contacts/")
    hebrew_key(page, "/", "Slash")
    assert page.evaluate("() => document.activeElement.id") == "contacts-q"

    page.keyboard.type("נ")
    page.locator("#contacts-q").evaluate("field => field.blur()")
    hebrew_key(page, "מ", "KeyN")

    page.wait_for_url("**/contacts/new/")


def test_the_chosen_go_and_come_back(page: Any, site: Site) -> None:
    page.goto(f"{site.address}/w/{site.shop.key}/contacts/?sort=name")
    first, second = (page.locator("[name=ids]").nth(number) for number in (0, 1))
    gone = first.get_attribute("value")
    first.check()
    second.check()
    page.locator(".k-selection .btn-danger").click()
    page.locator(".k-toast .k-link-button").wait_for()
    assert not page.locator(f"[name=ids][value='{gone}']").count()

    page.locator(".k-toast .k-link-button").click()

    page.locator(f"[name=ids][value='{gone}']").wait_for()


def test_a_dialog_of_the_phone_is_a_sheet_and_esc_closes_it(page: Any, site: Site) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{site.address}/w/{site.shop.key}/contacts/blocked/")
    page.locator("[data-dialog=block-addresses]").click()
    sheet = page.locator("#block-addresses[open]").bounding_box()
    assert sheet["width"] == PHONE["width"]
    assert sheet["y"] + sheet["height"] >= PHONE["height"] - 1

    page.keyboard.press("Escape")

    page.locator("#block-addresses").wait_for(state="hidden")


def test_the_open_tab_of_a_phone_is_in_view(page: Any, site: Site) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{site.address}/w/{site.shop.key}/settings/log/")

    tab = page.locator(".k-tabs [aria-current]").bounding_box()

    assert tab["x"] >= 0
    assert tab["x"] + tab["width"] <= PHONE["width"]
