"""E-13, as installed: each smart button adds one; from three on the next mail has its block, the neutral one always."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from kesher.contacts.models import Contact
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook

PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SHIRTS, SHOES = "ראינו שאתם אוהבים חולצות", "ראינו שאתם אוהבים נעליים"
NEUTRAL = "הנה מה שחדש אצלנו השבוע"
_LINKS = re.compile(r'href="[^"]*(/c/[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def click(shop: Shop, person: Contact, words: str) -> None:
    found = {
        re.sub("<[^>]*>", "", shown).strip(): unescape(path)
        for path, shown in _LINKS.findall(shop.got(person)[-1].html)
    }
    shop.clock.advance(timedelta(seconds=30))
    answer = Client(headers={"User-Agent": PERSON}).get(found[words])
    assert answer["Location"].startswith("https://example.com/")
    shop.clock.advance(timedelta(seconds=30))


@pytest.mark.parametrize("others", CROWDS)
def test_three_clicks_bring_the_block_and_two_do_not(shop: Shop, others: int) -> None:
    dish = cook(shop, "interests")
    keen, cool = shop.person("נעמה"), shop.person("עדי")
    guests = crowd(shop, others)
    dish.joins("readers", (keen, cool))

    for week in range(3):
        if week == 2:
            dish.joins("readers", guests)
        let_pass(shop, timedelta(days=2))
        click(shop, keen, "חולצות")
        if week < 2:
            click(shop, cool, "חולצות")
        let_pass(shop, timedelta(days=5))
    let_pass(shop, timedelta(days=1))

    assert [dish.value(keen, name) for name in ("shirts", "trousers", "shoes")] == [3, None, None]
    assert dish.value(cool, "shirts") == 2
    assert [len(shop.got(person)) for person in (keen, cool)] == [4, 4]
    assert all(len(shop.got(guest)) == 2 for guest in guests)
    last = [shop.got(person)[-1].text for person in (keen, cool)]
    assert all(NEUTRAL in text and SHOES not in text for text in last)
    assert [SHIRTS in text for text in last] == [True, False]
