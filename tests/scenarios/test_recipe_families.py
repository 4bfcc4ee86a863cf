"""E-06, as installed: no children, two, four, five, unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, subjects_of

HOUR = timedelta(hours=1)
PARTS = {
    "he": ["העדכונים שלנו לכולם", "למבוגרים בלבד:", "להורים:", "למשפחות גדולות:"],
    "en": ["our news for everybody", "For grown-ups:", "For parents:", "For large families:"],
}
NEUTRAL, P1, P2, P3 = range(4)
FAMILIES: list[tuple[dict[str, Any], list[int]]] = [
    ({"parent": False}, [NEUTRAL, P1]),
    ({"parent": False, "children": 0}, [NEUTRAL, P1]),
    ({"parent": True, "children": 2}, [NEUTRAL, P2]),
    ({"parent": True, "children": 4}, [NEUTRAL, P2]),
    ({"parent": True, "children": 5}, [NEUTRAL, P2, P3]),
    ({}, [NEUTRAL]),
    ({"status": "married"}, [NEUTRAL]),
    ({"parent": True}, [NEUTRAL, P2]),  # T4: how many is not known
    ({"children": 5}, [NEUTRAL]),  # it takes both: has children, and more than four
    ({"parent": False, "children": 5}, [NEUTRAL, P1]),
]


@pytest.mark.parametrize("language", ["he", "en"])
@pytest.mark.parametrize("others", CROWDS)
def test_each_gets_the_paragraphs_that_fit(shop: Shop, others: int, language: str) -> None:
    dish = cook(shop, "families", language=language)
    people = [shop.person(f"משפחה {number}") for number in range(len(FAMILIES))]
    refused = shop.person("מסרבת", email_consent="withdrawn")
    guests = crowd(shop, others)
    for person, (values, _parts) in zip(people, FAMILIES, strict=True):
        dish.told([person], **values)
    dish.told([refused], parent=True, children=5)
    dish.told(guests, parent=True, children=5)

    dish.joins("readers", (*people, refused, *guests))
    let_pass(shop, HOUR)

    def parts(words: str) -> list[int]:
        return [number for number, part in enumerate(PARTS[language]) if part in words]

    for person, (_values, expected) in zip(people, FAMILIES, strict=True):
        (mail,) = shop.got(person)
        assert parts(mail.text) == parts(mail.html) == expected
    assert subjects_of(shop, [refused]) == [[]]
    assert [[parts(mail.text) for mail in mails] for mails in shop.post(guests)] == [
        [[NEUTRAL, P2, P3]]
    ] * others
