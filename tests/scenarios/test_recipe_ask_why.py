"""E-19, as installed: three days after a call without a purchase people are asked why; each answer has its own answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_to
from tests.scenarios.recipes import SCANNER, click, cook, follow_all, plain_subjects, subjects_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ASK = "אפשר לשאול מה עצר אתכם?"
EXPLAIN, OFFER, DISCOUNT = (
    "הנה ההסבר, בקצרה",
    "אמרתם אחר כך, אז חזרנו",
    "בדקנו שוב את המחיר בשבילכם",
)
BUTTONS = {"unclear": "לא הכול ברור לי", "later": "עכשיו לא הזמן", "price": "המחיר גבוה לי"}


@pytest.mark.parametrize("others", CROWDS)
def test_each_answer_has_its_own_answer(shop: Shop, others: int) -> None:
    dish = cook(shop, "ask_why")
    unclear, later, price = (shop.person(name) for name in BUTTONS)
    bought, soon, silent = (shop.person(name) for name in ("קנתה", "קונה בקרוב", "שותקת"))
    type(silent).objects.filter(pk=silent.pk).update(mobile="+972501112290", sms_consent="granted")
    silent.refresh_from_db()
    never_asked = shop.person("לא נשאלה", email_consent="")
    guests = crowd(shop, others)
    people = (unclear, later, price, bought, soon, silent, never_asked)
    dish.told((*people, *guests), called="2026-11-17")
    dish.told([bought], bought=True)

    let_pass(shop, datetime(2026, 11, 20, 7, 59, tzinfo=UTC) - shop.clock.now)
    assert not any(shop.got(one) for one in people)  # the third day, a minute before ten
    let_pass(shop, HOUR)
    asked = [plain_subjects(shop, one) for one in people]
    assert asked == [[ASK], [ASK], [ASK], [], [ASK], [ASK], [ASK]]
    for person, key in (
        (unclear, "unclear"),
        (later, "later"),
        (price, "price"),
        (never_asked, "price"),
    ):
        click(shop, person, BUTTONS[key])
    dish.told(guests, why="unclear")
    dish.told([soon], bought=True)
    let_pass(shop, DAY)

    assert plain_subjects(shop, unclear) == [ASK, EXPLAIN]
    assert plain_subjects(shop, price) == [ASK, DISCOUNT]
    assert plain_subjects(shop, later) == [ASK]
    assert plain_subjects(shop, never_asked) == [ASK]  # the discount is advertising
    assert dish.value(price, "why") == "price"
    let_pass(shop, 28 * DAY)
    assert plain_subjects(shop, later) == [ASK]
    let_pass(shop, 2 * DAY)
    assert plain_subjects(shop, later) == [ASK, OFFER]
    assert (plain_subjects(shop, soon), texts_to(shop, soon)) == ([ASK], [])
    assert len(texts_to(shop, silent)) == 1
    assert plain_subjects(shop, silent) == [ASK]
    assert subjects_of(shop, guests) == [[ASK, EXPLAIN]] * others


def test_the_reminder_may_still_be_answered_and_no_discount_comes_before_a_reason(
    shop: Shop,
) -> None:
    dish = cook(shop, "ask_why")
    late = shop.person("מאחרת", mobile="+972501112291", sms_consent="granted")
    dish.told([late], called="2026-11-17")

    let_pass(shop, 9 * DAY)
    before = plain_subjects(shop, late), len(texts_to(shop, late))
    dish.told([late], why="price")
    let_pass(shop, DAY)

    assert before == ([ASK], 1)
    assert plain_subjects(shop, late) == [ASK, DISCOUNT]


def test_a_second_call_asks_again_and_an_old_answer_does_not_count(shop: Shop) -> None:
    dish = cook(shop, "ask_why")
    noa = shop.person("נועה")
    dish.told([noa], called="2026-11-17", why="price")

    let_pass(shop, 4 * DAY)
    assert (plain_subjects(shop, noa), dish.value(noa, "why")) == ([ASK], None)
    dish.told([noa], why="price")
    let_pass(shop, DAY)
    dish.told([noa], called="2026-11-25")
    let_pass(shop, 8 * DAY)

    assert plain_subjects(shop, noa) == [ASK, DISCOUNT, ASK]


def test_who_buys_meanwhile_gets_no_offer_a_month_later(shop: Shop) -> None:
    dish = cook(shop, "ask_why")
    noa = shop.person("נועה")
    dish.told([noa], called="2026-11-17")
    let_pass(shop, 4 * DAY)
    click(shop, noa, BUTTONS["later"])
    let_pass(shop, DAY)

    dish.told([noa], bought=True)
    let_pass(shop, 40 * DAY)

    assert plain_subjects(shop, noa) == [ASK]


def test_a_scanner_answers_nothing(shop: Shop) -> None:
    """T14: it follows all three buttons."""
    dish = cook(shop, "ask_why")
    noa = shop.person("נועה")
    dish.told([noa], called="2026-11-17")
    let_pass(shop, 4 * DAY)

    follow_all(shop, noa, agent=SCANNER)
    let_pass(shop, DAY)
    burst = dish.value(noa, "why"), plain_subjects(shop, noa)
    click(shop, noa, BUTTONS["price"])
    let_pass(shop, DAY)

    assert burst == (None, [ASK])
    assert plain_subjects(shop, noa) == [ASK, DISCOUNT]


def test_without_a_date_of_a_call_nobody_is_asked(shop: Shop) -> None:
    cook(shop, "ask_why")
    noa = shop.person("נועה")

    let_pass(shop, 10 * DAY)

    assert plain_subjects(shop, noa) == []
