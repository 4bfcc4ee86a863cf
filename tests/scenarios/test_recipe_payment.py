"""E-17, as installed: on the billing date a mail with a link to pay; not opened, an SMS with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kesher.messages import sender
from kesher.messages.models import Message
from kesher.worker import steps
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_of, texts_to
from tests.scenarios.recipes import click, cook, open_mails, plain_subjects, subjects_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DEMAND = "היום מועד התשלום"


@pytest.mark.parametrize("others", CROWDS)
def test_who_does_not_open_gets_the_link_by_sms(shop: Shop, others: int) -> None:
    dish = cook(shop, "payment")
    opens, silent, paid, pays = (
        shop.person(name, mobile=f"+97250111230{number}", sms_consent="granted")
        for number, name in enumerate(("פותחת", "שותק", "שילמה", "משלם"))
    )
    guests = crowd(shop, others)
    people = (opens, silent, paid, pays)
    dish.told((opens, silent, pays), billing="2026-11-20", amount=120.5)
    dish.told([paid], billing="2026-11-20", paid=True)  # told together: it stays paid
    dish.told(guests, billing="2026-11-20")
    never = shop.person("בלי תאריך", mobile="+972501112399", sms_consent="granted")

    let_pass(shop, datetime(2026, 11, 20, 6, 59, tzinfo=UTC) - shop.clock.now)
    assert not Message.objects.exists()
    let_pass(shop, HOUR)
    assert [plain_subjects(shop, one) for one in people] == [[DEMAND], [DEMAND], [], [DEMAND]]
    assert "120.50" in shop.got(opens)[0].text
    assert "/c/" in shop.got(opens)[0].text  # a tracked link
    open_mails(shop, (opens, *guests))
    dish.told([pays], paid=True)
    let_pass(shop, 5 * DAY)

    assert [len(texts_to(shop, one)) for one in people] == [0, 1, 0, 0]
    assert (plain_subjects(shop, never), texts_to(shop, never)) == ([], [])
    found = re.search(r"/[cs]/\S+", texts_to(shop, silent)[0])
    assert found is not None
    assert Client().get(found[0])["Location"] == "https://example.com/pay"
    assert texts_of(shop, guests) == [[]] * others
    assert subjects_of(shop, guests) == [[DEMAND]] * others


def test_a_payment_between_the_check_and_the_sending_wins(shop: Shop) -> None:
    """T11: the SMS lies ready, and before it leaves the payment comes."""
    dish = cook(shop, "payment")
    noa = shop.person("נועה", mobile="+972501112300", sms_consent="granted")
    dish.told([noa], billing="2026-11-20")
    let_pass(shop, datetime(2026, 11, 22, 6, 59, tzinfo=UTC) - shop.clock.now)

    shop.clock.advance(2 * HOUR)
    while steps.engine(shop.clock.now):
        pass
    ready = Message.objects.get(channel="sms")
    dish.told([noa], paid=True)
    sender.send_due(shop.clock.now)
    let_pass(shop, 5 * DAY)

    assert ready.status == "queued"
    ready.refresh_from_db()
    assert (ready.status, ready.reason) == ("refused", "journey_left")
    assert texts_to(shop, noa) == []


def test_a_payment_before_the_mail_leaves_stops_that_too(shop: Shop) -> None:
    """T11."""
    dish = cook(shop, "payment")
    noa = shop.person("נועה", mobile="+972501112300", sms_consent="granted")
    dish.told([noa], billing="2026-11-20")
    let_pass(shop, datetime(2026, 11, 20, 6, 59, tzinfo=UTC) - shop.clock.now)

    shop.clock.advance(HOUR)
    while steps.engine(shop.clock.now):
        pass
    dish.told([noa], paid=True)
    let_pass(shop, 5 * DAY)

    assert (plain_subjects(shop, noa), texts_to(shop, noa)) == ([], [])


def test_a_machine_that_fetches_pictures_has_not_opened_and_a_click_has(shop: Shop) -> None:
    """T14, T19."""
    dish = cook(shop, "payment")
    proxy, clicks = (
        shop.person(name, mobile=f"+97250111231{number}", sms_consent="granted")
        for number, name in enumerate(("מתווך", "מקליקה"))
    )
    dish.told([proxy, clicks], billing="2026-11-18")
    let_pass(shop, 26 * HOUR)

    open_mails(shop, [proxy], agent="Mozilla/5.0")  # as Apple's proxy does
    click(shop, clicks, "לתשלום מאובטח")
    let_pass(shop, 5 * DAY)

    assert [len(texts_to(shop, one)) for one in (proxy, clicks)] == [1, 0]


def test_a_new_billing_date_begins_anew(shop: Shop) -> None:
    dish = cook(shop, "payment")
    noa = shop.person("נועה")
    dish.told([noa], billing="2026-11-20")
    let_pass(shop, 4 * DAY)
    dish.told([noa], paid=True)
    let_pass(shop, DAY)

    dish.told([noa], billing="2026-12-20")
    let_pass(shop, HOUR)
    asked_again = dish.value(noa, "paid")
    let_pass(shop, 30 * DAY)

    assert (asked_again, plain_subjects(shop, noa)) == (False, [DEMAND, DEMAND])
