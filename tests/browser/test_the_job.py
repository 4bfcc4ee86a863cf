"""From a spreadsheet of contacts to a personalised mail, delivered, opened and reported: the whole product at once."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import shop_owner
from tests.browser.kesher_process import KesherProcess, running_kesher
from tests.browser.mail_server import MailServer, ReceivedMail, running_mail_server
from tests.browser.the_shops import ENGLISH, HEBREW, Customer, Shop

NOT_A_MACHINE = 3  # seconds: who opens sooner after sending is a scanner
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Safari/537.36"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("the_job"),
]


@pytest.fixture(scope="module")
def kesher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KesherProcess]:
    with running_kesher(tmp_path_factory.mktemp("job") / "home") as made:
        yield made


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with running_mail_server() as made:
        yield made


@pytest.fixture
def page(kesher: KesherProcess, chromium: Any, shop: Shop, tmp_path: Path) -> Iterator[Any]:
    context = chromium.new_context(
        base_url=kesher.address,
        locale=shop.locale,
        timezone_id="Asia/Jerusalem",
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    troubles: list[str] = []
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("response", lambda answer: troubles.extend(_trouble(answer)))
    made = context.new_page()
    yield made
    made.screenshot(path=tmp_path / "last.png")
    context.close()
    assert not troubles


def _trouble(answer: Any) -> list[str]:
    """What no screen may ever ask for: an error of the server, a file that is not there."""
    is_bad = answer.status >= 500 or (answer.status >= 400 and "/static/" in answer.url)
    return [f"{answer.status} {answer.url}"] if is_bad else []


@dataclass(frozen=True)
class Letter:
    """A mail as its reader has it: the addresses in it, and what these answer."""

    mail: ReceivedMail

    @property
    def html(self) -> str:
        return self.mail.body("html")

    @property
    def links(self) -> list[str]:
        return [unescape(url) for url in re.findall(r'href="([^"]+/c/[^"]+)"', self.html)]

    @property
    def farewell(self) -> str:
        return str(self.mail.parsed["List-Unsubscribe"]).strip("<>")

    def open(self, agent: str) -> None:
        (pixel,) = re.findall(r'src="([^"]+/o/[^"]+\.gif)"', self.html)
        answer = httpx.get(pixel, headers={"User-Agent": agent})
        assert answer.headers["content-type"] == "image/gif"

    def click(self, agent: str) -> str:
        """Answers where it leads."""
        answer = httpx.get(self.links[0], headers={"User-Agent": agent}, follow_redirects=False)
        assert answer.status_code == 302
        return answer.headers["location"]

    def unsubscribe_by_one_click(self) -> None:
        answer = httpx.post(self.farewell, content="List-Unsubscribe=One-Click", headers=_FORM)
        assert answer.status_code == 200


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("shop", [HEBREW, ENGLISH], ids=lambda shop: shop.language)
def test_from_a_spreadsheet_to_a_mail_that_is_delivered_opened_and_reported(
    shop: Shop, page: Any, mail_server: MailServer, tmp_path: Path
) -> None:
    workspace = _set_up(page, shop, mail_server)
    _import(page, shop, tmp_path)
    _write(page, shop)
    _try_it(page, shop, mail_server)
    letters = _send(page, shop, mail_server)
    _check_letters(shop, letters)
    done = _read(page, shop, letters)
    _check_report(page, shop, done)
    _check_cards(page, shop, done)
    _check_that_strangers_see_nothing(page, shop, workspace)


def _set_up(page: Any, shop: Shop, mail_server: MailServer) -> str:
    shop_owner.sign_up(page, shop.owner)
    assert page.get_attribute("html", "dir") == shop.direction
    workspace = shop_owner.name_the_business(page, shop.business)
    shop_owner.set_the_sender(page, shop)
    shop_owner.use_the_mail_server(page, mail_server.port)
    return workspace


def _import(page: Any, shop: Shop, folder: Path) -> None:
    spreadsheet = folder / "customers.csv"
    spreadsheet.write_bytes(shop.spreadsheet())

    numbers = shop_owner.import_customers(page, shop, spreadsheet)

    assert numbers == {
        "created": len(shop.customers) + 1,
        "updated": 0,
        "unchanged": 1,
        "refused": 1,
    }
    assert "not an address" in page.inner_text("#refused")


def _write(page: Any, shop: Shop) -> None:
    shop_owner.begin_a_campaign(page, shop)
    shop_owner.write_the_mail(page, shop)
    assert shop_owner.choose_the_list(page, shop) == len(shop.customers)


def _try_it(page: Any, shop: Shop, mail_server: MailServer) -> None:
    shop_owner.send_a_test(page)

    (test,) = mail_server.wait_for(1, domain=shop.owner.partition("@")[2])

    assert test.recipient == shop.owner
    assert shop.subject_after_name in test.parsed["Subject"]


def _send(page: Any, shop: Shop, mail_server: MailServer) -> dict[str, Letter]:
    """Everybody's letter by address."""
    people = {person.email for person in shop.customers}
    shop_owner.send(page, len(people))
    received = mail_server.wait_for(len(people), domain=shop.domain)
    assert sorted(mail.recipient for mail in received) == sorted(people)
    return {mail.recipient: Letter(mail) for mail in received}


def _check_letters(shop: Shop, letters: dict[str, Letter]) -> None:
    names = {person.first_name for person in shop.customers} - {""}
    for person in shop.customers:
        letter = letters[person.email]
        message = letter.mail.parsed
        assert message["Subject"] == shop.expected_subject(person)
        assert message["From"].addresses[0].display_name == shop.sender_name
        assert message["From"].addresses[0].addr_spec == shop.sender
        assert message["To"].addresses[0].addr_spec == person.email
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter.farewell.startswith("http://127.0.0.1:")
        assert not message.defects
        assert re.search(rf"<html[^>]* dir=\"{shop.direction}\"", letter.html)
        for kind in ("html", "plain"):
            _check_words(shop, person, letter.mail.body(kind), names)


def _check_words(shop: Shop, person: Customer, body: str, names: set[str]) -> None:
    words = set(re.findall(r"[\w׳']+", unescape(body)))
    own = set(re.findall(r"[\w׳']+", person.first_name))
    assert words >= own
    assert not words & names - own
    assert shop.heading.strip() in body
    assert shop.business in unescape(body)


@dataclass(frozen=True)
class Done:
    """Who did what with the letter, by address."""

    opened: set[str]
    clicked: set[str]
    unsubscribed: set[str]


def _read(page: Any, shop: Shop, letters: dict[str, Letter]) -> Done:
    people = [person.email for person in shop.customers]
    done = Done(set(people[:7]), set(people[5:9]), {people[10], people[11]})
    last = max(letter.mail.at for letter in letters.values())
    time.sleep(max(0, last + NOT_A_MACHINE - time.monotonic()))
    for number, email in enumerate(sorted(done.opened)):
        letters[email].open(WINDOWS if number % 2 else IPHONE)
    letters[people[0]].open(WINDOWS)  # again: still one person
    for email in sorted(done.clicked):
        assert httpx.URL(letters[email].click(IPHONE)) == httpx.URL(shop.url)
    letters[people[10]].unsubscribe_by_one_click()
    _unsubscribe_on_the_page(page, letters[people[11]])
    return done


def _unsubscribe_on_the_page(page: Any, letter: Letter) -> None:
    visitor = page.context.browser.new_page()
    visitor.goto(letter.farewell)
    visitor.locator("[name=reason]").first.check()
    visitor.click("form[action$='/stop'] button")
    visitor.locator("form[action$='/again']").wait_for()
    visitor.close()


def _check_report(page: Any, shop: Shop, done: Done) -> None:
    people = {person.email for person in shop.customers}
    opened = done.opened | done.clicked  # whoever clicks has seen it
    expected = {
        "sent": len(people),
        "delivered": len(people),
        "opened": len(opened),
        "clicked": len(done.clicked),
        "unsubscribed": len(done.unsubscribed),
        "bounced": 0,
    }
    deadline = time.monotonic() + 60
    while shop_owner.funnel(page) != expected and time.monotonic() < deadline:
        time.sleep(1)
        page.reload()
    assert shop_owner.funnel(page) == expected
    assert shop_owner.who(page, "delivered") == people
    assert shop_owner.who(page, "opened") == opened
    assert shop_owner.who(page, "clicked") == done.clicked
    assert shop_owner.who(page, "unsubscribed") == done.unsubscribed


def _check_cards(page: Any, shop: Shop, done: Done) -> None:
    people = [person.email for person in shop.customers]
    everything = [people[0], people[6], people[8], people[10], people[11], people[20]]
    for email in everything:
        shop_owner.open_card(page, email)
        wanted = {
            "sent": True,
            "opened": email in done.opened | done.clicked,
            "clicked": email in done.clicked,
            "unsubscribed": email in done.unsubscribed,
        }
        told = shop_owner.timeline(page)
        assert {what: shop.told[what] in told for what in wanted} == wanted, email
        state = "withdrawn" if email in done.unsubscribed else "granted"
        assert shop_owner.mail_consent(page) == state, email


def _check_that_strangers_see_nothing(page: Any, shop: Shop, workspace: str) -> None:
    shop_owner.sign_out(page)
    assert page.goto(f"/w/{workspace}/").url.partition("?")[0].endswith("/login/")
    shop_owner.sign_up(page, f"stranger@{shop.domain}")
    own = shop_owner.name_the_business(page, shop.business)
    assert own != workspace
    assert page.goto(f"/w/{workspace}/").status == 404
    assert page.goto(f"/w/{workspace}/contacts/").status == 404
    page.goto(f"/w/{own}/contacts/")
    assert shop.customers[0].email not in page.content()
