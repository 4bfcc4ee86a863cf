"""E-29, as installed: asked when to call, the answer stored, the salesperson told at that time; up to three tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kesher.contacts.models import ListMembership
from kesher.journeys.models import StaffAlert, StaffTask
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_to
from tests.scenarios.recipes import click, cook

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize("others", CROWDS)
def test_the_salesperson_is_told_at_the_time_that_was_asked_for(shop: Shop, others: int) -> None:
    """It is Tuesday, 10:00."""
    dish = cook(shop, "unreachable")
    exact, second, moved, silent = (
        shop.person(name, mobile=f"+97250111220{number}", sms_consent="granted")
        for number, name in enumerate(("נועה", "דן", "יעל", "אורן"))
    )
    by_mail = shop.person("מעדיפה מייל")
    guests = crowd(shop, others)
    people = (exact, second, moved, silent, by_mail)

    dish.joins("unreachable", (*people, *guests))
    let_pass(shop, HOUR)
    assert [len(texts_to(shop, one)) for one in people] == [1, 1, 1, 1, 0]
    dish.told((exact, *guests), time="2026-11-19T15:30:00+02:00")
    dish.told([moved], time="2026-11-19T15:30:00+02:00")
    click(shop, by_mail, "אחר הצהריים")
    let_pass(shop, 26 * HOUR)
    assert [len(texts_to(shop, one)) for one in people] == [1, 2, 1, 2, 0]
    dish.told([second], time="2026-11-22T09:00:00+02:00")
    dish.told([moved], time="2026-11-23T11:15:00+02:00")
    let_pass(shop, 20 * DAY)

    told = dict(StaffAlert.objects.values_list("contact_id", "created_at"))
    thursday = datetime(2026, 11, 19, 13, 30, tzinfo=UTC)
    assert told == {
        exact.pk: thursday,
        second.pk: datetime(2026, 11, 22, 7, 0, tzinfo=UTC),
        moved.pk: datetime(2026, 11, 23, 9, 15, tzinfo=UTC),
        by_mail.pk: datetime(2026, 11, 17, 15, 0, tzinfo=UTC),
        **{guest.pk: thursday for guest in guests},
    }
    assert [len(texts_to(shop, one)) for one in people] == [1, 2, 1, 3, 0]
    assert all(len(texts_to(shop, guest)) == 1 for guest in guests)
    assert list(StaffTask.objects.values_list("contact_id", flat=True)) == [silent.pk]
    alert = StaffAlert.objects.get(contact_id=exact.pk)
    assert "נועה" in alert.text
    assert not ListMembership.objects.filter(list_id=dish.lists["unreachable"]).exists()


def test_a_time_that_is_over_is_told_at_once(shop: Shop) -> None:
    dish = cook(shop, "unreachable")
    noa = shop.person("נועה", mobile="+972501112201", sms_consent="granted")
    dish.joins("unreachable", [noa])
    let_pass(shop, HOUR)

    dish.told([noa], time="2026-11-17T08:00:00+02:00")
    let_pass(shop, timedelta(minutes=1))

    assert StaffAlert.objects.get().created_at == datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def test_next_time_the_tries_begin_anew_and_the_old_answer_does_not_count(shop: Shop) -> None:
    dish = cook(shop, "unreachable")
    noa = shop.person("נועה", mobile="+972501112201", sms_consent="granted")
    dish.joins("unreachable", [noa])
    let_pass(shop, HOUR)
    dish.told([noa], time="2026-11-18T12:00:00+02:00")
    let_pass(shop, 2 * DAY)

    dish.joins("unreachable", [noa])
    let_pass(shop, 10 * DAY)

    assert (StaffAlert.objects.count(), StaffTask.objects.count()) == (1, 1)
    assert len(texts_to(shop, noa)) == 4
