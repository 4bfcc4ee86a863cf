"""E-33, as installed: birthdays of three, 29 February, and the month of birth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kesher.contacts.models import Contact
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook, plain_subjects, subjects_of

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

    assert plain_subjects(shop, noa) == [CHILD, OWN, SPOUSE]
    assert subjects_of(shop, guests) == [[OWN]] * others


LEAP = [  # the night before, and how many were greeted that day and the day after
    (datetime(2027, 2, 26, 22, 30, tzinfo=UTC), [0, 3]),  # a common year: on the 28th
    (datetime(2028, 2, 26, 22, 30, tzinfo=UTC), [0, 0, 3]),  # a leap year: on the 29th
]


@pytest.mark.parametrize(("night", "greeted"), LEAP, ids=["common", "leap"])
def test_29_february_of_all_three_is_greeted_on_the_28th_in_common_years(
    shop: Shop, night: datetime, greeted: list[int]
) -> None:
    """T22."""
    shop.clock.now = night
    dish = cook(shop, "birthdays")
    leap = shop.person("לירון", birthday=date(2004, 2, 29))
    dish.told([leap], spouse="2000-02-29", child="2024-02-29")
    at: list[int] = []

    for _day in greeted:
        let_pass(shop, timedelta(days=1))
        at.append(sum(len(said(shop, leap, one)) for one in (OWN, SPOUSE, CHILD)))
    let_pass(shop, timedelta(days=5))

    assert at == greeted
    assert [len(said(shop, leap, one)) for one in (OWN, SPOUSE, CHILD)] == [1, 1, 1]


def test_the_next_year_it_is_greeted_again(shop: Shop) -> None:
    cook(shop, "birthdays")
    noa = shop.person("נועה", birthday=date(1990, 11, 18))

    let_pass(shop, timedelta(days=2))
    shop.clock.now = datetime(2027, 11, 17, 8, tzinfo=UTC)
    let_pass(shop, timedelta(days=2))

    assert len(said(shop, noa, OWN)) == 2


@pytest.mark.parametrize("others", CROWDS)
def test_the_monthly_mail_has_a_paragraph_for_who_celebrates(shop: Shop, others: int) -> None:
    """T22, T23: others get the mail without it; who did not agree gets nothing."""
    cook(shop, "birthdays")
    celebrates = shop.person("נועה", birthday=date(1990, 12, 24))
    later = shop.person("דן", birthday=date(1990, 1, 24))
    unknown = shop.person("יעל")
    refused = shop.person("אורן", birthday=date(1990, 12, 24), email_consent="withdrawn")
    guests = crowd(shop, others, birthday=date(1975, 12, 31))

    let_pass(shop, datetime(2026, 12, 1, 7, 59, tzinfo=UTC) - shop.clock.now)
    assert not shop.got(later)
    let_pass(shop, timedelta(minutes=2))

    mails = {person.pk: said(shop, person, MONTHLY) for person in (celebrates, later, unknown)}
    assert [len(found) for found in mails.values()] == [1, 1, 1]
    assert [BLOCK in found[0] for found in mails.values()] == [True, False, False]
    assert not shop.got(refused)
    assert [[BLOCK in mail.text for mail in mails] for mails in shop.post(guests)] == [
        [True]
    ] * others
