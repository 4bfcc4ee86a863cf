"""E-18, as installed: the salesperson's answers decide; without consent nothing advertising goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_of, texts_to
from tests.scenarios.recipes import cook, plain_subjects, subjects_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPENER, CLOSER = "תודה על השיחה הכנה", "נשמח להמשיך את השיחה"
STORIES = "מה מספרים לקוחות שלנו"
SUBJECTS = {
    "fit": "איך יודעים אם זה מתאים לכם", "time": "גם כשאין זמן, אפשר להתחיל",
    "other": "חשבנו על מה שאמרתם",
}  # fmt: skip
# By obstacle and strength: what its paragraph says.
VALUE = {
    ("fit", "weak"): "פרט קטן לבדוק", ("fit", "medium"): "באותה נקודה", ("fit", "strong"): "להתחיל בקטן",
    ("time", "weak"): "רבע שעה", ("time", "medium"): "תוכנית מדורגת", ("time", "strong"): "במועד שתבחרו",
    ("other", "weak"): "במשפט אחד", ("other", "medium"): "שאלו על אותו דבר", ("other", "strong"): "שזה לא פשוט",
}  # fmt: skip


def said(text: str) -> list[tuple[str, str]]:
    return [key for key, words in VALUE.items() if words in text]


@pytest.mark.parametrize("others", CROWDS)
def test_each_reason_has_its_own_answer_in_its_own_time(shop: Shop, others: int) -> None:
    dish = cook(shop, "sales_feedback")
    price, think = (
        shop.person(name, mobile=f"+97250111220{number}", sms_consent="granted")
        for number, name in enumerate(("נועה", "דן"))
    )
    held = {key: shop.person(" ".join(key)) for key in VALUE}
    silent = shop.person("בלי תשובה")
    guests = crowd(shop, others)
    dish.told((price, *guests), reason="price")
    dish.told([think], reason="think")
    for (obstacle, strength), person in held.items():
        dish.told([person], reason=obstacle, strength=strength)

    people = (price, think, *held.values(), silent)
    dish.joins("called", (*people, *guests))
    at: dict[int, list[tuple[int, int]]] = {}
    for hours in (2, 4, 47, 49, 95, 97, 300):
        let_pass(shop, hours * HOUR - max(at, default=0) * HOUR)
        texts = texts_of(shop, people)
        at[hours] = [
            (len(mails), len(sms)) for mails, sms in zip(shop.post(people), texts, strict=True)
        ]

    none, nine = (0, 0), [(1, 0)] * 9
    assert at[2] == [none] * 12
    assert at[4] == at[47] == [(0, 1), *[none] * 11]
    assert at[49] == at[95] == [(0, 1), none, *nine, none]
    assert at[97] == at[300] == [(0, 1), (1, 1), *nine, none]
    assert "הטבה" in texts_to(shop, price)[0]
    assert plain_subjects(shop, think) == [STORIES]
    for (obstacle, strength), person in held.items():
        (mail,) = shop.got(person)
        assert plain_subjects(shop, person) == [SUBJECTS[obstacle]]
        assert said(mail.text) == said(mail.html) == [(obstacle, strength)]
        assert mail.text.index(OPENER) < mail.text.index(VALUE[obstacle, strength])
        assert mail.text.index(VALUE[obstacle, strength]) < mail.text.index(CLOSER)
    assert [len(texts) for texts in texts_of(shop, guests)] == [1] * others
    assert subjects_of(shop, guests) == [[]] * others
    assert dish.members("called") == set()


def test_of_an_obstacle_whose_strength_is_not_known_the_mail_keeps_its_opener_and_closer(
    shop: Shop,
) -> None:
    """T4, T23."""
    dish = cook(shop, "sales_feedback")
    noa = shop.person("נועה")
    dish.told([noa], reason="fit")

    dish.joins("called", [noa])
    let_pass(shop, 3 * DAY)

    (mail,) = shop.got(noa)
    assert (OPENER in mail.text, CLOSER in mail.text, said(mail.text)) == (True, True, [])


CONSENTS = ["withdrawn", ""]


@pytest.mark.parametrize("consent", CONSENTS, ids=["withdrawn", "never asked"])
def test_without_consent_nothing_advertising_goes(shop: Shop, consent: str) -> None:
    dish = cook(shop, "sales_feedback")
    people = [
        shop.person(
            reason, mobile=f"+97250111230{number}", email_consent=consent, sms_consent=consent
        )
        for number, reason in enumerate(("price", "think", "fit", "time", "other"))
    ]
    for person in people:
        dish.told([person], reason=person.first_name, strength="weak")

    dish.joins("called", people)
    let_pass(shop, 10 * DAY)

    assert subjects_of(shop, people) == texts_of(shop, people) == [[]] * 5


def test_consent_is_asked_of_each_channel_by_itself(shop: Shop) -> None:
    dish = cook(shop, "sales_feedback")
    by_mail = shop.person("במייל", mobile="+972501112301", sms_consent="withdrawn")
    by_text = shop.person(
        "ב־SMS", mobile="+972501112302", sms_consent="granted", email_consent="withdrawn"
    )
    dish.told([by_mail, by_text], reason="think")

    dish.joins("called", [by_mail, by_text])
    let_pass(shop, 5 * DAY)

    assert (plain_subjects(shop, by_mail), texts_to(shop, by_mail)) == ([STORIES], [])
    assert (plain_subjects(shop, by_text), len(texts_to(shop, by_text))) == ([], 1)


def test_the_next_call_goes_before_the_last_one(shop: Shop) -> None:
    """They wanted to think, and were called again on the next day: the price it is."""
    dish = cook(shop, "sales_feedback")
    noa = shop.person("נועה", mobile="+972501112201", sms_consent="granted")
    dish.told([noa], reason="think")
    dish.joins("called", [noa])
    let_pass(shop, DAY)

    dish.told([noa], reason="price")
    dish.joins("called", [noa])
    let_pass(shop, 10 * DAY)

    assert (plain_subjects(shop, noa), len(texts_to(shop, noa))) == ([], 1)
