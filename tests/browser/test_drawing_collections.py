"""E-16's graph drawn in Chromium from nothing, by clicks and keys, in Hebrew: collections with two reminders."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kesher.contacts.custom_fields import create_field
from kesher.journeys.actions import create_journey
from tests.browser.test_journeys import page

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Page = Any


def add(page: Page, way: str, label: str) -> None:
    """A step by its button on the way, found in the menu by what is typed."""
    page.get_by_role("button", name=way, exact=True).last.evaluate("button => button.click()")
    page.locator("dialog[open] input[type=search]").fill(label)
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for(state="detached")


def inspector(page: Page) -> Page:
    return page.locator(".kj-inspector")


def condition(page: Page, what: str) -> None:
    """The first condition of the rule in the panel: a field by its name, and its first choice."""
    inspector(page).get_by_role("button", name="הוספת תנאי").first.click()
    page.wait_for_selector("[role=listbox]")
    page.keyboard.type(what)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=listbox]", state="detached")
    inspector(page).get_by_role("button", name=f"{what}: ערך").last.click()
    page.wait_for_selector("[role=listbox]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=listbox]", state="detached")


def mail(page: Page, subject: str, text: str) -> None:
    inspector(page).get_by_label("נושא", exact=True).fill(subject)
    inspector(page).get_by_label("הודעה", exact=True).fill(text)


def draw(page: Page) -> None:
    page.locator('.react-flow__node[data-id="~start"]').click()
    page.get_by_role("button", name="הוספת טריגר").click()
    inspector(page).get_by_label("טריגר", exact=True).select_option("contact.updated")
    inspector(page).get_by_label("רק כשאחד מאלה משתנה").select_option(label="תאריך הפקה")
    inspector(page).locator("summary", has_text="יציאה מהמסע כאשר").click()
    condition(page, "שולם")

    add(page, "הוספת שלב אחרי ״טריגר״", "דוא״ל")
    mail(page, "החשבונית שלך", "שלום [[שם פרטי|לך]], מצורפת החשבונית.")
    inspector(page).get_by_role("button", name="פתחו?").click()
    add(page, "הוספת שלב בדרך ״הזמן נגמר״", "sms")
    inspector(page).get_by_label("הודעה", exact=True).fill("שלחנו לך חשבונית בדוא״ל.")

    add(page, "הוספת שלב במקום שהדרכים נפגשות", "המתנה")
    inspector(page).get_by_label("אחד מאלה").select_option("until_field")
    inspector(page).get_by_label("עד תאריך של איש הקשר").select_option(label="תאריך תשלום")

    add(page, "הוספת שלב אחרי ״המתנה״", "תנאי")
    condition(page, "שולם")
    add(page, "הוספת שלב בדרך ״לא״", "דוא״ל")
    mail(page, "תזכורת לתשלום", "שלום [[שם פרטי|לך]], החשבונית עדיין ממתינה.")
    add(page, "הוספת שלב אחרי ״שליחת דוא״ל״", "עדכון איש קשר")
    inspector(page).get_by_role("button", name="עדכון שדה").click()
    inspector(page).get_by_label("שדה", exact=True).select_option(label="שולם")
    inspector(page).get_by_label("ערך", exact=True).select_option(label="לא שילם")
    add(page, "הוספת שלב אחרי ״עדכון איש קשר״", "התראה")
    inspector(page).get_by_label("מה להודיע").fill("תזכורת נשלחה ל[[שם פרטי]]")
    add(page, "הוספת שלב אחרי ״התראה למנהל״", "המתנה")
    inspector(page).get_by_label("למשך", exact=True).fill("3")


def again(page: Page) -> None:
    """The second reminder is a copy of the first: the condition with all that follows it, by the clipboard."""
    page.locator('.react-flow__node[data-id="condition_1"]').focus()
    page.keyboard.press("Control+KeyC")
    page.locator('.react-flow__node[data-id="wait_2"]').focus()
    page.keyboard.press("Control+KeyV")
    page.locator('.react-flow__node[data-id="condition_2"]').wait_for()


def test_collections_are_drawn_from_nothing(page: Page, access: Any, now: Any) -> None:
    for label in ("תאריך הפקה", "תאריך תשלום"):
        create_field(access, label=label, type="date")
    paid = {"choices": [{"label": "שילם"}, {"label": "לא שילם"}]}
    create_field(access, label="שולם", type="choice", options=paid)
    journey = create_journey(access, name="גבייה", now=now)
    page.goto(reverse("journey_canvas", args=["green-books", journey.pk]))

    draw(page)
    again(page)
    page.get_by_text("כל השינויים נשמרו").wait_for()

    journey.refresh_from_db()
    kinds = [step["kind"] for step in journey.draft["nodes"].values()]
    assert (len(kinds), kinds.count("send_email"), kinds.count("alert")) == (15, 3, 2)
    assert page.locator(".kj-warn.kj-error").count() == 0
