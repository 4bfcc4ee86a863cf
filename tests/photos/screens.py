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
    Screen("work", "work_index"),
    Screen("work_empty", "work_index", needs="new"),
    Screen("error_404", "", path="/nowhere/", status=404),
    Screen("sign_in", "account_login", in_workspace=False, signed_in=False),
]
