"""E-17, as installed: on the billing date a mail with a link to pay; not opened, an SMS with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kesher.messages.models import Message
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_to
from tests.scenarios.recipes import cook, open_mails, plain_subjects

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
    assert "http" in texts_to(shop, silent)[0]
    assert not any(texts_to(shop, guest) for guest in guests)
    assert all(plain_subjects(shop, guest) == [DEMAND] for guest in guests)


def test_a_payment_between_the_check_and_the_sending_wins(shop: Shop) -> None:
    """T11: the SMS is due, and the payment comes at the same moment."""
    dish = cook(shop, "payment")
    noa = shop.person("נועה", mobile="+972501112300", sms_consent="granted")
    dish.told([noa], billing="2026-11-20")
    let_pass(shop, datetime(2026, 11, 22, 6, 59, tzinfo=UTC) - shop.clock.now)

    shop.clock.advance(2 * HOUR)
    dish.told([noa], paid=True)
    let_pass(shop, DAY)

    assert texts_to(shop, noa) == []


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
