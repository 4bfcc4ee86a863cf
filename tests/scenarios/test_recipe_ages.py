"""E-31, as installed: each child at its age; twins bring one mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, plain_subjects, subjects_of

DAY = timedelta(days=1)
ONE, THREE, SIX = "שנה ראשונה, צעדים ראשונים", "הולכים לגן", "עולים לכיתה א׳"


@pytest.mark.parametrize("others", CROWDS)
def test_each_child_brings_the_mail_of_its_age(shop: Shop, others: int) -> None:
    dish = cook(shop, "ages")
    noa, twins, grown = shop.person("נועה"), shop.person("דן"), shop.person("יעל")
    refused, none = shop.person("אורן", email_consent="withdrawn"), shop.person("בלי ילדים")
    guests = crowd(shop, others)
    dish.told([noa], first="2020-11-18", second="2023-11-20", third="2025-11-19")  # 6, 3 and 1
    dish.told([twins], first="2023-11-20", second="2023-11-20")
    dish.told([grown], first="2010-11-18")
    dish.told((refused, *guests), first="2025-11-21")
    at: list[list[str]] = []

    for _day in range(6):
        let_pass(shop, DAY)
        at.append(plain_subjects(shop, noa))

    # It is ten in the morning each time, the hour at which they go out.
    assert at == [[SIX], [SIX, ONE], *[[SIX, ONE, THREE]] * 4]
    assert subjects_of(shop, [twins, grown, refused, none]) == [[THREE], [], [], []]
    assert subjects_of(shop, guests) == [[ONE]] * others


def test_the_same_child_brings_the_next_mail_at_the_next_age(shop: Shop) -> None:
    dish = cook(shop, "ages")
    noa = shop.person("נועה")
    dish.told([noa], first="2025-11-18")
    found = []

    for birthday in (
        datetime(2026, 11, 18, 12, tzinfo=UTC),
        datetime(2028, 11, 18, 12, tzinfo=UTC),
    ):
        shop.clock.now = max(shop.clock.now, birthday - DAY)
        let_pass(shop, birthday - shop.clock.now)
        found.append(plain_subjects(shop, noa))

    assert found == [[ONE], [ONE, THREE]]


def test_a_brother_born_some_days_later_brings_the_mail_once_more(shop: Shop) -> None:
    dish = cook(shop, "ages")
    noa = shop.person("נועה")
    dish.told([noa], first="2025-11-18", second="2025-11-21")  # adopted

    let_pass(shop, 5 * DAY)

    assert plain_subjects(shop, noa) == [ONE, ONE]


def test_born_on_29_february_is_a_year_old_on_the_28th(shop: Shop) -> None:
    """T22."""
    shop.clock.now = datetime(2029, 2, 26, 8, 30, tzinfo=UTC)
    dish = cook(shop, "ages")
    noa = shop.person("נועה")
    dish.told([noa], first="2028-02-29")

    let_pass(shop, DAY)
    before = plain_subjects(shop, noa)
    let_pass(shop, DAY)
    after = plain_subjects(shop, noa)
    let_pass(shop, 3 * DAY)

    assert (before, after, plain_subjects(shop, noa)) == ([], [ONE], [ONE])


def test_a_birth_date_that_is_told_late_brings_what_is_still_to_come(shop: Shop) -> None:
    dish = cook(shop, "ages")
    noa = shop.person("נועה")

    dish.told([noa], first="2025-10-01")  # was one in October
    let_pass(shop, 3 * DAY)

    assert plain_subjects(shop, noa) == []
