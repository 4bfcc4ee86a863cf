"""E-32, as installed: thirty days before, a week before, the day itself; a renewed date stops it until next year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kesher.contacts.models import Contact
from kesher.journeys.models import StaffTask
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_to
from tests.scenarios.recipes import Dish, cook, subjects

MAIL = "המנוי שלכם מתחדש בעוד חודש"


def got(dish: Dish, person: Contact) -> tuple[int, int, int]:
    """Mails, texts and tasks."""
    tasks = StaffTask.objects.filter(contact_id=person.pk).count()
    return len(subjects(dish.shop, person)), len(texts_to(dish.shop, person)), tasks


@pytest.mark.parametrize("others", CROWDS)
def test_it_is_told_thirty_days_and_a_week_ahead_and_on_the_day(shop: Shop, others: int) -> None:
    dish = cook(shop, "renewal")
    noa = shop.person("נועה", mobile="+972501112233", sms_consent="granted")
    guests = crowd(shop, others)
    dish.told((noa, *guests), renewal="2026-12-20")  # today is 17 November

    at, today = {}, 17
    for day in (19, 20, 42, 43, 49, 50):  # by their number from 1 November on
        let_pass(shop, timedelta(days=day - today))
        at[day], today = got(dish, noa), day

    assert (at[19], at[20], at[42]) == ((0, 0, 0), (1, 0, 0), (1, 0, 0))
    assert (at[43], at[49], at[50]) == ((1, 1, 0), (1, 1, 0), (1, 1, 1))
    assert subjects(shop, noa) == [MAIL]
    assert all(got(dish, guest) == (1, 1, 1) for guest in guests)


def test_who_renews_hears_no_more_until_the_next_time(shop: Shop) -> None:
    dish = cook(shop, "renewal")
    noa = shop.person("נועה", mobile="+972501112233", sms_consent="granted")
    dish.told([noa], renewal="2026-12-20")
    let_pass(shop, timedelta(days=10))

    dish.told([noa], renewal="2027-01-25")
    let_pass(shop, timedelta(days=25))  # past the week and the day before
    first = got(dish, noa)
    let_pass(shop, timedelta(days=28))

    assert (first, got(dish, noa)) == ((1, 0, 0), (2, 1, 0))


def test_without_a_date_nothing_happens(shop: Shop) -> None:
    dish = cook(shop, "renewal")
    noa = shop.person("נועה")

    let_pass(shop, timedelta(days=40))

    assert got(dish, noa) == (0, 0, 0)
