"""E-32, as installed: thirty days before, a week before, the day itself; a renewed date stops it until next year."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kesher.contacts.models import Contact
from kesher.journeys.models import StaffTask
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_of, texts_to
from tests.scenarios.recipes import Dish, cook, subjects, subjects_of

MAIL = "המנוי שלכם מסתיים בעוד חודש"


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
    assert "20.12.2026" in shop.got(noa)[0].text
    assert "20.12.2026" in texts_to(shop, noa)[0]
    assert subjects_of(shop, guests) == [[MAIL]] * others
    assert [len(texts) for texts in texts_of(shop, guests)] == [1] * others
    assert StaffTask.objects.count() == 1 + others
    task = StaffTask.objects.get(contact_id=noa.pk)
    assert task.title == "להתקשר היום אל נועה: המנוי עוד לא חודש"


def test_it_goes_apart_from_the_main_journey(shop: Shop) -> None:
    """Somebody is on the way elsewhere, where the same days pass."""
    main, dish = cook(shop, "interests"), cook(shop, "renewal")
    noa, only = (
        shop.person(name, mobile=f"+97250111224{number}", sms_consent="granted")
        for number, name in enumerate(("נועה", "דן"))
    )
    main.joins("readers", [noa, only])
    dish.told([noa], renewal="2026-12-20")

    let_pass(shop, timedelta(days=4))
    dish.told([noa], renewal="2027-12-20")  # renewed: that way ends, the other goes on
    let_pass(shop, timedelta(days=40))

    theirs = subjects_of(shop, [only])[0]
    assert len(theirs) == 4
    assert [one for one in subjects_of(shop, [noa])[0] if one != MAIL] == theirs
    assert got(dish, noa) == (5, 0, 0)


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

    let_pass(shop, timedelta(days=3))

    assert got(dish, noa) == (0, 0, 0)
