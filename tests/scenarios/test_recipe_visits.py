"""E-10, as installed: nine visits earn a free tenth; the count begins anew; nine further ones earn a second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, happens, let_pass
from tests.scenarios.recipes import cook, subjects, subjects_of

COUPON = "הביקור הבא עלינו"
TOLD_AT_ONCE = [(8, 0), (9, 1), (10, 1), (18, 2), (20, 2)]


@pytest.mark.parametrize("others", CROWDS)
def test_each_ninth_visit_brings_one_coupon_and_the_count_begins_anew(
    shop: Shop, others: int
) -> None:
    club = cook(shop, "visits")
    noa = shop.person("נועה")
    guests = crowd(shop, others)

    for visit in range(1, 19):
        some = guests if visit > 9 else guests[:20]  # the others come for nine of them
        happens(shop, noa, *some, name="ביקור" if visit % 2 else "visit")
        let_pass(shop, timedelta(days=1))
        assert len(shop.got(noa)) == visit // 9, visit
        assert club.value(noa, "visits") == visit % 9, visit

    assert subjects_of(shop, [noa, *guests[:20]]) == [[COUPON] * 2] * (1 + min(others, 20))
    assert subjects_of(shop, guests[20:]) == [[COUPON]] * max(others - 20, 0)
    assert club.values(guests, "visits") == [0] * others
    assert all("TENTH" in mail.text for mail in shop.got(noa))


def test_what_is_not_a_visit_is_not_counted(shop: Shop) -> None:
    club = cook(shop, "visits")
    noa = shop.person("נועה")

    happens(shop, noa, name="שיחה")
    let_pass(shop, timedelta(hours=1))

    assert club.value(noa, "visits") is None


def test_the_ninth_may_be_written_on_the_card(shop: Shop) -> None:
    club = cook(shop, "visits")
    noa = shop.person("נועה")

    club.told([noa], visits=9)
    let_pass(shop, timedelta(hours=1))

    assert (subjects(shop, noa), club.value(noa, "visits")) == ([COUPON], 0)


def test_more_than_nine_on_the_card_is_one_coupon_and_the_rest_count_on(shop: Shop) -> None:
    club = cook(shop, "visits")
    noa = shop.person("נועה")

    club.told([noa], visits=8)
    let_pass(shop, timedelta(hours=1))
    before = subjects(shop, noa)
    club.told([noa], visits=12)
    let_pass(shop, timedelta(hours=1))

    assert (before, subjects(shop, noa), club.value(noa, "visits")) == ([], [COUPON], 3)


@pytest.mark.parametrize(("visits", "coupons"), TOLD_AT_ONCE)
def test_visits_told_at_once_are_all_counted(shop: Shop, visits: int, coupons: int) -> None:
    """The till was offline for a while."""
    club = cook(shop, "visits")
    noa = shop.person("נועה")

    for _visit in range(visits):
        happens(shop, noa, name="visit")
    let_pass(shop, timedelta(hours=1))

    assert (len(subjects(shop, noa)), club.value(noa, "visits")) == (coupons, visits - 9 * coupons)
