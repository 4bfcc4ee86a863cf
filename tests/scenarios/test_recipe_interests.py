"""E-13, as installed: each smart button adds one; from three on the next mail has its block, the neutral one always."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import click, cook

SHIRTS, SHOES = "ראינו שאתם אוהבים חולצות", "ראינו שאתם אוהבים נעליים"
NEUTRAL = "הנה מה שחדש אצלנו השבוע"


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
