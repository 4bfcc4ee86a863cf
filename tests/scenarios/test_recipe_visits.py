"""E-10, as installed: nine visits earn a free tenth; the count begins anew; nine further ones earn a second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, happens, let_pass
from tests.scenarios.recipes import cook, subjects

COUPON = "הביקור הבא עלינו"


@pytest.mark.parametrize("others", CROWDS)
def test_each_ninth_visit_brings_one_coupon_and_the_count_begins_anew(
    shop: Shop, others: int
) -> None:
    club = cook(shop, "visits")
    noa = shop.person("נועה")
    guests = crowd(shop, others)

    for visit in range(1, 19):
        happens(shop, noa, *guests, name="ביקור" if visit % 2 else "visit")
        let_pass(shop, timedelta(days=1))
        assert len(shop.got(noa)) == visit // 9, visit
        assert club.value(noa, "visits") == visit % 9, visit

    assert subjects(shop, noa) == [COUPON] * 2
    assert all(subjects(shop, guest) == [COUPON] * 2 for guest in guests)
    assert all(club.value(guest, "visits") == 0 for guest in guests[:5])


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


def test_visits_told_at_once_are_all_counted(shop: Shop) -> None:
    """The till was offline for a week."""
    club = cook(shop, "visits")
    noa = shop.person("נועה")

    for _visit in range(9):
        happens(shop, noa, name="visit")
    let_pass(shop, timedelta(hours=1))

    assert (subjects(shop, noa), club.value(noa, "visits")) == ([COUPON], 0)
