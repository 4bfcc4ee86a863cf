"""E-31, as installed: each child at its age; twins bring one mail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook

ONE, THREE, SIX = "בגיל שנה", "גיל שלוש הוא", "עוד מעט כיתה א׳"


@pytest.mark.parametrize("others", CROWDS)
def test_each_child_brings_the_mail_of_its_age(shop: Shop, others: int) -> None:
    dish = cook(shop, "ages")
    noa, twins, grown = shop.person("נועה"), shop.person("דן"), shop.person("יעל")
    refused = shop.person("אורן", email_consent="withdrawn")
    guests = crowd(shop, others)
    dish.told([noa], first="2020-11-18", second="2023-11-20", third="2025-11-19")  # 6, 3 and 1
    dish.told([twins], first="2023-11-20", second="2023-11-20")
    dish.told([grown], first="2010-11-18")
    dish.told((refused, *guests), first="2025-11-21")

    let_pass(shop, timedelta(days=6))

    mine = [mail.text for mail in shop.got(noa)]
    assert [own in text for own, text in zip((SIX, ONE, THREE), mine, strict=True)] == [True] * 3
    assert [len(shop.got(one)) for one in (twins, grown, refused)] == [1, 0, 0]
    assert all(len(shop.got(guest)) == 1 for guest in guests)
