"""E-14: each opened mail adds one to a score, each link puts into the list of its product."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.contacts.models import ListMembership
from kesher.messages.models import Message
from kesher.messages.receipts import NewHit, store_hits
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, END, crowd, let_pass, publish

PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SCANNER = "Barracuda Sentinel"


def hit(
    message: Message, kind: str, shop: Shop, *, link: int | None = None, agent: str = PERSON
) -> None:
    store_hits(
        [
            NewHit(
                kind=kind,
                message_id=message.pk,
                at=shop.clock.now,
                link_number=link,
                ip="192.0.2.7",
                agent=agent,
            )
        ]
    )


@pytest.fixture
def score(shop: Shop) -> str:
    key = shop.field("סכימה", "number", decimals=0)
    add = {
        "kind": "update_contact",
        "changes": [{"field": key, "do": "add", "value": 1}],
        "next": "end",
    }
    publish(
        shop,
        "פתיחות",
        {"add": add, "end": END},
        triggers=[{"kind": "message.opened"}],
        reentry={"policy": "always"},
    )
    return key


def interested(shop: Shop, product: str) -> Any:
    """A list for a product, and the journey that fills it by clicks."""
    made = shop.list(f"התעניין במוצר {product}")
    rule = {"field": "event.url", "op": "ends_with", "value": f"/{product}"}
    join = {"kind": "add_to_lists", "add_to_lists": [made.key], "next": "end"}
    publish(
        shop,
        f"קליקים {product}",
        {"join": join, "end": END},
        triggers=[{"kind": "message.clicked", "rule": rule}],
    )
    return made


def newsletter(shop: Shop, everybody: Any) -> None:
    blocks = [
        {
            "id": f"b{product}",
            "kind": "button",
            "text": product,
            "url": f"https://shop.example/{product}",
        }
        for product in ("shoe", "shirt")
    ]
    campaign = shop.campaign([*blocks, {"id": "f", "kind": "footer"}], to=everybody)
    shop.send(campaign)


@pytest.mark.parametrize("others", CROWDS)
def test_opens_add_up_and_links_sort_people(shop: Shop, score: str, others: int) -> None:
    noa, dan = shop.person("נועה"), shop.person("דן")
    guests = crowd(shop, others)
    everybody = shop.list("כולם", noa, dan, *guests)
    shoe, shirt = interested(shop, "shoe"), interested(shop, "shirt")

    for _mail in range(3):
        newsletter(shop, everybody)
        let_pass(shop, timedelta(hours=1))
        sent = Message.objects.filter(workspace_id=shop.workspace.pk).order_by("-pk")
        mine = {one.contact_id: one for one in sent[: 2 + others]}
        for person in (noa, *guests):
            hit(mine[person.pk], "open", shop)
            hit(mine[person.pk], "open", shop)  # looked at twice: one mail, one point
        hit(mine[dan.pk], "open", shop, agent=SCANNER)
        let_pass(shop, timedelta(hours=1))
    hit(mine[noa.pk], "click", shop, link=0)
    hit(mine[dan.pk], "click", shop, link=1, agent=SCANNER)
    let_pass(shop, timedelta(hours=1))

    for person, expected in ((noa, 3), (dan, None), *((guest, 3) for guest in guests[:5])):
        person.refresh_from_db()
        assert person.fields.get(score) == expected
    members = {
        made.pk: list(
            ListMembership.objects.filter(list_id=made.pk).values_list("contact_id", flat=True)
        )
        for made in (shoe, shirt)
    }
    assert members == {shoe.pk: [noa.pk], shirt.pk: []}
