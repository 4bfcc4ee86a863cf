"""Each screen in two languages, two themes and two widths: photographed, accessible, quiet, not too wide."""

from __future__ import annotations

from typing import Any

import pytest
from tests.photos.conftest import DESK, PHONE, ROOT
from tests.photos.screens import SCREENS, Screen, nothing
from tests.photos.site import Site

PHOTOS = ROOT / "photos"
LOOKS = [(language, theme) for language in ("he", "en") for theme in ("light", "dark")]
# Half of the eight: every pair of language and theme, theme and width, language and width is among them.
CHECKED = {
    ("he", "light", True),
    ("he", "dark", False),
    ("en", "light", False),
    ("en", "dark", True),
}
pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.xdist_group("browser")]

# Target sizes (2.2) are measured too; what is inside a mail is the writer's own.
AXE = """() => axe.run(
  {exclude: [['iframe']]},
  {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']},
).then(found => found.violations.map(one =>
  `${one.id}: ${one.help}\\n` + one.nodes.slice(0, 4).map(node => `    ${node.html.slice(0, 160)}\\n    ${node.any.map(why => why.message).join(' ').slice(0, 200)}`).join('\\n')))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_the_screen_is_as_it_should_be(
    screen: Screen, site: Site, contexts: dict[tuple[str, str, bool], Any]
) -> None:
    problems = []
    for language, theme in LOOKS:
        page = contexts[language, theme, screen.signed_in].new_page()
        noise = listen(page, screen)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            if size is DESK or screen.steps is not nothing:
                noise += visit(page, screen, site)
            name = f"{screen.name}_{language}_{theme}_{size['width']}"
            photograph(page, screen, name)
            if (language, theme, size is DESK) in CHECKED:
                noise += page.evaluate(AXE)
            if (wider := page.evaluate(WIDER)) > 0:
                noise.append(f"the page is {wider} px wider than the screen")
            problems += [f"{name}: {problem}" for problem in noise]
            noise.clear()
        page.close()

    assert not problems, "\n" + "\n".join(problems)


def visit(page: Any, screen: Screen, site: Site) -> list[str]:
    """Go there and take the screen's steps; answers what went wrong with that."""
    answer = page.goto(site.url(screen), wait_until="load")
    if answer.status != screen.status:
        return [f"answered {answer.status}"]
    if page.locator("#work-bar").count():
        page.locator("#work-button").wait_for()
    screen.steps(page)
    return []


def listen(page: Any, screen: Screen) -> list[str]:
    """What the console complains of, from now on; an error page's own status is expected."""
    noise: list[str] = []

    def hear(message: Any) -> None:
        if message.type == "error" and f"status of {screen.status}" not in message.text:
            noise.append(f"console: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: noise.append(f"script: {error}"))
    return noise


def photograph(page: Any, screen: Screen, name: str) -> None:
    PHOTOS.mkdir(exist_ok=True)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.screenshot(path=PHOTOS / f"{name}.png", full_page=screen.full_page)
