"""E-27, as installed: who was welcomed already takes another path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kesher.contacts.lists import leave_list
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, plain_subjects, subjects_of

HOUR = timedelta(hours=1)
WELCOME, AGAIN = "ברוכים הבאים, שמחים להכיר", "טוב שחזרתם"


@pytest.mark.parametrize("others", CROWDS)
def test_who_was_welcomed_takes_another_path(shop: Shop, others: int) -> None:
    door = cook(shop, "guard")
    noa, dan = shop.person("נועה"), shop.person("דן")
    guests = crowd(shop, others)
    half = guests[::2]
    door.joins("known", [dan, *half])

    door.joins("inquiries", (noa, dan, *guests))
    let_pass(shop, HOUR)
    door.joins("inquiries", [noa])
    let_pass(shop, HOUR)

    assert subjects_of(shop, [noa, dan]) == [[WELCOME, AGAIN], [AGAIN]]
    assert subjects_of(shop, half) == [[AGAIN]] * len(half)
    assert subjects_of(shop, guests[1::2]) == [[WELCOME]] * (others - len(half))
    assert door.members("known") == {one.pk for one in (noa, dan, *guests)}
    assert door.members("inquiries") == set()


def test_who_left_the_list_of_the_known_is_welcomed_anew(shop: Shop) -> None:
    """T18: leaving it is no withdrawal of consent."""
    door = cook(shop, "guard")
    noa = shop.person("נועה")
    door.joins("inquiries", [noa])
    let_pass(shop, HOUR)

    leave_list(
        shop.workspace.pk, list_id=door.lists["known"], contact_ids=[noa.pk], now=shop.clock.now
    )
    door.joins("inquiries", [noa])
    let_pass(shop, HOUR)

    noa.refresh_from_db()
    assert plain_subjects(shop, noa) == [WELCOME, WELCOME]
    assert noa.email_consent == "granted"


def test_two_inquiries_at_once_are_one_welcome(shop: Shop) -> None:
    door = cook(shop, "guard")
    noa = shop.person("נועה")

    door.joins("inquiries", [noa])
    door.joins("inquiries", [noa])
    let_pass(shop, HOUR)

    assert plain_subjects(shop, noa) == [WELCOME]
