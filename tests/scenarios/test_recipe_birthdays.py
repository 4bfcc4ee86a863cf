"""E-33, as installed: birthdays of three, 29 February, and the month of birth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kesher.contacts.models import Contact
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, subjects

OWN, SPOUSE, CHILD = "יום הולדת שמח!", "מזל טוב לבן או לבת הזוג", "יש מי שחוגג היום"
MONTHLY, BLOCK = "מה חדש החודש", "החודש הוא חודש יום ההולדת שלכם"


def said(shop: Shop, person: Contact, subject: str) -> list[str]:
    return [mail.text for mail in shop.got(person) if subject in mail.subject]


@pytest.mark.parametrize("others", CROWDS)
def test_each_birthday_of_the_family_is_greeted_on_its_day(shop: Shop, others: int) -> None:
    dish = cook(shop, "birthdays")
    noa = shop.person("נועה", birthday=date(1990, 11, 20))
    dish.told([noa], spouse="1988-11-22", child="2020-11-18")
    guests = crowd(shop, others, birthday=date(1980, 11, 21))

    let_pass(shop, timedelta(days=7))

    assert [one.rsplit("פרסומת")[-1].strip(" :\u2068\u2069") for one in subjects(shop, noa)] == [
        CHILD, OWN, SPOUSE,
    ]  # fmt: skip
    assert all(len(said(shop, guest, OWN)) == 1 == len(shop.got(guest)) for guest in guests)


def test_29_february_is_greeted_on_the_28th_and_the_day_before_is_not(shop: Shop) -> None:
    shop.clock.now = datetime(2027, 2, 27, 6, 0, tzinfo=UTC)
    cook(shop, "birthdays")
    leap = shop.person("לירון", birthday=date(2004, 2, 29))

    let_pass(shop, timedelta(hours=14))
    before = len(said(shop, leap, OWN))
    let_pass(shop, timedelta(days=3))

    assert (before, len(said(shop, leap, OWN))) == (0, 1)


def test_the_monthly_mail_has_a_paragraph_for_who_celebrates(shop: Shop) -> None:
    """T22, T23: others get the mail without it; who did not agree gets nothing."""
    cook(shop, "birthdays")
    celebrates = shop.person("נועה", birthday=date(1990, 12, 24))
    later = shop.person("דן", birthday=date(1990, 1, 24))
    unknown = shop.person("יעל")
    refused = shop.person("אורן", birthday=date(1990, 12, 24), email_consent="withdrawn")

    let_pass(shop, timedelta(days=15))

    mails = {person.pk: said(shop, person, MONTHLY) for person in (celebrates, later, unknown)}
    assert [len(found) for found in mails.values()] == [1, 1, 1]
    assert [BLOCK in found[0] for found in mails.values()] == [True, False, False]
    assert not shop.got(refused)
