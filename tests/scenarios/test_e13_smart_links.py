"""E-13: clicks tell what interests people; with T14, T18, T19 and the clicks of E-14 on the way."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from kesher.campaigns.models import Campaign
from kesher.contacts.models import Contact, ListMembership
from kesher.contacts.rules import moment_of, vocabulary_of
from kesher.events.log import timeline
from kesher.lib import sql
from kesher.messages.models import Message
from kesher.rules.parse import parse
from kesher.rules.sql import ids_where
from tests.scenarios.conftest import Received, Shop
from tests.scenarios.journeys import CROWDS, crowd

THINGS = ("חולצות", "מכנסיים", "נעליים")
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
_LINKS = re.compile(r'href="[^"]*(/c/[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture
def fashion(shop: Shop) -> Shop:
    for thing in THINGS:
        shop.field(thing, "number", decimals=0)
    return shop


def button(number: str, words: str, **smart: Any) -> dict[str, Any]:
    url = f"https://shop.example/{number}"
    return {"id": number, "kind": "button", "text": words, "url": url, "smart": smart}


def plus_one(field: str) -> dict[str, Any]:
    return {"field": field, "do": "add", "value": 1}


def catalogue(shop: Shop, to: Any) -> Campaign:
    """A mail with a smart button for each thing."""
    blocks: list[dict[str, Any]] = [
        button(f"b{n}", thing, changes=[plus_one(shop.fields[thing])])
        for n, thing in enumerate(THINGS)
    ]
    return shop.campaign(blocks, to=to, subject="הקולקציה החדשה")


def links_of(mail: Received) -> dict[str, str]:
    """The tracked addresses of a mail by their words."""
    return {
        re.sub("<[^>]*>", "", words).strip(): unescape(path)
        for path, words in _LINKS.findall(mail.html)
    }


def click(shop: Shop, mail: Received, words: str, *, agent: str = PERSON) -> float:
    """Follow a link of the mail; answers how long the redirect took, in seconds."""
    shop.clock.advance(timedelta(seconds=10))
    path = links_of(mail)[words]
    started = time.perf_counter()
    answer = Client(headers={"User-Agent": agent}).get(path)
    took = time.perf_counter() - started
    assert answer.status_code == 302
    assert answer["Location"].startswith("https://shop.example/")
    shop.clock.advance(timedelta(seconds=20))
    return took


def value(person: Contact, field: str) -> Any:
    person.refresh_from_db()
    return person.fields.get(field)


@pytest.mark.parametrize("others", CROWDS)
def test_clicks_count_interests_and_the_next_mail_follows_them(fashion: Shop, others: int) -> None:
    keen, cool = fashion.person("נעמה"), fashion.person("עדי")
    guests = crowd(fashion, others, fields={fashion.fields[THINGS[0]]: 3})
    readers = fashion.list("לקוחות", keen, cool, *guests)
    times = []
    for _week in range(3):
        fashion.send(catalogue(fashion, readers))
        fashion.clock.advance(timedelta(days=7))
        mail = fashion.got(keen)[-1]
        times += [click(fashion, mail, THINGS[0]), click(fashion, mail, THINGS[0])]
    click(fashion, fashion.got(keen)[-1], THINGS[2])
    for mail in fashion.got(cool)[:2]:
        click(fashion, mail, THINGS[0])
    fashion.drain()

    assert sorted(times)[len(times) // 2] < 0.1
    assert [value(keen, fashion.fields[thing]) for thing in THINGS] == [3, None, 1]
    assert value(cool, fashion.fields[THINGS[0]]) == 2

    from_three = {"field": fashion.fields[THINGS[0]], "op": "gte", "value": 3}
    blocks: list[dict[str, Any]] = [
        {"id": "n", "kind": "text", "html": "<p>שבוע טוב לכולם</p>"},
        {"id": "s", "kind": "text", "html": "<p>מבצע על חולצות</p>", "show_if": from_three},
    ]
    fashion.send(fashion.campaign(blocks, to=readers))
    shown = {person.pk: fashion.got(person)[-1].html for person in (keen, cool)}
    assert "שבוע טוב לכולם" in shown[keen.pk]
    assert "שבוע טוב לכולם" in shown[cool.pk]
    assert "מבצע על חולצות" in shown[keen.pk]
    assert "מבצע על חולצות" not in shown[cool.pk]
    assert all("מבצע על חולצות" in mails[-1].text for mails in fashion.post(guests))
    assert [len(mails) for mails in fashion.post(guests)] == [4] * others


def test_the_timeline_says_what_the_click_changed(fashion: Shop) -> None:
    reader = fashion.person("נעמה")
    fashion.send(catalogue(fashion, fashion.list("לקוחות", reader)))
    click(fashion, fashion.got(reader)[0], THINGS[1])
    fashion.drain()

    with translation.override("he"):
        told = [entry.text for entry in timeline(fashion.workspace.pk, reader.pk)]
    assert any(THINGS[1] in text and "– ← 1" in text for text in told)
    kinds = [entry.kind for entry in timeline(fashion.workspace.pk, reader.pk)]
    assert kinds.index("message.clicked") < kinds.index("contact.updated")  # newest first


def test_a_scanner_changes_nothing_and_leaves_the_person_their_click(fashion: Shop) -> None:
    """T14."""
    reader = fashion.person("נעמה")
    fashion.send(catalogue(fashion, fashion.list("לקוחות", reader)))
    mail = fashion.got(reader)[0]
    fashion.clock.advance(timedelta(minutes=1))
    client = Client(headers={"User-Agent": SCANNER})
    for path in links_of(mail).values():
        client.get(path)
        client.head(path)
    fashion.clock.advance(timedelta(minutes=1))
    fashion.drain()
    assert value(reader, fashion.fields[THINGS[0]]) is None
    assert not any(
        entry.kind.startswith("contact.") for entry in timeline(fashion.workspace.pk, reader.pk)
    )

    click(fashion, mail, THINGS[0])
    fashion.drain()
    assert value(reader, fashion.fields[THINGS[0]]) == 1


def test_who_follows_the_link_that_nobody_sees_is_a_machine(fashion: Shop) -> None:
    """T14, for a scanner that follows only two links and has an honest name."""
    reader = fashion.person("נעמה")
    fashion.send(catalogue(fashion, fashion.list("לקוחות", reader)))
    mail = fashion.got(reader)[0]
    hidden = re.search(
        r'<div aria-hidden="true" style="display:none[^>]*><a href="[^"]*(/c/[^"]+/-1)" tabindex="-1"',
        mail.html,
    )
    assert hidden is not None
    assert "/-1" not in mail.text
    fashion.clock.advance(timedelta(minutes=1))
    client = Client(headers={"User-Agent": SCANNER})
    assert client.get(hidden[1]).status_code == 302
    client.get(links_of(mail)[THINGS[0]])
    fashion.clock.advance(timedelta(minutes=1))
    fashion.drain()

    assert value(reader, fashion.fields[THINGS[0]]) is None
    told = timeline(fashion.workspace.pk, reader.pk, machines=True)
    assert {entry.data["machine"] for entry in told if "machine" in entry.data} == {"honeypot"}


def test_a_click_that_leaves_a_list_leaves_consent(fashion: Shop) -> None:
    """T18."""
    reader = fashion.person("נעמה")
    weekly = fashion.list("שבועון", reader)
    blocks: list[dict[str, Any]] = [
        {"id": "t", "kind": "text", "html": "<p>כל שבוע</p>"},
        button("b", "פחות מיילים", remove_from_lists=[weekly.key]),
    ]
    fashion.send(fashion.campaign(blocks, to=weekly))
    click(fashion, fashion.got(reader)[0], "פחות מיילים")
    fashion.drain()

    reader.refresh_from_db()
    assert reader.email_consent == "granted"
    assert not ListMembership.objects.filter(list_id=weekly.pk, contact_id=reader.pk).exists()


def test_a_click_without_a_picture_counts_as_an_open_and_a_machine_only_for_any(
    fashion: Shop,
) -> None:
    """T19."""
    person, robot = fashion.person("נעמה"), fashion.person("רובוט")
    fashion.send(catalogue(fashion, fashion.list("לקוחות", person, robot)))
    fashion.clock.advance(timedelta(minutes=1))
    click(fashion, fashion.got(person)[0], THINGS[0])
    pixel = re.search(r'src="[^"]*(/o/[^"]+\.gif)"', fashion.got(robot)[0].html)
    assert pixel is not None
    Client(headers={"User-Agent": "Mozilla/5.0"}).get(pixel[1])  # Apple Mail Privacy Protection
    fashion.clock.advance(timedelta(minutes=1))
    fashion.drain()

    assert openers(fashion, "human") == {person.pk}
    assert openers(fashion, "any") == {person.pk, robot.pk}
    opened = {
        m.contact_id: m.opened_at for m in Message.objects.filter(workspace_id=fashion.workspace.pk)
    }
    assert opened[person.pk] is not None
    assert opened[robot.pk] is None


def openers(shop: Shop, by: str) -> set[int]:
    words = vocabulary_of(shop.workspace)
    rule = parse({"did": "message.opened", "by": by}, words)
    moment = moment_of(shop.workspace, shop.clock.now)
    found = ids_where(rule, words, moment, workspace_id=shop.workspace.pk)
    return {row[0] for row in sql.rows(found.text, found.parameters)}


def test_each_link_has_a_list_of_who_was_interested(fashion: Shop) -> None:
    """E-14, the clicks: each link → list "התעניין במוצר X"."""
    reader, other = fashion.person("נעמה"), fashion.person("עדי")
    lists = [fashion.list(f"התעניינו ב{thing}") for thing in THINGS]
    blocks = [button(f"b{n}", thing, add_to_lists=[lists[n].key]) for n, thing in enumerate(THINGS)]
    fashion.send(fashion.campaign(blocks, to=fashion.list("לקוחות", reader, other)))
    for thing in (THINGS[0], THINGS[2], THINGS[0]):
        click(fashion, fashion.got(reader)[0], thing)
    fashion.drain()

    joined = set(
        ListMembership.objects.filter(contact_id=reader.pk).values_list("list_id", flat=True)
    )
    assert {row.pk for row in lists} & joined == {lists[0].pk, lists[2].pk}
    assert {row.pk for row in lists}.isdisjoint(
        ListMembership.objects.filter(contact_id=other.pk).values_list("list_id", flat=True)
    )
