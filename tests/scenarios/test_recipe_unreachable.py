"""E-29, as installed: asked when to call, the answer stored, the salesperson told at that time; up to three tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kesher.journeys.models import StaffAlert, StaffTask
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_of, texts_to
from tests.scenarios.recipes import SCANNER, click, cook, follow_all, plain

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
    assert [len(texts) for texts in texts_of(shop, guests)] == [1] * others
    assert list(StaffTask.objects.values_list("contact_id", flat=True)) == [silent.pk]
    alert = StaffAlert.objects.get(contact_id=exact.pk)
    assert plain(alert.text) == "שיחה שנקבעה לעכשיו: נועה, 050-111-2200"
    assert dish.values(people, "part") == [None, None, None, None, "evening"]
    assert dish.value(exact, "time") == "2026-11-19T13:30:00Z"
    assert dish.members("unreachable") == set()


def test_three_tries_each_in_its_own_words_and_then_a_task(shop: Shop) -> None:
    """A day, two and three after each; no fourth."""
    dish = cook(shop, "unreachable")
    noa = shop.person("נועה", mobile="+972501112201", sms_consent="granted")
    dish.joins("unreachable", [noa])
    at: list[tuple[int, int]] = []

    let_pass(shop, HOUR)
    for _day in range(7):
        at.append((len(texts_to(shop, noa)), StaffTask.objects.count()))
        let_pass(shop, DAY)
    let_pass(shop, 10 * DAY)

    assert at == [(1, 0), (2, 0), (2, 0), (3, 0), (3, 0), (3, 0), (3, 1)]
    assert (len(texts_to(shop, noa)), StaffTask.objects.count()) == (3, 1)
    assert len(set(texts_to(shop, noa))) == 3
    assert not StaffAlert.objects.exists()


PARTS = {  # asked on a Thursday evening; Friday and Saturday are no days of work
    "בבוקר": datetime(2026, 11, 22, 7, 0, tzinfo=UTC),
    "בצהריים": datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
    "אחר הצהריים": datetime(2026, 11, 22, 15, 0, tzinfo=UTC),
}


def test_a_part_of_the_day_is_that_of_the_next_working_day(shop: Shop) -> None:
    shop.clock.now = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    dish = cook(shop, "unreachable")
    people = [shop.person(words) for words in PARTS]
    dish.joins("unreachable", people)
    let_pass(shop, HOUR)

    for person, words in zip(people, PARTS, strict=True):
        click(shop, person, words)
    let_pass(shop, 6 * DAY)

    told = dict(StaffAlert.objects.values_list("contact_id", "created_at"))
    assert told == dict(zip((one.pk for one in people), PARTS.values(), strict=True))


def test_a_scanner_chooses_no_time(shop: Shop) -> None:
    """T14."""
    dish = cook(shop, "unreachable")
    noa = shop.person("נועה")
    dish.joins("unreachable", [noa])
    let_pass(shop, HOUR)

    follow_all(shop, noa, agent=SCANNER)
    let_pass(shop, DAY)

    assert (dish.value(noa, "part"), StaffAlert.objects.count()) == (None, 0)


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
