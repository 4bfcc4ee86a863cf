"""E-06, as installed: no children, two, four, five, unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook

NEUTRAL, NONE, PARENTS, MANY = "לכולם.", "לזוגות:", "להורים:", "למשפחות גדולות:"


@pytest.mark.parametrize("others", CROWDS)
def test_each_gets_the_paragraphs_that_fit(shop: Shop, others: int) -> None:
    dish = cook(shop, "families")
    none, two, four, five, unknown = (shop.person(name) for name in "אבגדה")
    guests = crowd(shop, others)
    dish.told([none], parent=False)
    for person, count in ((two, 2), (four, 4), (five, 5)):
        dish.told([person], parent=True, children=count)

    dish.joins("readers", (none, two, four, five, unknown, *guests))
    let_pass(shop, timedelta(hours=1))

    for person, expected in (
        (none, [NEUTRAL, NONE]),
        (two, [NEUTRAL, PARENTS]),
        (four, [NEUTRAL, PARENTS]),
        (five, [NEUTRAL, PARENTS, MANY]),
        *((one, [NEUTRAL]) for one in (unknown, *guests)),
    ):
        (mail,) = shop.got(person)
        assert [part for part in (NEUTRAL, NONE, PARENTS, MANY) if part in mail.text] == expected
