"""Blocks, pieces and conditions dragged by a real mouse and a finger, on the real server in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from kesher.content.actions import create_document
from kesher.content.models import Document
from kesher.segments.models import Segment

# As tall as all that is dragged about, so that only the test of scrolling scrolls.
TALL, SHORT, PHONE = (
    {"width": 1440, "height": 1500},
    {"width": 1440, "height": 500},
    {"width": 390, "height": 1100},
)
HELD = ".ke-dragged, .kr-dragged"
BLOCKS = [
    {"id": "title", "kind": "heading", "text": "החורף הזה קוראים יותר"},
    {"id": "words", "kind": "text", "html": "<p>שלום</p>"},
    {
        "id": "two",
        "kind": "columns",
        "columns": [
            {"blocks": [{"id": "left", "kind": "spacer", "height": 60}]},
            {"blocks": []},
        ],
    },
    {"id": "line", "kind": "divider"},
    {"id": "go", "kind": "button", "text": "לחנות", "url": "https://shop.example/"},
    {"id": "end", "kind": "footer"},
]
RULE = {
    "all": [
        {"field": "city", "op": "equals", "value": "חיפה"},
        {
            "any": [
                {"field": "first_name", "op": "equals", "value": "נועה"},
                {"field": "last_name", "op": "equals", "value": "לוי"},
            ]
        },
        {"consent": "email"},
    ]
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
Page = Any


@pytest.fixture
def context(live_server: Any, owner: Any, chromium: Any, settings: Any) -> Iterator[Any]:
    settings.BASE_URL = live_server.url
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    made = chromium.new_context(
        viewport=TALL,
        locale="he-IL",
        reduced_motion="reduce",
        base_url=live_server.url,
        has_touch=True,
    )
    made.set_default_timeout(15_000)
    made.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
    yield made
    made.close()


@pytest.fixture
def mail(access: Any) -> Document:
    body = {"format": 1, "language": "he", "direction": "rtl", "theme": {}, "blocks": BLOCKS}
    return create_document(access, kind="email", name="ניוזלטר", body=body)


@pytest.fixture
def page(context: Any, mail: Document, workspace: Any) -> Page:
    made = context.new_page()
    made.goto(reverse("content_editor", args=[workspace.key, mail.pk]))
    made.wait_for_selector("[data-block=end]")
    return made


@pytest.fixture
def builder(context: Any, workspace: Any, now: Any) -> Page:
    segment = Segment.objects.create(
        workspace=workspace, key="some", name="כמה", rule=RULE, created_at=now, updated_at=now
    )
    made = context.new_page()
    made.goto(reverse("segment_edit", args=[workspace.key, segment.pk]))
    made.wait_for_selector(".kr-row")
    return made


def _hold(page: Page, held: str) -> None:
    """Press on something and go on until it hangs at the pointer."""
    box = page.locator(held).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 9, steps=3)
    page.wait_for_selector(HELD)


def _over(page: Page, target: str, down: float, mark: str) -> None:
    """Go above something, to a part of its height, and see the mark of where it would fall."""
    box = page.locator(target).first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * down, steps=8)
    page.wait_for_selector(mark, state="attached")  # a line has no height


def _drag(
    page: Page, held: str, target: str, down: float, *, mark: str = ".ke-gap.ke-over"
) -> None:
    _hold(page, held)
    _over(page, target, down, mark)
    page.mouse.up()
    page.wait_for_selector(HELD, state="detached")


def _grip(page: Page, block: str) -> str:
    """Blocks show their tools when they are chosen."""
    page.locator(f"[data-block={block}]").focus()
    grip = f"[data-block={block}] > .ke-float .ke-grip"
    page.wait_for_selector(grip)
    return grip


def _stands(page: Page, *wanted: str) -> None:
    """Each block as "its container, its id": the outermost has no name."""
    page.wait_for_function(
        """wanted => JSON.stringify([...document.querySelectorAll('[data-block]')].map(
            one => (one.parentElement.dataset.container + ' ' + one.dataset.block).trim()
        )) === wanted""",
        arg=json.dumps(wanted, separators=(",", ":")),
    )


def _said(page: Page, words: str) -> None:
    page.locator("[role=status], [data-announcer]").filter(has_text=words).first.wait_for(
        state="attached"
    )


def test_a_block_goes_between_others_into_an_empty_column_and_to_the_next(page: Page) -> None:
    _drag(page, _grip(page, "line"), "[data-block=title]", 0.8)
    _stands(page, "title", "line", "words", "two", "two:0 left", "go", "end")
    _said(page, "עבר למקום 2")

    _drag(
        page, _grip(page, "line"), '[data-container="two:1"]', 0.5, mark=".ke-hollow-column.ke-over"
    )
    _stands(page, "title", "words", "two", "two:0 left", "two:1 line", "go", "end")
    _said(page, "עבר לטור 2, מקום 1")

    _drag(page, _grip(page, "line"), "[data-block=left]", 0.1)
    _stands(page, "title", "words", "two", "two:0 line", "two:0 left", "go", "end")

    page.keyboard.press("Control+z")
    _stands(page, "title", "words", "two", "two:0 left", "two:1 line", "go", "end")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    _stands(page, "title", "words", "two", "two:0 left", "line", "go", "end")


def test_a_new_block_comes_from_the_palette_to_where_it_is_dropped(
    page: Page, mail: Document
) -> None:
    _drag(page, ".ke-palette button >> nth=0", "[data-block=words]", 0.9)
    page.wait_for_selector("[data-block=words] ~ [data-kind=heading] + .ke-gap + [data-block=two]")

    page.keyboard.press("Control+z")
    _stands(page, "title", "words", "two", "two:0 left", "line", "go", "end")


def test_columns_go_into_no_column_and_what_stays_is_nothing_to_undo(page: Page) -> None:
    _hold(page, _grip(page, "two"))
    _over(page, "[data-block=left]", 0.5, ".ke-blocks[data-container=''] > .ke-gap.ke-over")
    page.mouse.up()
    _said(page, "נשאר במקומו")
    _stands(page, "title", "words", "two", "two:0 left", "line", "go", "end")

    # Just below where it is already.
    _drag(page, _grip(page, "line"), "[data-block=line]", 0.9)
    _said(page, "נשאר במקומו")
    page.wait_for_selector("button[aria-label*='Ctrl+Z']:disabled, .ke-bar button:disabled")
    _stands(page, "title", "words", "two", "two:0 left", "line", "go", "end")


def test_escape_lets_go_and_beside_the_mail_nothing_falls(page: Page) -> None:
    _hold(page, _grip(page, "line"))
    _over(page, "[data-block=title]", 0.2, ".ke-gap.ke-over")
    page.keyboard.press("Escape")
    page.wait_for_selector(HELD, state="detached")
    page.mouse.up()
    _said(page, "נשאר במקומו")

    _hold(page, ".ke-palette button >> nth=0")
    page.mouse.move(700, 20, steps=6)
    page.mouse.up()
    page.wait_for_selector(HELD, state="detached")
    _said(page, "לא נוסף")
    _stands(page, "title", "words", "two", "two:0 left", "line", "go", "end")


def test_the_mail_scrolls_under_what_is_held_at_its_edge(page: Page) -> None:
    page.set_viewport_size(SHORT)
    _hold(page, _grip(page, "title"))
    page.mouse.move(720, SHORT["height"] - 6, steps=8)

    page.wait_for_function(
        "() => { const stage = document.querySelector('.ke-stage');"
        " return stage.scrollTop > 0 && stage.scrollTop + stage.clientHeight > stage.scrollHeight - 2 }"
    )
    _over(page, "[data-block=end]", 0.9, ".ke-gap.ke-last.ke-over")
    page.mouse.up()

    _stands(page, "words", "two", "two:0 left", "line", "go", "end", "title")


class Finger:
    """One finger on the screen of a page."""

    def __init__(self, page: Page) -> None:
        self.client = page.context.new_cdp_session(page)
        self.at = (0.0, 0.0)

    def _tell(self, kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def down(self, x: float, y: float) -> None:
        self.at = (x, y)
        self._tell("touchStart", self.at)

    def move(self, x: float, y: float, steps: int = 8) -> None:
        (old_x, old_y), self.at = self.at, (x, y)
        for step in range(1, steps + 1):
            part = step / steps
            self._tell("touchMove", (old_x + (x - old_x) * part, old_y + (y - old_y) * part))

    def up(self) -> None:
        self._tell("touchEnd")


def test_on_a_phone_a_block_is_held_with_a_finger_and_carried_away(page: Page) -> None:
    page.set_viewport_size(PHONE)
    words = page.locator("[data-block=words]").bounding_box()
    line = page.locator("[data-block=line]").bounding_box()
    finger = Finger(page)

    finger.down(words["x"] + 60, words["y"] + words["height"] / 2)
    page.wait_for_selector(HELD)
    finger.move(words["x"] + 60, line["y"] + line["height"] - 1)
    page.wait_for_selector(".ke-gap.ke-over", state="attached")
    finger.up()

    _stands(page, "title", "two", "two:0 left", "line", "words", "go", "end")
    _said(page, "עבר למקום 4")


def test_on_a_phone_a_new_block_is_carried_out_of_the_sheet(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.locator(".ke-foot").first.click()
    button = page.locator(".ke-palette button").first
    button.wait_for(state="visible")
    box = button.bounding_box()
    finger = Finger(page)

    finger.down(box["x"] + 30, box["y"] + 30)
    page.wait_for_selector(HELD)
    page.wait_for_selector(".ke-sheet.ke-open", state="detached")
    title = page.locator("[data-block=title]").bounding_box()
    finger.move(title["x"] + 60, title["y"] + 3)
    page.wait_for_selector(".ke-gap.ke-over", state="attached")
    finger.up()

    page.wait_for_selector("[data-kind=heading] ~ [data-block=title]")


def test_pieces_of_a_text_message_change_places(context: Any, access: Any, workspace: Any) -> None:
    blocks = [
        {"id": name, "kind": "sms_text", "text": name, "join": "line"} for name in ("a", "b", "c")
    ]
    body = {"format": 1, "language": "he", "direction": "rtl", "theme": {}, "blocks": blocks}
    sms = create_document(access, kind="sms", name="הודעה", body=body)
    page = context.new_page()
    page.goto(reverse("content_editor", args=[workspace.key, sms.pk]))
    page.wait_for_selector("[data-block=c]")

    _drag(page, "[data-block=a] .ke-grip", "[data-block=c]", 0.9, mark=".ke-over-after")
    _stands(page, "b", "c", "a")
    _drag(page, "[data-block=c] .ke-grip", "[data-block=b]", 0.2, mark=".ke-over-before")
    _stands(page, "c", "b", "a")
    page.locator("[data-block=c] .ke-grip").focus()
    page.keyboard.press("ArrowDown")
    _stands(page, "b", "c", "a")

    page.wait_for_selector('[data-save="saved"]')


def _rule_is(page: Page, wanted: Any) -> None:
    page.wait_for_function(
        """wanted => {
            const told = JSON.parse(document.querySelector('.k-rule input[type=hidden]').value);
            const sorted = one => Array.isArray(one) ? one.map(sorted)
                : one && typeof one === 'object'
                ? Object.fromEntries(Object.keys(one).sort().map(key => [key, sorted(one[key])])) : one;
            return JSON.stringify(sorted(told)) === JSON.stringify(sorted(wanted));
        }""",
        arg=wanted,
    )


def _row(number: int) -> str:
    return f".kr-row >> nth={number}"


def test_conditions_go_into_groups_and_out_of_them(builder: Page) -> None:
    city, either, mails = RULE["all"]
    noa, levi = either["any"]  # type: ignore[index]

    _drag(builder, f"{_row(0)} >> .kr-grip", _row(1), 0.9, mark=".kr-mark")
    _rule_is(builder, {"all": [{"any": [noa, city, levi]}, mails]})
    _said(builder, "הועבר לקבוצה 1, מקום 2 מתוך 3")

    _drag(builder, f"{_row(2)} >> .kr-grip", _row(3), 0.9, mark=".kr-mark-last")
    _rule_is(builder, {"all": [{"any": [noa, city]}, mails, levi]})

    builder.wait_for_function("document.activeElement.closest('.kr-row') !== null")
    builder.keyboard.press("Control+z")
    _rule_is(builder, {"all": [{"any": [noa, city, levi]}, mails]})
    builder.locator(".kr-travel button").first.click()
    _rule_is(builder, RULE)


def test_a_group_is_carried_with_all_that_is_in_it_but_not_into_itself(builder: Page) -> None:
    city, either, mails = RULE["all"]
    group = ".kr-group .kr-group"

    _drag(builder, f"{group} > .kr-head > .kr-grip", _row(0), 0.1, mark=".kr-mark")
    _rule_is(builder, {"all": [either, city, mails]})

    _hold(builder, f"{group} > .kr-head > .kr-grip")
    inside = builder.locator(f"{group} .kr-row").first.bounding_box()
    builder.mouse.move(inside["x"] + 90, inside["y"] + 20, steps=6)
    builder.mouse.up()
    _said(builder, "נשאר במקומו")
    _rule_is(builder, {"all": [either, city, mails]})


def test_escape_lets_a_condition_go(builder: Page) -> None:
    _hold(builder, f"{_row(0)} >> .kr-grip")
    _over(builder, _row(3), 0.9, ".kr-mark-last")
    builder.keyboard.press("Escape")
    builder.wait_for_selector(HELD, state="detached")
    builder.mouse.up()

    _said(builder, "נשאר במקומו")
    _rule_is(builder, RULE)


def test_on_a_phone_a_condition_is_carried_by_its_grip(builder: Page) -> None:
    city, either, mails = RULE["all"]
    builder.set_viewport_size({"width": 390, "height": 1800})
    grip = builder.locator(f"{_row(0)} >> .kr-grip").bounding_box()
    last = builder.locator(_row(3)).bounding_box()
    finger = Finger(builder)

    finger.down(grip["x"] + 12, grip["y"] + 20)
    finger.move(grip["x"] + 12, grip["y"] + 40)
    builder.wait_for_selector(HELD)
    finger.move(grip["x"] + 12, last["y"] + last["height"] - 4)
    builder.wait_for_selector(".kr-mark", state="attached")
    finger.up()

    _rule_is(builder, {"all": [either, mails, city]})
