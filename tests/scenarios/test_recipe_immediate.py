"""E-38, as installed: a lead on Friday night is answered at once; the task and the offer wait for Sunday.

With the sending hours of the settings, turned on as a user does; and where none are set, by a wait.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from kesher.contacts.models import Contact
from kesher.journeys.models import StaffTask
from kesher.journeys.why import why
from kesher.messages.models import Message
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, subjects, subjects_of

FRIDAY_NIGHT = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 21:00 in Jerusalem
SUNDAY_EIGHT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SUNDAY_NINE = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
OFFER = "הצעה לחברים חדשים"


@pytest.mark.parametrize("others", CROWDS)
def test_the_offer_waits_for_the_sending_hours_of_the_settings(
    shop: Shop, signed_in: Client, others: int
) -> None:
    shop.clock.now = FRIDAY_NIGHT
    signed_in.post(f"/w/{shop.workspace.key}/settings/hours/usual/", {"city": "jerusalem"})
    dish = cook(shop, "immediate_answer")
    waits = [node for node in dish.journeys[0].draft["nodes"].values() if "weekdays" in node]
    assert len(waits) == 1  # for the task alone
    noa, leaver = shop.person("נועה"), shop.person("יעל")
    refused = shop.person("דן", email_consent="withdrawn")
    guests = crowd(shop, others)

    dish.joins("leads", (noa, leaver, refused, *guests))
    let_pass(shop, timedelta(minutes=1))
    assert subjects_of(shop, [noa, *guests]) == [["הנה המידע שביקשתם"]] * (1 + others)

    let_pass(shop, timedelta(hours=3))
    offers = Message.objects.filter(message_class="advertising", status="queued")
    assert set(offers.values_list("reason", "due_at")) == {("window", SUNDAY_EIGHT)}
    with translation.override("he"):
        told = why(dish.journeys[0], noa, now=shop.clock.now)
    assert "ממתינה לשעות השליחה: יום ראשון 22.11, 08:00" in str(told)
    Contact.objects.filter(pk=leaver.pk).update(email_consent="withdrawn")

    let_pass(shop, SUNDAY_EIGHT - timedelta(minutes=1) - shop.clock.now)
    assert [len(mails) for mails in shop.post([noa, *guests])] == [1] * (1 + others)
    let_pass(shop, timedelta(minutes=1))
    assert subjects_of(shop, [noa, *guests]) == [["הנה המידע שביקשתם", OFFER]] * (1 + others)
    assert not StaffTask.objects.exists()

    let_pass(shop, SUNDAY_NINE - shop.clock.now)
    assert StaffTask.objects.get(contact_id=noa.pk).created_at == SUNDAY_NINE
    let_pass(shop, timedelta(days=2))
    assert [len(mails) for mails in shop.post([noa, *guests])] == [2] * (1 + others)
    assert StaffTask.objects.count() == 3 + others
    assert all(OFFER not in one for person in (refused, leaver) for one in subjects(shop, person))


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
