"""E-20, as installed: right answers add one; 8 of 10 with a pass mark of 7; a retry starts from nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kesher.contacts.models import Contact
from kesher.journeys.models import StaffAlert
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import Dish, cook, plain, plain_subjects, subjects_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASSED, AGAIN = "עברתם את המבחן, כל הכבוד!", "עוד קצת תרגול, ומנסים שוב"
NEXT = "הגיע הזמן למבחן הבא"
RIGHT = "acbdabdcab"


def papers(right: int) -> dict[str, str]:
    """So many right answers; the rest are wrong."""
    given = [
        answer if number < right else "abcd"[("abcd".index(answer) + 1) % 4]
        for number, answer in enumerate(RIGHT)
    ]
    return {f"q{number}": answer for number, answer in enumerate(given, 1)}


def results(dish: Dish, person: Contact) -> tuple[int | None, str | None]:
    return dish.value(person, "score"), dish.value(person, "result")


@pytest.mark.parametrize("others", CROWDS)
def test_from_seven_on_one_has_passed(shop: Shop, others: int) -> None:
    dish = cook(shop, "exam")
    marks = (8, 7, 6, 0, 10)
    people = [shop.person(f"נבחן {mark}") for mark in marks]
    guests = crowd(shop, others)
    dish.told(guests, **papers(9))

    for person, mark in zip(people, marks, strict=True):
        dish.submits(person, **papers(mark))
        assert results(dish, person) == (mark, "passed" if mark >= 7 else "failed")
    let_pass(shop, HOUR)

    for person, mark in zip(people, marks, strict=True):
        (mail,) = shop.got(person)
        assert mail.subject == (PASSED if mark >= 7 else AGAIN)
        assert f"{mark} מתוך 10" in plain(mail.text)
        assert ("לשיעור" in mail.text) is (mark < 7)
        told = StaffAlert.objects.get(contact_id=person.pk)
        words = "ציון עובר" if mark >= 7 else "ציון לא עובר"
        assert plain(told.text) == f"{person.first_name}: {words} במבחן, {mark} מתוך 10"
    assert dish.values(guests, "score") == [9] * others
    assert subjects_of(shop, guests) == [[PASSED]] * others
    assert StaffAlert.objects.count() == len(people) + others


def test_a_retry_starts_from_nothing(shop: Shop) -> None:
    """T2: 6 and then 8 is 8, not 14."""
    dish = cook(shop, "exam")
    noa = shop.person("נועה")

    dish.submits(noa, **papers(6))
    let_pass(shop, DAY)
    dish.submits(noa, **papers(8))
    let_pass(shop, DAY)

    assert results(dish, noa) == (8, "passed")
    assert plain_subjects(shop, noa) == [AGAIN, PASSED]


def test_the_next_exam_comes_three_months_after_the_day_of_this_one(shop: Shop) -> None:
    """17 November, so 17 February at ten; who has not passed is not called."""
    dish = cook(shop, "exam")
    noa, dan = shop.person("נועה"), shop.person("דן")
    dish.submits(noa, **papers(8))
    dish.submits(dan, **papers(3))
    assert dish.value(noa, "day") == "2026-11-17"

    let_pass(shop, datetime(2027, 2, 17, 7, 59, tzinfo=UTC) - shop.clock.now)
    before = plain_subjects(shop, noa)
    let_pass(shop, timedelta(minutes=2))

    assert before == [PASSED]
    assert plain_subjects(shop, noa) == [PASSED, NEXT]
    assert plain_subjects(shop, dan) == [AGAIN]


def test_an_exam_that_is_not_finished_is_neither_passed_nor_failed(shop: Shop) -> None:
    dish = cook(shop, "exam")
    noa = shop.person("נועה")

    dish.submits(noa, **{key: value for key, value in papers(9).items() if key != "q10"})
    let_pass(shop, HOUR)

    assert results(dish, noa) == (None, None)
    assert (plain_subjects(shop, noa), StaffAlert.objects.count()) == ([], 0)
