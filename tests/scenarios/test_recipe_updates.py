"""E-07, as installed: one SMS each, of what concerns them; its parts are counted after targeting; nobody gets an empty one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.campaigns import actions as campaigns
from kesher.campaigns.models import Campaign
from kesher.contacts.models import Contact
from kesher.lib.sms import measure
from kesher.messages.models import Message
from kesher.segments.audience import Audience, Part
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_of
from tests.scenarios.recipes import Dish, cook

HOUR = timedelta(hours=1)
LINES = {"purchases": "הקניות שלכם", "paid": "יתרה קטנה לתשלום", "renewed": "המנוי עוד לא חודש"}
# Purchases, paid, renewed; the lines they should read.
PEOPLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "הכול": ({"purchases": 5, "paid": False, "renewed": False}, ["purchases", "paid", "renewed"]),
    "נאמנה": ({"purchases": 3, "paid": True, "renewed": True}, ["purchases"]),
    "חייב": ({"purchases": 2, "paid": False, "renewed": True}, ["paid"]),
    "מתלבטת": ({"purchases": 0, "paid": True, "renewed": False}, ["renewed"]),
    "אין מה לומר": ({"purchases": 2, "paid": True, "renewed": True}, []),
    "לא ידוע": ({}, []),
}


def lines_of(text: str) -> list[str]:
    return [key for key, words in LINES.items() if words in text]


def cast(shop: Shop, dish: Dish) -> list[Contact]:
    people = [
        shop.person(name, mobile=f"+97250111240{number}", sms_consent="granted")
        for number, name in enumerate(PEOPLE)
    ]
    for person, (values, _lines) in zip(people, PEOPLE.values(), strict=True):
        dish.told([person], **values)
    return people


@pytest.mark.parametrize("others", CROWDS)
def test_each_gets_one_text_of_what_concerns_them(shop: Shop, others: int) -> None:
    dish = cook(shop, "updates")
    people = cast(shop, dish)
    refused = shop.person("מסרבת", mobile="+972501112499", sms_consent="withdrawn")
    guests = crowd(shop, others)
    dish.told([refused, *guests], purchases=7, paid=True, renewed=True)

    dish.joins("readers", (*people, refused, *guests))
    let_pass(shop, HOUR)

    got = texts_of(shop, people)
    expected = [lines for _values, lines in PEOPLE.values()]
    assert [len(texts) for texts in got] == [1 if lines else 0 for lines in expected]
    assert [lines_of(texts[0]) for texts in got if texts] == [lines for lines in expected if lines]
    assert texts_of(shop, [refused]) == [[]]
    sent = {one.contact_id: one for one in Message.objects.filter(channel="sms")}
    for person, texts in zip(people, got, strict=True):
        message = sent[person.pk]
        if texts:
            assert (message.status, message.parts) == ("sent", measure(texts[0]).parts)
        else:
            assert (message.status, message.reason) == ("refused", "nothing_left")
    assert len({sent[person.pk].parts for person in people} - {None}) > 1  # each pays for its own
    assert [[lines_of(text) for text in texts] for texts in texts_of(shop, guests)] == [
        [["purchases"]]
    ] * others
    assert dish.members("readers") == set()


def test_sent_by_hand_it_says_the_same(shop: Shop) -> None:
    dish = cook(shop, "updates")
    people = cast(shop, dish)
    dish.joins("readers", people)
    let_pass(shop, HOUR)
    by_journey = texts_of(shop, people)
    document = dish.journeys[0].draft["nodes"]["text"]["document"]
    everybody = shop.list("כולם", *people)

    campaign = campaigns.create_campaign(shop.access, name="ביד", channel="sms")
    campaign.document.body = document
    campaign.document.save()
    campaigns.set_audience(shop.access, campaign, audience=Audience((Part("list", everybody.pk),)))
    shop.send(Campaign.objects.get(pk=campaign.pk))
    let_pass(shop, HOUR)

    by_hand = [
        texts[len(first) :] for texts, first in zip(texts_of(shop, people), by_journey, strict=True)
    ]
    assert [[_bare(text) for text in texts] for texts in by_hand] == [
        [_bare(text) for text in texts] for texts in by_journey
    ]


def _bare(text: str) -> str:
    """Without the addresses, which differ by the message."""
    return " ".join(word for word in text.split() if "http" not in word and "/s/" not in word)


def test_who_joins_again_gets_the_news_of_then(shop: Shop) -> None:
    dish = cook(shop, "updates")
    noa = shop.person("נועה", mobile="+972501112401", sms_consent="granted")
    dish.told([noa], purchases=3)
    dish.joins("readers", [noa])
    let_pass(shop, HOUR)

    dish.told([noa], purchases=4, paid=False)
    dish.joins("readers", [noa])
    let_pass(shop, HOUR)

    assert [lines_of(text) for text in texts_of(shop, [noa])[0]] == [
        ["purchases"],
        ["purchases", "paid"],
    ]
