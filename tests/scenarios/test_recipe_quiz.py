"""E-02, as installed: the score and its text are there when the submission is answered; beyond the bands there is one, too."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import translation

from kesher.contacts.models import Contact
from kesher.journeys.actions import problems_of, save_draft
from kesher.journeys.models import Journey, JourneyRun
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import Dish, cook, plain, plain_subjects, subjects_of

HOUR = timedelta(hours=1)
RESULT = "התוצאה שלכם בשאלון"
QUESTIONS = ("q1", "q2", "q3", "q4", "q5")
POINTS = {10: "a", 20: "b", 30: "d"}
ANSWERS = [
    ((10, 10, 10, 10, 10), 50, "בתחילת הדרך"), ((10, 10, 10, 10, 20), 60, "בתחילת הדרך"),
    ((10, 10, 10, 20, 20), 70, "בכיוון הנכון"), ((10, 10, 20, 20, 20), 80, "כמעט שם"),
    ((10, 20, 20, 20, 20), 90, "מומחים"), ((30, 30, 30, 30, 30), 150, "מומחים"),
]  # fmt: skip


def answers(dish: Dish, person: Contact, points: tuple[int, ...]) -> None:
    given = [POINTS[one] for one in points]
    dish.submits(person, **dict(zip(QUESTIONS, given, strict=True)))


@pytest.mark.parametrize("others", CROWDS)
def test_the_score_and_its_text_are_there_at_once(shop: Shop, others: int) -> None:
    dish = cook(shop, "quiz")
    people = [shop.person(f"עונה {n}") for n in range(len(ANSWERS))]
    guests = crowd(shop, others)
    dish.told(guests, q1="c", q2="c", q3="c", q4="a")
    dish.told(guests, q5="a")

    for person, (points, total, text) in zip(people, ANSWERS, strict=True):
        answers(dish, person, points)
        assert dish.value(person, "total") == total
        assert text in dish.value(person, "text")
    let_pass(shop, HOUR)

    for person, (_points, total, text) in zip(people, ANSWERS, strict=True):
        (mail,) = shop.got(person)
        assert mail.subject == RESULT
        assert f"הציון שלכם: {total}" in plain(mail.text)
        assert text in plain(mail.text)
    assert dish.values(guests, "total") == [80] * others
    assert subjects_of(shop, guests) == [[RESULT]] * others
    assert dish.members("answered") == {one.pk for one in (*people, *guests)}


def test_answering_again_gives_a_new_score_and_not_a_sum_of_both(shop: Shop) -> None:
    """T1, T2."""
    dish = cook(shop, "quiz")
    noa = shop.person("נועה")

    answers(dish, noa, (30, 30, 30, 30, 30))
    answers(dish, noa, (10, 10, 10, 10, 10))
    first = dish.value(noa, "total"), dish.value(noa, "text")
    answers(dish, noa, (10, 10, 10, 10, 10))

    assert first[0] == dish.value(noa, "total") == 50
    assert "בתחילת הדרך" in first[1]
    assert JourneyRun.objects.filter(contact_id=noa.pk).count() == 3


def test_an_unfinished_quiz_has_no_score(shop: Shop) -> None:
    """T4."""
    dish = cook(shop, "quiz")
    noa = shop.person("נועה")

    dish.submits(noa, q1="d", q2="d")
    let_pass(shop, HOUR)

    assert (dish.value(noa, "total"), dish.value(noa, "text")) == (None, None)
    assert plain_subjects(shop, noa) == []
    assert dish.members("answered") == set()


def test_without_otherwise_the_editor_tells_of_what_no_band_covers(shop: Shop) -> None:
    """T3: five questions of 10, 20 or 30 give up to 150; the bands end at 80."""
    journey: Journey = cook(shop, "quiz").journeys[0]
    assert not [one for one in problems_of(shop.access, journey) if one.level == "warning"]
    graph = deepcopy(journey.draft)
    del graph["nodes"]["band"]["otherwise"]

    save_draft(shop.access, journey, graph=graph, revision=journey.revision, now=shop.clock.now)

    with translation.override("en"):
        told = [plain(str(one.words)) for one in problems_of(shop.access, journey)]
    assert "“ציון כולל” from 81 up matches nothing" in told
    assert "“ציון כולל” up to 49 matches nothing" in told


def test_in_english_it_is_the_same(shop: Shop) -> None:
    dish = cook(shop, "quiz", language="en")
    noa = shop.person("Noa")

    answers(dish, noa, (10, 10, 20, 20, 20))
    let_pass(shop, HOUR)

    (mail,) = shop.got(noa)
    assert mail.subject == "Your result in the quiz"
    assert "Your score: 80" in plain(mail.text)
    assert "Almost there" in plain(mail.text)
