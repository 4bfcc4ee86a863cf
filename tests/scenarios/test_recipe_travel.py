"""E-30, as installed: information, before the flight, on arrival, on return; a date that moves moves everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import click, cook, plain_subjects, subjects_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
INFO, OFFERS = "הנסיעה שלכם: כל הפרטים", "שבוע לטיסה: ביטוח, רכב וכל השאר"
TIPS, SURVEY = "הגעתם! כמה טיפים להתחלה", "ברוכים השבים! איך היה?"
COUPON = "תודה, והנה משהו לנסיעה הבאה"


@pytest.mark.parametrize("others", CROWDS)
def test_each_part_of_the_journey_has_its_mail(shop: Shop, others: int) -> None:
    dish = cook(shop, "travel")
    noa, moves, late, quiet = (shop.person(name) for name in ("נועה", "דן", "יעל", "אורן"))
    guests = crowd(shop, others)
    dish.told((noa, moves, quiet, *guests), departure="2026-12-01", **{"return": "2026-12-10"})
    dish.told([late], departure="2026-11-20", **{"return": "2026-11-25"})  # no week is left
    at: dict[str, list[int]] = {}

    dish.joins("booked", (noa, moves, late, quiet, *guests))
    for day, moment in (
        ("booked", datetime(2026, 11, 17, 9, tzinfo=UTC)),
        ("week", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("arrival", datetime(2026, 12, 2, 9, tzinfo=UTC)),
        ("back", datetime(2026, 12, 11, 9, tzinfo=UTC)),
    ):
        let_pass(shop, moment - shop.clock.now)
        at[day] = [len(shop.got(one)) for one in (noa, moves, late)]
        if day == "week":
            dish.told([moves], departure="2026-12-08", **{"return": "2026-12-20"})
    click(shop, noa, "היה נהדר")
    let_pass(shop, DAY)

    assert at == {"booked": [1, 1, 1], "week": [2, 2, 2], "arrival": [3, 2, 3], "back": [4, 3, 3]}
    assert plain_subjects(shop, noa) == [INFO, OFFERS, TIPS, SURVEY, COUPON]
    assert plain_subjects(shop, late) == [INFO, TIPS, SURVEY]  # no offers: the week is past
    assert plain_subjects(shop, quiet) == [INFO, OFFERS, TIPS, SURVEY]
    assert subjects_of(shop, guests) == [[INFO, OFFERS, TIPS, SURVEY]] * others
    assert "1.12.2026" in shop.got(noa)[0].text
    assert "NEXT5" in shop.got(noa)[-1].text
    assert dish.value(noa, "opinion") == "great"
    assert dish.members("booked") == set()
    let_pass(shop, 12 * DAY)
    assert plain_subjects(shop, moves) == [INFO, OFFERS, TIPS, SURVEY]


def test_a_second_journey_is_accompanied_again(shop: Shop) -> None:
    dish = cook(shop, "travel")
    noa = shop.person("נועה")
    for departure, home in (("2026-11-19", "2026-11-20"), ("2027-01-10", "2027-01-12")):
        dish.told([noa], departure=departure, **{"return": home})
        dish.joins("booked", [noa])
        let_pass(shop, 33 * DAY)

    assert plain_subjects(shop, noa) == [INFO, TIPS, SURVEY, INFO, OFFERS, TIPS, SURVEY]


def test_without_consent_there_is_information_and_nothing_that_sells(shop: Shop) -> None:
    dish = cook(shop, "travel")
    noa = shop.person("נועה", email_consent="")
    dish.told([noa], departure="2026-11-30", **{"return": "2026-12-05"})
    dish.joins("booked", [noa])

    let_pass(shop, 19 * DAY)
    click(shop, noa, "היה נהדר")
    let_pass(shop, DAY)

    assert plain_subjects(shop, noa) == [INFO, TIPS, SURVEY]


def test_a_journey_that_is_called_off_is_not_accompanied_any_more(shop: Shop) -> None:
    """The date is emptied."""
    dish = cook(shop, "travel")
    noa = shop.person("נועה")
    dish.told([noa], departure="2026-11-30", **{"return": "2026-12-05"})
    dish.joins("booked", [noa])
    let_pass(shop, DAY)

    dish.told([noa], departure=None)
    let_pass(shop, 30 * DAY)

    assert plain_subjects(shop, noa) == [INFO]
