"""E-27, as installed: who was welcomed already takes another path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kesher.contacts.models import ListMembership
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, subjects

WELCOME, AGAIN = "ברוכים הבאים, שמחים להכיר", "טוב שחזרתם"


@pytest.mark.parametrize("others", CROWDS)
def test_who_was_welcomed_takes_another_path(shop: Shop, others: int) -> None:
    door = cook(shop, "guard")
    noa, dan = shop.person("נועה"), shop.person("דן")
    guests = crowd(shop, others)
    door.joins("known", [dan])

    door.joins("inquiries", (noa, dan, *guests))
    let_pass(shop, timedelta(hours=1))
    door.joins("inquiries", [noa])
    let_pass(shop, timedelta(hours=1))

    assert subjects(shop, noa) == [WELCOME, AGAIN]
    assert subjects(shop, dan) == [AGAIN]
    assert all(subjects(shop, guest) == [WELCOME] for guest in guests)
    known = ListMembership.objects.filter(list_id=door.lists["known"])
    assert known.count() == 2 + others
    assert not ListMembership.objects.filter(list_id=door.lists["inquiries"]).exists()
