"""E-04, as installed: two of three right, and they probably have small children; where the guess comes from is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, plain, subjects_of

RESULT = "כמה ידעתם? התוצאה שלכם בחידון"
PAPERS = {3: "bac", 2: "bad", 1: "bbb", 0: "aba"}  # the right ones are b, a, c


@pytest.mark.parametrize("others", CROWDS)
def test_two_right_or_more_are_probably_parents(shop: Shop, others: int) -> None:
    dish = cook(shop, "trivia")
    people = [shop.person(f"ענו {right}") for right in PAPERS]
    unfinished = shop.person("באמצע")
    guests = crowd(shop, others)
    dish.told(guests, q1="b", q2="a", q3="a")

    for person, answers in zip(people, PAPERS.values(), strict=True):
        dish.submits(person, **dict(zip(("q1", "q2", "q3"), answers, strict=True)))
    dish.submits(unfinished, q1="b", q2="a")
    let_pass(shop, timedelta(hours=1))

    assert dish.values(people, "right") == list(PAPERS)
    assert dish.values(people, "guess") == ["probable", "probable", None, None]
    sources = dish.values(people, "source")
    assert [source is not None for source in sources] == [True, True, False, False]
    assert "השערה לפי החידון" in sources[0]
    assert dish.members("parents") == {one.pk for one in (*people[:2], *guests)}
    for person, right in zip(people, PAPERS, strict=True):
        (mail,) = shop.got(person)
        assert mail.subject == RESULT
        assert f"{right} מתוך 3" in plain(mail.text)
        assert "ילדים" not in mail.html
    assert (dish.value(unfinished, "right"), dish.value(unfinished, "guess")) == (None, None)
    assert subjects_of(shop, [unfinished, *guests]) == [[], *[[RESULT]] * others]


@pytest.mark.parametrize("told", ["yes", "no"])
def test_what_they_told_themselves_goes_before_a_guess(shop: Shop, told: str) -> None:
    dish = cook(shop, "trivia")
    noa = shop.person("נועה")
    dish.told([noa], guess=told)

    dish.submits(noa, q1="b", q2="a", q3="c")
    let_pass(shop, timedelta(hours=1))

    assert (dish.value(noa, "guess"), dish.value(noa, "source")) == (told, None)
    assert dish.members("parents") == set()
    assert dish.value(noa, "right") == 3
