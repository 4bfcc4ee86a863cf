"""The canvas in Chromium, in Hebrew: a small journey drawn from nothing, and published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from kesher.journeys.actions import create_journey
from kesher.journeys.models import Journey

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
Page = Any


@pytest.fixture
def page(live_server: Any, owner: Any, chromium: Any, settings: Any) -> Iterator[Any]:
    settings.BASE_URL = live_server.url
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    made = chromium.new_context(
        locale="he-IL", reduced_motion="reduce", base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
    )  # fmt: skip
    made.set_default_timeout(8000)
    made.add_init_script(path=AXE)
    made.add_cookies([
        {"name": "sessionid", "value": str(session.session_key), "url": live_server.url},
        {"name": "language", "value": "he", "url": live_server.url},
    ])  # fmt: skip
    shown = made.new_page()
    yield shown
    shown.wait_for_load_state("networkidle")
    made.close()


def add(page: Page, number: int, label: str) -> None:
    """A step on the way of this number, from above."""
    page.locator(".kj-add button").nth(number).evaluate("button => button.click()")
    page.locator("dialog[open] input[type=search]").fill(label)
    page.keyboard.press("Enter")
    page.locator(".kj-inspector").wait_for()


def saved(page: Page) -> None:
    page.get_by_text("כל השינויים נשמרו").wait_for()


def test_a_journey_is_drawn_and_published(page: Page, access: Any, now: Any) -> None:
    journey = create_journey(access, name="ברוכים הבאים", now=now)
    page.goto(reverse("journey_canvas", args=["green-books", journey.pk]))

    page.locator(".react-flow__node").first.click()
    page.get_by_role("button", name="הוספת טריגר").click()
    add(page, 0, "המתנה")
    page.get_by_label("יחידה").first.select_option("hours")
    add(page, 1, "התראה למנהל")
    page.locator(".kj-inspector textarea").first.fill("הצטרפות חדשה")
    saved(page)

    page.keyboard.press("Escape")
    violations = page.evaluate("async () => (await axe.run()).violations.map(({ id }) => id)")
    page.get_by_role("button", name="פרסום").click()
    page.get_by_role("button", name="פרסום גרסה 1").click()
    page.wait_for_url(f"**/journeys/{journey.pk}/")

    journey.refresh_from_db()
    nodes = journey.draft["nodes"]
    assert [step["kind"] for step in nodes.values()].count("exit") == 1
    assert nodes["wait_1"] == {"kind": "wait", "for": "PT1H", "next": "alert_1"}
    assert journey.status == Journey.Status.LIVE
    assert violations == []


def test_ctrl_z_brings_a_step_back_on_a_hebrew_keyboard(page: Page, access: Any, now: Any) -> None:
    journey = create_journey(access, name="ברוכים הבאים", now=now)
    page.goto(reverse("journey_canvas", args=["green-books", journey.pk]))
    add(page, 0, "המתנה")
    step = page.locator('.react-flow__node[data-id="wait_1"]')

    step.focus()
    page.keyboard.press("Delete")
    step.wait_for(state="detached")
    page.locator('.react-flow__node[data-id="~start"]').focus()
    page.keyboard.press("Control+KeyZ")

    step.wait_for()
