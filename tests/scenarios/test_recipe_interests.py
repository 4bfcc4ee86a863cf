"""E-13, as installed: each smart button adds one; from three on the next mail has its block, the neutral one always."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import SCANNER, click, cook, follow_all, subjects_of

DAY = timedelta(days=1)
THINGS = ("shirts", "trousers", "shoes")
BLOCKS = {
    "shirts": "ראינו שאתם אוהבים חולצות", "trousers": "ראינו שאתם אוהבים מכנסיים",
    "shoes": "ראינו שאתם אוהבים נעליים",
}  # fmt: skip
NEUTRAL = "הנה מה שחדש אצלנו השבוע"
MAILS = ["מה מעניין אתכם?", "הקולקציה החדשה", "נבחרי השבוע", "בחרנו בשבילכם"]


@pytest.mark.parametrize("others", CROWDS)
def test_three_clicks_bring_the_block_and_two_do_not(shop: Shop, others: int) -> None:
    dish = cook(shop, "interests")
    keen, cool, machine = shop.person("נעמה"), shop.person("עדי"), shop.person("סורק")
    guests = crowd(shop, others)
    dish.told(guests, trousers=3)  # from a year of clicks
    dish.joins("readers", (keen, cool, machine, *guests))
    took: list[float] = []

    for week in range(3):
        let_pass(shop, 2 * DAY)
        took += [click(shop, keen, "חולצות"), click(shop, keen, "חולצות")]  # one mail, one point
        if week < 2:
            took.append(click(shop, cool, "חולצות"))
            click(shop, cool, "נעליים")
        follow_all(shop, machine, agent=SCANNER)
        let_pass(shop, 5 * DAY)
    let_pass(shop, DAY)

    assert [dish.value(keen, name) for name in THINGS] == [3, None, None]
    assert [dish.value(cool, name) for name in THINGS] == [2, None, 2]
    assert [dish.value(machine, name) for name in THINGS] == [None] * 3  # T14
    assert min(took) < 0.1  # seconds; what else the machine does is not the redirect
    people = (keen, cool, machine, *guests)
    assert subjects_of(shop, people) == [MAILS] * len(people)
    shown = [
        [key for key, words in BLOCKS.items() if words in mails[-1].text]
        for mails in shop.post(people)
    ]
    assert shown == [["shirts"], [], [], *[["trousers"]] * others]
    assert all(NEUTRAL in mails[-1].text for mails in shop.post(people))


def test_all_three_may_be_of_interest(shop: Shop) -> None:
    dish = cook(shop, "interests")
    noa = shop.person("נועה")
    dish.told([noa], shirts=2, trousers=3, shoes=11)
    dish.joins("readers", [noa])
    let_pass(shop, DAY)

    click(shop, noa, "חולצות")
    let_pass(shop, 22 * DAY)

    assert all(words in shop.got(noa)[-1].text for words in BLOCKS.values())
