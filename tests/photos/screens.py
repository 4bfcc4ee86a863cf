"""Every screen that is photographed. A new screen is one row here.

`url_name` is resolved with the workspace's key and then `arguments(site)`; a name that no area serves fails.
`steps(page)` may open a menu or a dialog before the picture. `needs` names the workspace: "shop" is full of
people and mail, "new" is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.photos.site import Site

Page = Any


def no_arguments(site: Site) -> tuple[Any, ...]:
    return ()


def of_contact(site: Site) -> tuple[Any, ...]:
    return (site.contact.pk,)


def of_campaign(site: Site) -> tuple[Any, ...]:
    return (site.campaign.pk,)


def of_draft(site: Site) -> tuple[Any, ...]:
    return (site.draft.pk,)


def of_document(site: Site) -> tuple[Any, ...]:
    return (site.document.pk,)


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Screen:
    name: str
    url_name: str
    arguments: Callable[[Site], tuple[Any, ...]] = no_arguments
    steps: Callable[[Page], None] = nothing
    needs: str = "shop"
    in_workspace: bool = True
    signed_in: bool = True
    query: str = ""
    path: str = ""
    status: int = 200
    full_page: bool = True


def see_chart(page: Page) -> None:
    """Charts are drawn when they come near the screen."""
    page.locator("#activity").scroll_into_view_if_needed()
    page.locator("#activity svg path").first.wait_for(state="attached")
    page.evaluate("() => scrollTo(0, 0)")


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+KeyK")
    page.locator(".k-palette[open] [role=option]").first.wait_for()


def open_work(page: Page) -> None:
    page.locator("#work-button").click()
    page.locator("#work-panel.show").wait_for()


def open_shortcuts(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#shortcuts[open]").wait_for()


def open_person_menu(page: Page) -> None:
    if page.locator("[data-side-toggle][aria-expanded]").is_visible():
        page.locator("[data-side-toggle][aria-expanded]").click()
    page.locator(".k-person").click()
    page.locator(".k-side-foot .dropdown-menu.show").first.wait_for()


SCREENS = [
    Screen("home", "home", steps=see_chart),
    Screen("home_new", "home", needs="new"),
    Screen("palette", "home", steps=open_palette, full_page=False),
    Screen("work_panel", "home", steps=open_work, full_page=False),
    Screen("shortcuts", "home", steps=open_shortcuts, full_page=False),
    Screen("person_menu", "home", steps=open_person_menu, full_page=False),
    Screen("contacts", "contacts_index"),
    Screen("contacts_new_workspace", "contacts_index", needs="new"),
    Screen("contacts_none", "contacts_index", query="?q=zzzz"),
    Screen("contact", "contact_card", of_contact),
    Screen("contact_new", "contacts_new"),
    Screen("lists", "lists_index"),
    Screen("fields", "fields_index"),
    Screen("blocked", "blocked_index"),
    Screen("imports", "imports_index"),
    Screen("import_new", "imports_new"),
    Screen("campaigns", "campaigns_index"),
    Screen("campaigns_new_workspace", "campaigns_index", needs="new"),
    Screen("campaign_new", "campaigns_new"),
    Screen("campaign_draft", "campaign", of_draft),
    Screen("campaign_report", "campaign", of_campaign),
    Screen("campaign_people", "campaign_people", of_campaign),
    Screen("content", "content_index"),
    Screen("content_new", "content_new"),
    Screen("editor", "content_editor", of_document, full_page=False),
    Screen("mailbox", "mailbox_index"),
    Screen("channels", "channels_settings"),
    Screen("settings", "settings_general"),
    Screen("settings_sender", "settings_sender"),
    Screen("settings_team", "settings_team"),
    Screen("settings_keys", "settings_keys"),
    Screen("settings_log", "settings_log"),
    Screen("profile", "profile", in_workspace=False),
    Screen("work", "work_index"),
    Screen("work_empty", "work_index", needs="new"),
    Screen("error_404", "", path="/nowhere/", status=404),
    Screen("sign_in", "account_login", in_workspace=False, signed_in=False),
]
