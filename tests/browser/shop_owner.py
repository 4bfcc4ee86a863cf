"""What the owner of a shop does in the browser, one function for each thing; each ends on the screen it leads to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.browser.the_shops import PASSWORD, Shop

Page = Any
SLOW = 60_000  # milliseconds, for what a worker does


def sign_up(page: Page, email: str) -> None:
    page.goto("/")
    page.click("a[href*=signup]")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.click("form.k-stack button[type=submit]")
    page.wait_for_url("**/start/")


def name_the_business(page: Page, name: str) -> str:
    """Answers the key of the workspace."""
    page.fill("[name=name]", name)
    page.click("form.k-stack button[type=submit]")
    page.wait_for_url("**/w/*/settings/sender/")
    return str(page.url.partition("/w/")[2].partition("/")[0])


def sign_out(page: Page) -> None:
    page.click(".k-person")
    page.click("form[action*=logout] button")
    page.wait_for_url("**/login/**")


def set_the_sender(page: Page, shop: Shop) -> None:
    _go(page, "/settings/")
    page.click("main a[href$='/settings/sender/']")
    page.fill("[name=sender_name]", shop.sender_name)
    page.fill("[name=sender_email]", shop.sender)
    page.fill("[name=legal_name]", shop.business)
    page.fill("[name=postal_address]", shop.city)
    page.click("main form button[type=submit]")
    page.wait_for_selector(".k-toast")


def use_the_mail_server(page: Page, port: int) -> None:
    page.click("main a[href$='/channels/']")
    page.click("a[href$='/channels/accounts/new/email/smtp/']")
    page.fill("[name=host]", "127.0.0.1")
    page.fill("[name=port]", str(port))
    page.select_option("[name=security]", "none")
    page.fill("[name=connections]", "2")
    page.click("main form .btn-primary")
    page.wait_for_url("**/channels/")
    row = page.locator(".k-account", has_text=f"127.0.0.1:{port}")
    row.locator("form[action$='/use/'] button").click()
    row.locator(".k-status-good").wait_for()


def import_customers(page: Page, shop: Shop, spreadsheet: Path) -> dict[str, int]:
    """Answers the numbers of the report: created, updated, unchanged, refused."""
    _go(page, "/imports/")
    page.click("main a[href$='/imports/new/']")
    page.set_input_files("#file", spreadsheet)
    page.wait_for_url("**/columns/")
    guessed = page.eval_on_selector_all(".k-map select", "all => all.map(one => one.value)")
    assert guessed == ["first_name", "last_name", "email", "mobile", "city"]
    page.click("button[name=next]")
    page.wait_for_url("**/options/")
    page.check("[name=consent][value=agreed]")
    page.fill("#statement", shop.consent)
    page.check("[name=channels][value=email]")
    page.fill("#new-list", shop.list_name)
    page.keyboard.press("Tab")
    page.locator(".k-import-sentences", has_text=shop.list_name).wait_for()
    page.click("button[name=start]")
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    page.wait_for_selector(".k-note-moss", timeout=SLOW)
    values = [int(text) for text in page.locator(".k-kpi-value").all_inner_texts()]
    return dict(zip(("created", "updated", "unchanged", "refused"), values, strict=True))


def begin_a_campaign(page: Page, shop: Shop) -> None:
    _go(page, "/campaigns/")
    page.click("main a[href$='/campaigns/new/']")
    page.click("main a[href='?channel=email']")
    page.fill("#document-name", shop.campaign)
    page.click(f"button[name=template][value=blank-{shop.language}]")
    page.wait_for_selector("[data-block]")


def write_the_mail(page: Page, shop: Shop) -> None:
    """A subject with the name, a summary, a heading with the name, and a button; back on the campaign."""
    _type_over(page, "#ke-subject", shop.subject)
    _type_over(page, ".ke-envelope > div:nth-child(2) .ke-line", shop.preview_text)
    _type_over(page, "[data-kind=heading] .ke-line", shop.heading)
    page.click("[data-kind=heading] .ke-anchor")
    page.keyboard.type(shop.first_name_label)
    page.keyboard.press("Enter")
    page.locator("[data-kind=heading] .ke-tag").wait_for()
    page.click("[data-kind=text]", position={"x": 4, "y": 4})
    page.locator(".ke-palette").get_by_role("button", name=shop.button_kind, exact=True).click()
    _type_over(page, "[data-kind=button] .ke-line", shop.button)
    page.get_by_label(shop.link_label, exact=True).fill(shop.url)
    page.click("#ke-subject")
    page.wait_for_selector("[data-save=saved]")
    page.click(".ke-next")
    page.wait_for_url(re.compile(r"/campaigns/\d+/$"))


def choose_the_list(page: Page, shop: Shop) -> int:
    """Answers how many people will get it, as the screen says."""
    page.get_by_label(shop.list_name).first.check()
    page.wait_for_selector("#audience-count .k-big")
    return int(page.inner_text("#audience-count .k-big .num"))


def send_a_test(page: Page) -> None:
    page.click(".k-test-row button")
    page.wait_for_selector(".k-toast")


def send(page: Page, people: int) -> None:
    """Says no when asked, then yes; waits until all are sent."""
    page.click("#send-action .btn-primary")
    question = page.locator("dialog#confirm[open]")
    assert str(people) in question.inner_text()
    question.locator("[value=no]").click()
    question.wait_for(state="detached")
    page.click("#send-action .btn-primary")
    question.locator("[value=yes]").click()
    page.wait_for_selector(".k-funnel")
    page.wait_for_selector("main h1 + p .k-status-good", timeout=SLOW)


def funnel(page: Page) -> dict[str, int]:
    """The report's numbers by their keys."""
    steps = page.locator(".k-funnel .k-kpi").all()
    return {
        str(step.get_attribute("href")).rpartition("what=")[2]: int(
            step.locator(".k-kpi-value").inner_text()
        )
        for step in steps
    }


def who(page: Page, facet: str) -> set[str]:
    """The addresses behind a number of the report; back on the report."""
    page.click(f".k-funnel a[href$='what={facet}']")
    page.wait_for_url(f"**/people/?what={facet}")
    addresses = page.locator("tbody td:nth-child(2) bdi").all_inner_texts()
    page.go_back()
    page.wait_for_selector(".k-funnel")
    return set(addresses)


def open_card(page: Page, email: str) -> None:
    """The card of the contact, by searching for the address."""
    _go(page, "/contacts/")
    page.fill("main [type=search]", email)
    page.locator("#contact-lines tr").nth(1).wait_for(state="detached")
    page.click("#contact-lines a")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))


def mail_consent(page: Page) -> str:
    """The consent to e-mail as the card shows it: granted or withdrawn."""
    line = page.locator(".c-consent").first
    return "granted" if line.locator(".k-status-good").count() else "withdrawn"


def timeline(page: Page) -> str:
    return re.sub("[\u2066-\u2069]", "", page.inner_text(".c-timeline"))  # without bidi isolates


def _go(page: Page, end: str) -> None:
    page.click(f".k-side a[href$='{end}']")
    page.wait_for_url(f"**{end}")


def _type_over(page: Page, selector: str, text: str) -> None:
    page.click(selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
