"""E-14, as installed: each opened mail adds one to the score, each link puts into the list of its product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.contacts.models import ListMembership
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit, store_hits
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass
from tests.scenarios.recipes import cook

PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SCANNER = "Barracuda Sentinel"
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
    assert all(dish.value(guest, "score") == 3 for guest in guests)
    assert members(dish.lists["product-a"]) == {noa.pk}
    assert members(dish.lists["product-b"]) == {guest.pk for guest in guests}


def members(number: int) -> set[int]:
    return set(ListMembership.objects.filter(list_id=number).values_list("contact_id", flat=True))
