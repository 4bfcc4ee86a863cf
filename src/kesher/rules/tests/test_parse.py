"""What is refused, where it is said to be, and what is suggested."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from kesher.rules.parse import parse, problems_of
from kesher.rules.problems import BadRule
from kesher.rules.tests.helpers import VOCABULARY
from kesher.rules.vocabulary import Segment, Vocabulary

REFUSED: list[tuple[Any, str]] = [
    ({"all": [{"list": "vip"}, {"identified": True}, {"field": "city", "op": "contians", "value": "x"}]},
     "all[2].op: “contians” is not an operator of text; did you mean “contains”?"),
    ({"field": "citty", "op": "is_set"}, "field: there is no field “citty”; did you mean “city”?"),
    ({"field": "עיר", "op": "is_set"}, "field: there is no field “עיר”; did you mean “city”?"),
    ({"field": "city", "op": "is_set", "vlaue": 1}, "vlaue: “vlaue” has no meaning here; did you mean “value”?"),
    ({"field": "score", "op": "gt", "value": "4"}, "value: a number is expected here, not a text"),
    ({"field": "score", "op": "gt", "value": True}, "value: a number is expected here, not a text"),
    ({"field": "score", "op": "gt"}, "value: a number is expected here, not a text"),
    ({"field": "score", "op": "gt", "value": 1e300}, "value: the number is too large"),
    ({"field": "score", "op": "gt", "value": float("nan")}, "value: a number of more than 15 digits"),
    ({"field": "score", "op": "between", "value": [60, 50]}, "value: from is above to: nothing lies between them"),
    ({"field": "city", "op": "equals", "value": ""}, "value: the text is empty or cannot be kept"),
    ({"field": "city", "op": "equals", "value": "a\0"}, "value: the text is empty or cannot be kept"),
    ({"field": "city", "op": "equals", "value": "\ud800"}, "value: the text is empty or cannot be kept"),
    ({"field": "city", "op": "one_of", "value": []}, "value: a list with at least one value is expected here"),
    ({"field": "city", "op": "is_set", "value": 1}, "value: this operator takes no value"),
    ({"field": "signed", "op": "equals", "value": "x"}, "op: “equals” is not an operator of signature"),
    ({"field": "wedding", "op": "on", "value": "2026-02-29"}, "value: a day is expected here, like 2027-03-26"),
    ({"field": "wedding", "op": "in_last", "value": "PT2H"}, "value: a duration of whole days is expected here, like P30D"),
    ({"field": "wedding", "op": "day_is", "value": "02-30"}, "value: a month and a day are expected here, like 03-26, or today"),
    ({"field": "wedding", "op": "month_is", "value": 13}, "value: a month is expected here: 1 to 12, this, next or last"),
    ({"list": "vpi"}, "list: there is no list “vpi”; did you mean “vip”?"),
    ({"list": "vip", "joined": {"within": "30 days"}}, "joined.within: a duration is expected here, like P30D or PT2H"),
    ({"list": "all", "joined": {"within": "P1D"}}, "joined: nobody joins the list of everybody: ask when the contact was added"),
    ({"segment": "hafia"}, "segment: there is no segment “hafia”; did you mean “haifa”?"),
    ({"consent": "emial"}, "consent: there is no channel “emial”; did you mean “email”?"),
    ({"identified": "yes"}, "identified: true or false is expected here"),
    ({"did": "purchase.mad"}, "did: there is no event “purchase.mad”; did you mean “purchase.made”?"),
    ({"did": "message.opened", "where": {"subjet": "x"}}, "where.subjet: this event has no entry “subjet”; did you mean “subject”?"),
    ({"did": "message.opened", "where": {"message": "welcom"}}, "where.message: there is no message “welcom”; did you mean “welcome”?"),
    ({"did": "purchase.made", "where": {"total": "200"}}, "where.total.value: a number is expected here, not a text"),
    ({"did": "purchase.made", "times": {"at_least": 0}}, "times: at least 0 times is always true"),
    ({"did": "purchase.made", "times": {"at_least": 3, "at_most": 2}}, "times: at_least is above at_most: nothing lies between them"),
    ({"did": "purchase.made", "within": "P1D", "since": "2026-01-01"}, "within: within and since exclude each other"),
    ({"did": "purchase.made", "by": "robot"}, "by: human or any is expected here"),
    ({"al": []}, "al: “al” is not a kind of condition; did you mean “all”?"),
    ({"all": {}}, "all: a list of rules is expected here"),
    ({"all": [], "any": []}, "any: “any” has no meaning here"),
    ([], "a rule is an object, like {\"field\": …}"),
]  # fmt: skip


@pytest.mark.parametrize(("json", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_a_mistake_is_named_with_its_place_and_a_suggestion(json: Any, words: str) -> None:
    with override("en"):
        assert [str(problem) for problem in problems_of(json, VOCABULARY)] == [words]
    with override("he"):
        assert str(problems_of(json, VOCABULARY)[0]) != words


def test_everything_that_is_wrong_is_said_at_once_with_the_place_in_the_larger_document() -> None:
    json = {"any": [{"field": "x", "op": "is_set"}, {"not": {"list": 99}}, {"all": [{"did": 3}]}]}

    with pytest.raises(BadRule) as refused:
        parse(json, VOCABULARY, path="nodes.c1.rule")

    assert [problem.path for problem in refused.value.problems] == [
        "nodes.c1.rule.any[0].field",
        "nodes.c1.rule.any[1].not.list",
        "nodes.c1.rule.any[2].all[0].did",
    ]


def test_rules_too_deep_or_too_long_are_refused() -> None:
    deep: Any = {"list": "vip"}
    for _ in range(50):
        deep = {"not": deep}
    long = {"all": [{"list": "vip"}] * 5000}

    assert [problem.code for problem in problems_of(deep, VOCABULARY)] == ["too_deep"]
    assert [problem.code for problem in problems_of(long, VOCABULARY)] == ["too_many"]


def test_segments_that_lead_back_to_themselves_are_refused() -> None:
    words = Vocabulary(
        segments=(
            Segment("a", "A", {"all": [{"segment": "b"}]}),
            Segment("b", "B", {"not": {"segment": "a"}}),
            Segment("c", "C", {"all": []}),
        )
    )

    assert [problem.code for problem in problems_of({"segment": "a"}, words)] == ["circle"]
    assert problems_of({"segment": "c"}, words) == ()
    assert [problem.code for problem in problems_of({"segment": "c"}, words, owner="c")] == [
        "circle"
    ]
