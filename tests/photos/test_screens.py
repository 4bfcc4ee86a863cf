"""Each screen in two languages, two themes and two widths: photographed, accessible, quiet, not too wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.photos.conftest import AXE, DESK, PHONE, ROOT
from tests.photos.screens import SCREENS, Screen, nothing
from tests.photos.site import LANGUAGES, Site

PHOTOS = ROOT / "photos"
THEMES = ("light", "dark")
# Half of the eight: every pair of language and theme, theme and width, language and width is among them.
CHECKED = {
    ("he", "light", 1440),
    ("he", "dark", 390),
    ("en", "light", 390),
    ("en", "dark", 1440),
}
pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# Target sizes (2.2) are measured too; what is inside a mail, also one being written, is the writer's own.
RULES = """() => axe.run(
  {exclude: [['iframe'], ['[contenteditable=true]']]},
  {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations']},
).then(found => found.violations.map(one =>
  `${one.id}: ${one.help}\\n` + one.nodes.slice(0, 4).map(node => `    ${node.html.slice(0, 160)}\\n    ${node.any.map(why => why.message).join(' ').slice(0, 200)}`).join('\\n')))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The person's choice too: else the page paints itself anew, by that, when the browser's theme changes.
PAINT = """theme => {
  const root = document.documentElement
  if (root.dataset.bsTheme) root.dataset.theme = root.dataset.bsTheme = theme
}"""
PAINTED = "() => document.documentElement.dataset.bsTheme ?? null"


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(key, id=name, marks=pytest.mark.xdist_group(f"browser-{key}"))
        for key, name in LANGUAGES.items()
    ],
)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_the_screen_is_as_it_should_be(
    screen: Screen, language: str, site: Site, pages: dict[tuple[str, bool], Any]
) -> None:
    page = pages[language, screen.signed_in]
    problems: list[str] = []
    forget = listen(page, screen, problems)
    page.emulate_media(color_scheme="light")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        if size is DESK or screen.steps is not nothing:
            visit(page, screen, site, problems)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.evaluate(PAINT, theme)
            name = f"{screen.name}_{language}_{theme}_{size['width']}"
            photograph(page, screen, name)
            if (painted := page.evaluate(PAINTED)) not in (theme, None):
                problems.append(f"{name}: it is {painted}")
            if (language, theme, size["width"]) in CHECKED:
                problems += [f"{name}: {problem}" for problem in violations(page)]
        if (wider := page.evaluate(WIDER)) > 0:
            problems.append(f"{size['width']}: the page is {wider} px wider than the screen")
    forget()

    assert not problems, "\n" + "\n".join(problems)


def visit(page: Any, screen: Screen, site: Site, problems: list[str]) -> None:
    """Go there and take the screen's steps."""
    answer = page.goto(site.url(screen), wait_until="load")
    if answer.status != screen.status:
        problems.append(f"answered {answer.status}")
        return
    if page.locator("#work-bar").count():
        page.locator("#work-button").wait_for()
    screen.steps(page)
    page.evaluate("() => document.fonts.ready.then(() => true)")


def listen(page: Any, screen: Screen, problems: list[str]) -> Callable[[], None]:
    """Note what the console complains of, until told to forget; an error page's own status is expected."""
    expected = {screen.status, 422} if screen.steps is not nothing else {screen.status}

    def hear(message: Any) -> None:
        if message.type == "error" and not any(f"status of {n}" in message.text for n in expected):
            problems.append(f"console: {message.text}")

    def hear_script(error: Any) -> None:
        problems.append(f"script: {error}")

    def forget() -> None:
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", hear_script)

    page.on("console", hear)
    page.on("pageerror", hear_script)
    return forget


def violations(page: Any) -> list[str]:
    """What axe finds. It is put into the page by the debugger, past the visitors' strict policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text() + "; true")
    found: list[str] = page.evaluate(RULES)
    return found


def photograph(page: Any, screen: Screen, name: str) -> None:
    PHOTOS.mkdir(exist_ok=True)
    page.screenshot(path=PHOTOS / f"{name}.png", full_page=screen.full_page)
