"""E-33, as installed: birthdays by the Hebrew date, and greetings before holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, plain_subjects, subjects_of

DAY = timedelta(days=1)
OWN, SPOUSE, CHILD = "יום הולדת עברי שמח!", "מזל טוב בבית!", "מזל טוב לחוגגים הקטנים!"


@pytest.mark.parametrize("others", CROWDS)
def test_hebrew_birthdays_are_greeted_on_their_day(shop: Shop, others: int) -> None:
    """It is 7 Kislev 5787, in the morning."""
    dish = cook(shop, "hebrew_birthdays")
    noa = shop.person("נועה", birthday=date(1990, 11, 27))  # 10 Kislev 5751
    dish.told([noa], spouse="2024-12-10", child="2020-11-26")  # 9 Kislev 5785, 10 Kislev 5781
    night = shop.person("ליל", birthday=date(1990, 11, 27))
    dish.told([night], evening=True)
    refused = shop.person("מסרבת", birthday=date(1990, 11, 27), email_consent="withdrawn")
    guests = crowd(shop, others, birthday=date(2023, 11, 24))  # 11 Kislev 5784

    at: list[list[int]] = []
    for _day in range(6):
        let_pass(shop, DAY)
        at.append([len(shop.got(one)) for one in (noa, night, refused)])

    assert at == [[0, 0, 0], [1, 0, 0], [3, 0, 0], [3, 1, 0], [3, 1, 0], [3, 1, 0]]
    assert plain_subjects(shop, noa)[0] == SPOUSE
    assert sorted(plain_subjects(shop, noa)[1:]) == sorted([OWN, CHILD])
    assert subjects_of(shop, guests) == [[OWN]] * others


def test_born_in_adar_is_greeted_in_the_right_adar(shop: Shop) -> None:
    """5787 is a leap year, 5788 is not."""
    cook(shop, "hebrew_birthdays")
    plain = shop.person("אדר", birthday=date(2025, 3, 14))  # 14 Adar of a plain year
    first = shop.person("אדר א", birthday=date(2024, 2, 23))  # 14 Adar I
    found: dict[int, list[int]] = {}

    for day in (
        datetime(2027, 2, 21, 12, tzinfo=UTC), datetime(2027, 3, 22, 12, tzinfo=UTC),
        datetime(2027, 3, 23, 12, tzinfo=UTC), datetime(2028, 3, 11, 12, tzinfo=UTC),
        datetime(2028, 3, 12, 12, tzinfo=UTC),
    ):  # fmt: skip
        shop.clock.now = max(shop.clock.now, day - timedelta(hours=20))
        let_pass(shop, day - shop.clock.now)
        found[day.toordinal()] = [len(shop.got(plain)), len(shop.got(first))]

    assert list(found.values()) == [[0, 1], [0, 1], [1, 1], [1, 1], [2, 2]]


@pytest.mark.parametrize("others", CROWDS)
def test_holidays_are_greeted_ahead_of_them_on_the_moved_day(shop: Shop, others: int) -> None:
    """In 2028 5 Iyar is a Monday, so Independence Day is on Tuesday, 2 May."""
    cook(shop, "holidays")
    noa = shop.person("נועה")
    refused = shop.person("מסרבת", email_consent="withdrawn")
    guests = crowd(shop, others)
    expected = [
        (datetime(2026, 12, 4, 8, tzinfo=UTC), "חג אורים שמח!"),
        (datetime(2027, 4, 18, 7, tzinfo=UTC), "חג פסח כשר ושמח!"),
        (datetime(2028, 4, 30, 7, tzinfo=UTC), "חג עצמאות שמח!"),
    ]

    for moment, subject in expected:
        shop.clock.now = max(shop.clock.now, moment - timedelta(hours=30))
        let_pass(shop, moment - timedelta(minutes=1) - shop.clock.now)
        before = len(shop.got(noa))
        let_pass(shop, timedelta(hours=1))
        assert len(shop.got(noa)) == before + 1, subject
        assert plain_subjects(shop, noa)[-1] == subject

    assert not shop.got(refused)
    assert subjects_of(shop, guests) == [plain_subjects(shop, noa)] * others
