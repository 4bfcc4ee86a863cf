"""The rule builder in Chromium, in Hebrew: rules made by the keyboard alone, and nothing lost of what was stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from kesher.contacts.models import Field
from kesher.content.actions import create_document
from kesher.content.models import Document
from kesher.segments.models import Segment

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
RULE = '.k-rule input[type="hidden"]'

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
Page = Any


@pytest.fixture
def family(workspace: Any) -> dict[str, str]:
    """The fields of E-06 by what they are called."""
    made = {
        "יש ילדים": Field.objects.create(
            workspace=workspace, key="has-children", label="יש ילדים", type="yes_no"
        ),
        "מספר ילדים": Field.objects.create(
            workspace=workspace,
            key="children",
            label="מספר ילדים",
            type="number",
            options={"decimals": 0},
        ),
    }
    return {label: field.key for label, field in made.items()}


@pytest.fixture
def context(live_server: Any, owner: Any, chromium: Any, settings: Any) -> Iterator[Any]:
    settings.BASE_URL = live_server.url
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    made = chromium.new_context(locale="he-IL", reduced_motion="reduce", base_url=live_server.url)
    made.set_default_timeout(8000)
    made.add_init_script(path=AXE)
    made.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
    yield made
    made.close()


@pytest.fixture
def page(context: Any, workspace: Any, family: dict[str, str]) -> Page:
    made = context.new_page()
    made.goto(reverse("segments_new", args=[workspace.key]))
    made.wait_for_selector(".kr-look")
    return made


def _rule(page: Page) -> Any:
    return json.loads(page.locator(RULE).input_value())


def _focused(page: Page) -> str:
    return str(
        page.evaluate(
            "() => { const now = document.activeElement;"
            " return now.getAttribute('aria-label') ?? now.textContent.trim() }"
        )
    )


def _tab_to(page: Page, label: str, *, back: bool = False) -> None:
    for _step in range(60):
        if _focused(page).startswith(label):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail(f"the keyboard never reaches {label!r}")


def _add(page: Page, what: str) -> None:
    _tab_to(page, "הוספת תנאי")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=listbox]")
    page.keyboard.type(what)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=listbox]", state="detached")
    page.wait_for_function("() => document.activeElement.closest('.kr-row') !== null")


def _violations(page: Page) -> list[str]:
    found = page.evaluate(
        "() => axe.run('.kr', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def test_the_rules_of_three_audiences_are_made_by_the_keyboard_alone(
    page: Page, workspace: Any
) -> None:
    page.locator("#segment-name").focus()
    page.keyboard.type("משפחות גדולות")
    _add(page, "יש ילדים")
    assert _focused(page) == "כן"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert _rule(page) == {"all": [{"field": "has-children", "op": "is", "value": False}]}
    page.keyboard.press("Control+KeyZ")
    assert _rule(page) == {"all": [{"field": "has-children", "op": "is", "value": True}]}

    _add(page, "מספר ילדים")
    page.keyboard.type("4")
    _tab_to(page, "מספר ילדים: השוואה", back=True)
    page.keyboard.press("ArrowDown")
    parents = {"field": "has-children", "op": "is", "value": True}
    more = {"field": "children", "op": "gt", "value": 4}
    assert _rule(page) == {"all": [parents, more]}

    _tab_to(page, "שמירה")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/new" not in url)
    assert Segment.objects.get(workspace=workspace).rule == {"all": [parents, more]}


def test_a_condition_is_moved_doubled_denied_and_taken_away_by_keys(page: Page) -> None:
    _add(page, "יש ילדים")
    _add(page, "מספר ילדים")
    page.keyboard.type("2")
    first = {"field": "has-children", "op": "is", "value": True}
    second = {"field": "children", "op": "equals", "value": 2}

    page.keyboard.press("Alt+ArrowUp")
    assert _rule(page) == {"all": [second, first]}
    page.wait_for_function("() => document.activeElement.ariaLabel === 'מספר ילדים: ערך'")

    page.keyboard.press("Control+KeyD")
    assert _rule(page) == {"all": [second, second, first]}

    _tab_to(page, "מספר ילדים: השוואה", back=True)
    for _operator in range(7):
        page.keyboard.press("ArrowDown")
    assert _rule(page) == {"all": [{"not": second}, second, first]}

    page.keyboard.press("Delete")
    assert _rule(page) == {"all": [second, first]}


def test_what_is_gone_stays_in_the_rule_and_says_so(
    context: Any, workspace: Any, family: dict[str, str], now: Any
) -> None:
    gone = {"any": [{"field": "gone", "op": "equals", "value": 1}, {"segment": "lost"}]}
    segment = Segment.objects.create(
        workspace=workspace, key="old", name="ישן", rule=gone, created_at=now, updated_at=now
    )
    page = context.new_page()
    page.goto(reverse("segment_edit", args=[workspace.key, segment.pk]))
    page.wait_for_selector(".kr-row")

    assert "השדה הזה כבר לא קיים" in page.locator(".kr").inner_text()
    assert _rule(page) == gone
    assert _violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_builder_is_accessible_and_fits_a_phone(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE)
    for what in ("יש ילדים", "הודעה נפתחה", "ההצטרפות", "הסכמה"):
        page.locator(".kr-root > .kr-adders .kr-add").click()
        page.keyboard.type(what)
        if page.locator("[role=option]").count():
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("Escape")
    page.wait_for_timeout(700)

    assert _violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    heights = page.eval_on_selector_all(
        ".kr :is(select, input:not([type=radio]), .kr-pick)",
        "all => all.map(one => one.getBoundingClientRect().height)",
    )
    assert min(heights) >= 44


def test_a_block_is_shown_to_some_and_looked_at_as_others(
    context: Any, access: Any, workspace: Any, noa: Any, dan: Any
) -> None:
    noa.city = "חיפה"
    noa.save(update_fields=["city"])
    blocks = [
        {"id": "all", "kind": "text", "html": "<p>לכולם</p>"},
        {"id": "some", "kind": "text", "html": "<p>לחיפאים</p>"},
        {"id": "end", "kind": "footer"},
    ]
    body = {"format": 1, "language": "he", "direction": "rtl", "theme": {}, "blocks": blocks}
    mail: Document = create_document(access, kind="email", name="ניוזלטר", body=body)
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(reverse("content_editor", args=[workspace.key, mail.pk]))

    page.locator("[data-block=some]").click()
    page.get_by_label("למי להציג: כולם").first.click()
    page.locator("dialog .kr-add").click()
    page.keyboard.type("עיר")
    page.keyboard.press("Enter")
    page.keyboard.type("חיפה")
    page.get_by_role("button", name="שמירת התנאים").click()
    page.wait_for_selector('[data-save="saved"]')
    page.locator("[data-block=some] .ke-badge-target b").wait_for()

    mail.refresh_from_db()
    assert mail.body["blocks"][1]["show_if"] == {
        "all": [{"field": "city", "op": "equals", "value": "חיפה"}]
    }
    page.locator(".ke-view-as .ke-person").click()
    page.get_by_role("button", name=dan.email).click()
    page.locator("[data-block=some].ke-ghost").wait_for()
    assert "ke-ghost" not in page.locator("[data-block=all]").get_attribute("class")
