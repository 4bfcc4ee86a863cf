"""Notes on the canvas in Chromium: made, moved, taken back, read again, and kept through publishing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kesher.journeys.actions import create_journey
from kesher.journeys.models import Journey
from tests.browser.test_journeys import page, saved

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GRAPH: dict[str, Any] = {
    "format": 1, "name": "ברוכים הבאים", "triggers": [{"kind": "list.joined"}], "start": "rest",
    "nodes": {"rest": {"kind": "wait", "for": "P3D", "next": "end"}, "end": {"kind": "exit"}},
}  # fmt: skip
TEXT = "לשאול את דנה\nbefore any change"


def write(page: Any, step: str, text: str) -> Any:
    """A note beside a step, by its key; answers it."""
    page.locator(f'.react-flow__node[data-id="{step}"]').focus()
    page.keyboard.press("n")
    page.get_by_label("תוכן הפתק").fill(text)
    page.keyboard.press("Escape")
    return page.locator(".react-flow__node-note")


def drag(page: Any, note: Any, across: int, down: int) -> None:
    box = note.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across / 2, y + down / 2)
    page.mouse.move(x + across, y + down)
    page.mouse.up()


def notes_of(journey: Journey) -> list[dict[str, Any]]:
    journey.refresh_from_db()
    found: list[dict[str, Any]] = journey.draft.get("notes", [])
    return found


def test_a_note_is_made_moved_taken_back_and_published(page: Any, access: Any, now: Any) -> None:
    journey = create_journey(access, name="", graph=GRAPH, now=now)
    page.goto(reverse("journey_canvas", args=["green-books", journey.pk]))
    page.locator(".react-flow__node-step").first.wait_for()

    note = write(page, "rest", TEXT)
    saved(page)
    made = notes_of(journey)
    drag(page, note, -120, 60)
    page.get_by_role("toolbar", name="הפתק").get_by_role("button", name="כחול").click()
    saved(page)
    changed = notes_of(journey)
    note.focus()
    page.keyboard.press("Control+KeyZ")
    page.keyboard.press("Control+KeyZ")
    saved(page)
    taken_back = notes_of(journey)
    page.keyboard.press("Control+Shift+KeyZ")
    page.keyboard.press("Control+Shift+KeyZ")
    saved(page)
    page.reload()
    page.get_by_text("before any change").wait_for()
    violations = page.evaluate("async () => (await axe.run()).violations.map(({ id }) => id)")
    page.get_by_role("button", name="פרסום").click()
    page.get_by_role("button", name="פרסום גרסה 1").click()
    page.wait_for_url(f"**/journeys/{journey.pk}/")

    assert [(one["text"], one["by"]) for one in made] == [(TEXT, "rest")]
    assert (changed[0]["color"], changed[0]["x"] > made[0]["x"]) == ("blue", True)
    assert taken_back == made
    assert notes_of(journey) == changed
    assert journey.live_version is not None
    assert journey.live_version.graph["notes"] == changed
    page.get_by_text("before any change").wait_for()
    assert violations == []


def test_keys_move_a_note_and_take_it_away(page: Any, access: Any, now: Any) -> None:
    journey = create_journey(access, name="", graph=GRAPH, now=now)
    page.goto(reverse("journey_canvas", args=["green-books", journey.pk]))
    page.locator(".react-flow__node-step").first.wait_for()
    note = write(page, "rest", TEXT)
    saved(page)
    [made] = notes_of(journey)

    note.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    saved(page)
    [moved] = notes_of(journey)
    note.focus()
    page.keyboard.press("Delete")
    note.wait_for(state="detached")
    saved(page)

    assert (moved["x"] - made["x"], moved["y"] - made["y"]) == (8, 8)
    assert (moved["width"] - made["width"], moved["height"]) == (16, made["height"])
    assert notes_of(journey) == []
