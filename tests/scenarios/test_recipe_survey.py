"""E-01, as installed: three ratings of one submission, their sum, one mail that fits it, and what follows days later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kesher.contacts.models import Contact
from kesher.journeys.models import JourneyRun
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import Dish, cook, plain_subjects, subjects_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THANKS = "תודה שעניתם על הסקר"
SAID = {"low": "אנחנו מצטערים", "medium": "רוב הדברים עבדו", "high": "עשו לנו את היום"}
THEN = {
    "low": "רוצים לתת לנו עוד הזדמנות?",
    "medium": "מה שהולך טוב עם מה שכבר יש לכם",
    "high": "נשמח אם תמליצו עלינו",
}
# Three answers, their sum, and the paragraph.
ANSWERS = [
    ((5, 4, 5), 14, "high"), ((3, 3, 3), 9, "medium"), ((1, 2, 1), 4, "low"),
    ((1, 3, 1), 5, "low"), ((2, 2, 2), 6, "medium"), ((3, 3, 4), 10, "medium"), ((3, 4, 4), 11, "high"),
    ((1, 1, 1), 3, "low"), ((5, 5, 5), 15, "high"),
]  # fmt: skip


def answers(dish: Dish, person: Contact, given: tuple[int, int, int]) -> None:
    dish.submits(person, **dict(zip(("service", "product", "recommend"), given, strict=True)))


def said(text: str) -> list[str]:
    return [key for key, words in SAID.items() if words in text]


@pytest.mark.parametrize("others", CROWDS)
def test_each_sum_brings_one_mail_with_its_own_paragraph_and_what_follows(
    shop: Shop, others: int
) -> None:
    dish = cook(shop, "survey")
    people = [shop.person(f"עונה {n}") for n in range(len(ANSWERS))]
    guests = crowd(shop, others)
    dish.told(guests, service=4, product=4)
    dish.told(guests, recommend=4)

    for person, (given, total, level) in zip(people, ANSWERS, strict=True):
        answers(dish, person, given)
        assert (dish.value(person, "sum"), dish.value(person, "level")) == (total, level)
    let_pass(shop, DAY)

    for person, (_given, _total, level) in zip(people, ANSWERS, strict=True):
        (mail,) = shop.got(person)
        assert (mail.subject, said(mail.text), said(mail.html)) == (THANKS, [level], [level])
    assert dish.values(guests, "sum") == [12] * others
    let_pass(shop, 3 * DAY)

    for person, (_given, _total, level) in zip(people, ANSWERS, strict=True):
        assert plain_subjects(shop, person) == [THANKS, THEN[level]]
    assert subjects_of(shop, guests) == [[THANKS, THEN["high"]]] * others


def test_a_second_submission_replaces_the_first(shop: Shop) -> None:
    """T2: 9 after 14 is 9, and not 23; of what follows there is one, for the newest answers."""
    dish = cook(shop, "survey")
    noa = shop.person("נועה")

    answers(dish, noa, (5, 4, 5))
    let_pass(shop, DAY)
    answers(dish, noa, (3, 3, 3))
    let_pass(shop, DAY)

    assert (dish.value(noa, "sum"), dish.value(noa, "level")) == (9, "medium")
    assert [said(mail.text) for mail in shop.got(noa)] == [["high"], ["medium"]]
    let_pass(shop, 6 * DAY)
    assert plain_subjects(shop, noa) == [THANKS, THANKS, THEN["medium"]]


def test_the_same_answers_again_are_counted_anew_and_say_nothing_new(shop: Shop) -> None:
    """T2, T9: 15 stays 15; the sum did not change, so that no second mail goes."""
    dish = cook(shop, "survey")
    noa = shop.person("נועה")

    for _twice in range(2):
        answers(dish, noa, (5, 5, 5))
        let_pass(shop, HOUR)

    assert dish.value(noa, "sum") == 15
    assert plain_subjects(shop, noa) == [THANKS]
    adding = dish.journeys[0]
    assert JourneyRun.objects.filter(journey_id=adding.pk, contact_id=noa.pk).count() == 2


def test_one_submission_of_three_answers_starts_it_once(shop: Shop) -> None:
    """T1."""
    dish = cook(shop, "survey")
    noa = shop.person("נועה")

    answers(dish, noa, (1, 2, 1))

    runs = JourneyRun.objects.filter(contact_id=noa.pk)
    assert [runs.filter(journey_id=one.pk).count() for one in dish.journeys] == [1, 1]


def test_two_submissions_before_anything_moves_are_no_two_sums(shop: Shop) -> None:
    """T2: side by side they would add up to 24."""
    dish = cook(shop, "survey")
    noa = shop.person("נועה")

    dish.told([noa], service=4, product=4, recommend=1)
    dish.told([noa], recommend=4)
    let_pass(shop, HOUR)

    assert dish.value(noa, "sum") == 12
    assert plain_subjects(shop, noa) == [THANKS]


def test_answers_that_are_not_all_there_have_no_sum(shop: Shop) -> None:
    """T4: two answers out of three are not a low sum, and no sum is no band."""
    dish = cook(shop, "survey")
    noa = shop.person("נועה")

    dish.submits(noa, service=1, product=1)
    let_pass(shop, 5 * DAY)
    alone = dish.value(noa, "sum"), plain_subjects(shop, noa)
    dish.submits(noa, recommend=1)
    let_pass(shop, HOUR)
    whole = dish.value(noa, "sum"), plain_subjects(shop, noa)
    dish.submits(noa, recommend=None)
    let_pass(shop, 5 * DAY)

    assert alone == (None, [])
    assert whole == (3, [THANKS])
    assert (dish.value(noa, "sum"), dish.value(noa, "level")) == (None, None)
    assert plain_subjects(shop, noa) == [THANKS]  # what would have followed has no sum to go by


def test_what_follows_is_advertising_and_needs_consent(shop: Shop) -> None:
    dish = cook(shop, "survey")
    refused = shop.person("מסרבת", email_consent="withdrawn")
    unknown = shop.person("לא נשאלה", email_consent="")

    for person in (refused, unknown):
        answers(dish, person, (5, 5, 5))
    let_pass(shop, 5 * DAY)

    assert plain_subjects(shop, unknown) == [THANKS]
    assert THEN["high"] not in plain_subjects(shop, refused)


def test_in_english_it_is_the_same(shop: Shop) -> None:
    dish = cook(shop, "survey", language="en")
    noa = shop.person("Noa")

    answers(dish, noa, (3, 4, 4))
    let_pass(shop, 4 * DAY)

    first, second = shop.got(noa)
    assert first.subject == "Thank you for answering"
    assert "they made our day" in first.text
    assert "Would you recommend us?" in second.subject
