"""E-14, as installed: each opened mail adds one to the score, each link puts into the list of its product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.contacts.lists import leave_list
from kesher.contacts.models import ContactList
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit, store_hits
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook

PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SCANNER = "Barracuda Sentinel"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
HOUR = timedelta(hours=1)


def hit(shop: Shop, message: Message, kind: str, **rest: Any) -> None:
    given = {"link_number": None, "ip": "192.0.2.7", "agent": PERSON, **rest}
    store_hits([NewHit(kind=kind, message_id=message.pk, at=shop.clock.now, **given)])


def newsletter(shop: Shop, everybody: Any) -> dict[int, Message]:
    """Sent; the messages by who got them."""
    blocks = [
        {"id": name, "kind": "button", "text": name, "url": f"https://shop.example/{name}"}
        for name in ("product-a", "product-b", "about")
    ]
    shop.send(shop.campaign([*blocks, {"id": "f", "kind": "footer"}], to=everybody))
    let_pass(shop, HOUR)
    sent = Message.objects.filter(workspace_id=shop.workspace.pk).order_by("pk")
    return {one.contact_id or 0: one for one in sent}


@pytest.mark.parametrize("others", CROWDS)
def test_opens_add_up_and_links_sort_people(shop: Shop, others: int) -> None:
    dish = cook(shop, "scoring")
    noa, dan = shop.person("נועה"), shop.person("דן")
    guests = crowd(shop, others)
    everybody = shop.list("כולם", noa, dan, *guests)

    for _mail in range(3):
        mine = newsletter(shop, everybody)
        for person in (noa, *guests):
            hit(shop, mine[person.pk], "open")
            hit(shop, mine[person.pk], "open")  # looked at twice: one mail, one point
        hit(shop, mine[dan.pk], "open", agent=SCANNER)
        let_pass(shop, HOUR)
    hit(shop, mine[noa.pk], "click", link_number=0)
    hit(shop, mine[noa.pk], "click", link_number=2)
    for guest in guests:
        hit(shop, mine[guest.pk], "click", link_number=1)
    hit(shop, mine[dan.pk], "click", link_number=1, agent=SCANNER)
    let_pass(shop, HOUR)

    assert [dish.value(person, "score") for person in (noa, dan)] == [3, None]
    assert dish.values(guests, "score") == [3] * others
    assert dish.members("product-a") == {noa.pk}
    assert dish.members("product-b") == {guest.pk for guest in guests}
    names = {row.name for row in ContactList.objects.filter(pk__in=dish.lists.values())}
    assert names == {"התעניין במוצר א", "התעניין במוצר ב"}


def test_a_click_counts_as_an_open_and_only_once(shop: Shop) -> None:
    """T19: their mail program shows no pictures."""
    dish = cook(shop, "scoring")
    noa = shop.person("נועה")
    mail = newsletter(shop, shop.list("כולם", noa))[noa.pk]

    hit(shop, mail, "click", link_number=0)
    hit(shop, mail, "click", link_number=0)
    let_pass(shop, HOUR)
    hit(shop, mail, "open")
    let_pass(shop, HOUR)

    assert dish.value(noa, "score") == 1
    assert dish.members("product-a") == {noa.pk}


def test_a_scanners_burst_changes_nothing_and_leaves_the_person_theirs(shop: Shop) -> None:
    """T14: every link within a second, by an agent with an honest name."""
    dish = cook(shop, "scoring")
    noa = shop.person("נועה")
    mail = newsletter(shop, shop.list("כולם", noa))[noa.pk]

    for number in range(3):
        hit(shop, mail, "click", link_number=number, agent=BROWSER)
    let_pass(shop, HOUR)
    burst = dish.value(noa, "score"), dish.members("product-a"), dish.members("product-b")
    hit(shop, mail, "click", link_number=1)
    let_pass(shop, HOUR)

    assert burst == (None, set(), set())
    assert (dish.value(noa, "score"), dish.members("product-b")) == (1, {noa.pk})


def test_leaving_the_list_of_the_interested_is_no_withdrawal(shop: Shop) -> None:
    """T18; and the next click puts them in again."""
    dish = cook(shop, "scoring")
    noa = shop.person("נועה")
    everybody = shop.list("כולם", noa)
    first = newsletter(shop, everybody)[noa.pk]
    hit(shop, first, "click", link_number=0)
    let_pass(shop, HOUR)

    number = dish.lists["product-a"]
    leave_list(shop.workspace.pk, list_id=number, contact_ids=[noa.pk], now=shop.clock.now)
    second = newsletter(shop, everybody)[noa.pk]
    hit(shop, second, "click", link_number=0)
    let_pass(shop, HOUR)

    noa.refresh_from_db()
    assert noa.email_consent == "granted"
    assert (dish.members("product-a"), dish.value(noa, "score")) == ({noa.pk}, 2)
