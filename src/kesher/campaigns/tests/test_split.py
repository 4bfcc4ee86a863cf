"""Who gets which variant, which one wins, and how sure that is."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesher.campaigns.split import (
    Decision,
    Score,
    decide,
    in_sample_sql,
    is_clear,
    place_of,
    variant_sql,
)
from kesher.lib import sql


@pytest.mark.django_db
def test_the_statement_and_the_function_draw_the_same_places() -> None:
    statement = (
        f"SELECT n, {in_sample_sql('n')}, {variant_sql('n')} FROM generate_series(1, 3000) AS n"
    )
    parameters = {"split_campaign": "7", "split_sample": 30, "split_variants": 3}

    drawn = sql.rows(statement, parameters)

    assert [(inside, number) for _n, inside, number in drawn] == [
        place_of(7, n, percent=30, variants=3) for n, _inside, _number in drawn
    ]


@pytest.mark.parametrize("percent", [2, 10, 50, 100])
@pytest.mark.parametrize("variants", [2, 3, 4])
def test_the_sample_is_as_large_as_asked_and_evenly_shared(percent: int, variants: int) -> None:
    people = 40_000
    places = [place_of(12, n, percent=percent, variants=variants) for n in range(people)]
    shares = Counter(number for inside, number in places if inside)

    wanted = people * percent / 100
    assert sum(shares.values()) == pytest.approx(wanted, rel=0.1)
    assert all(count == pytest.approx(wanted / variants, rel=0.2) for count in shares.values()), (
        shares
    )
    assert set(shares) == set(range(variants))


def test_two_campaigns_draw_apart() -> None:
    first = [place_of(1, n, percent=50, variants=2) for n in range(200)]
    second = [place_of(2, n, percent=50, variants=2) for n in range(200)]

    assert first != second


CASES = [
    ([(100, 20), (100, 30)], Decision(1, "rate")),
    ([(100, 30), (100, 20)], Decision(0, "rate")),
    ([(50, 10), (100, 20)], Decision(0, "tie")),
    ([(100, 20), (100, 20), (100, 5)], Decision(0, "tie")),
    ([(100, 5), (100, 20), (100, 20)], Decision(1, "tie")),
    ([(100, 0), (100, 0)], Decision(0, "nothing")),
    ([(0, 0), (0, 0)], Decision(0, "nothing")),
    ([(0, 0), (3, 1)], Decision(1, "rate")),
]


@pytest.mark.parametrize(("numbers", "expected"), CASES)
def test_the_best_share_wins_and_of_equals_the_first(
    numbers: list[tuple[int, int]], expected: Decision
) -> None:
    scores = [Score(number, got, hits) for number, (got, hits) in enumerate(numbers)]

    assert decide(scores) == expected


@pytest.mark.parametrize(
    ("numbers", "clear"),
    [
        ([(1000, 200), (1000, 260)], True),
        ([(1000, 200), (1000, 215)], False),
        ([(8, 1), (8, 5)], False),  # large, but of eight people
        ([(5000, 1000), (5000, 1085), (5000, 900)], False),  # clear for two, not for three
        ([(5000, 1000), (5000, 1085)], True),
        ([(0, 0), (100, 20)], False),
        ([(100, 0), (100, 0)], False),
        ([(100, 100), (100, 100)], False),
    ],
)
def test_a_lead_is_called_clear_only_when_it_is_hardly_chance(
    numbers: list[tuple[int, int]], clear: bool
) -> None:
    scores = [Score(number, got, hits) for number, (got, hits) in enumerate(numbers)]

    assert is_clear(scores) is clear


@given(
    st.lists(
        st.integers(0, 10**6).flatmap(lambda got: st.tuples(st.just(got), st.integers(0, got))),
        min_size=2,
        max_size=4,
    )
)
def test_whatever_the_numbers_somebody_wins(numbers: list[tuple[int, int]]) -> None:
    scores = [Score(number, got, hits) for number, (got, hits) in enumerate(numbers)]

    winner = decide(scores)

    assert all(scores[winner.number].rate >= score.rate - 1e-12 for score in scores)
    assert is_clear(scores) in (True, False)
