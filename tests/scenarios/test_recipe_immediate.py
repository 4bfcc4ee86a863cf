"""E-38, as installed: a lead on Friday night is answered at once; the task and the offer wait for Sunday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kesher.journeys.models import StaffTask
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, subjects

FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 21:00 in Jerusalem
SUNDAY_NINE = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("others", CROWDS)
def test_friday_night_is_answered_at_once_and_advertising_waits(shop: Shop, others: int) -> None:
    shop.clock.now = FRIDAY_NIGHT
    dish = cook(shop, "immediate_answer")
    noa = shop.person("נועה")
    refused = shop.person("דן", email_consent="withdrawn")
    guests = crowd(shop, others)

    dish.joins("leads", (noa, refused, *guests))
    let_pass(shop, timedelta(minutes=1))
    assert [subjects(shop, one) for one in (noa, *guests)] == [["הנה המידע שביקשתם"]] * (1 + others)

    let_pass(shop, SUNDAY_NINE - timedelta(minutes=1) - shop.clock.now)
    assert not StaffTask.objects.exists()
    let_pass(shop, timedelta(minutes=2))
    task = StaffTask.objects.get(contact_id=noa.pk)
    assert task.created_at == SUNDAY_NINE
    assert len(shop.got(noa)) == 1

    let_pass(shop, timedelta(hours=3))
    assert [len(shop.got(one)) for one in (noa, *guests)] == [2] * (1 + others)
    assert StaffTask.objects.count() == 2 + others
    assert all("הצעה" not in one for one in subjects(shop, refused))
