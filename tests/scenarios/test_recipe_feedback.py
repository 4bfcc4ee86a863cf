"""E-18, as installed: the salesperson's answers decide; without consent nothing advertising goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_to
from tests.scenarios.recipes import cook

OPENER, CLOSER = "תודה על השיחה הכנה", "נשמח להמשיך את השיחה"
BY_STRENGTH = {"weak": "פרט קטן", "medium": "התלבטו באותה נקודה", "strong": "להתחיל בקטן"}


@pytest.mark.parametrize("others", CROWDS)
def test_each_reason_has_its_own_answer_in_its_own_time(shop: Shop, others: int) -> None:
    dish = cook(shop, "sales_feedback")
    price = shop.person("נועה", mobile="+972501112201", sms_consent="granted")
    think = shop.person("דן", mobile="+972501112202", sms_consent="granted")
    refused = shop.person(
        "יעל", mobile="+972501112203", email_consent="withdrawn", sms_consent="withdrawn"
    )
    weak, medium, strong = (shop.person(name) for name in BY_STRENGTH)
    silent = shop.person("בלי תשובה")
    guests = crowd(shop, others)
    dish.told((price, *guests), reason="price")
    dish.told((think, refused), reason="think")
    for person, strength in zip((weak, medium, strong), BY_STRENGTH, strict=True):
        dish.told([person], reason="other", strength=strength)

    people = (price, think, refused, weak, medium, strong, silent)
    dish.joins("called", (*people, *guests))
    at: dict[int, list[int]] = {}
    for hours in (2, 4, 47, 49, 95, 97):
        let_pass(shop, timedelta(hours=hours - max(at, default=0)))
        at[hours] = [len(shop.got(one)) + len(texts_to(shop, one)) for one in people]

    assert at[2] == [0, 0, 0, 0, 0, 0, 0]
    assert at[4] == at[47] == [1, 0, 0, 0, 0, 0, 0]
    assert at[49] == at[95] == [1, 0, 0, 1, 1, 1, 0]
    assert at[97] == [1, 2, 0, 1, 1, 1, 0]
    assert all(len(texts_to(shop, guest)) == 1 for guest in guests)
    for person, own in zip((weak, medium, strong), BY_STRENGTH.values(), strict=True):
        (mail,) = shop.got(person)
        assert OPENER in mail.text
        assert CLOSER in mail.text
        assert [one for one in BY_STRENGTH.values() if one in mail.text] == [own]
