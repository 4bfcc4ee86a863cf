"""E-27: who is in the list already takes another path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kesher.contacts.models import ListMembership
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, END, crowd, happens, let_pass, mail, publish


@pytest.mark.parametrize("others", CROWDS)
def test_who_is_in_the_list_already_takes_another_path(shop: Shop, others: int) -> None:
    noa, dan = shop.person("נועה"), shop.person("דן")
    guests = crowd(shop, others)
    customers = shop.list("לקוחות", dan)
    publish(
        shop, "שומר סף",
        {
            "guard": {"kind": "condition", "rule": {"list": customers.key}, "yes": "again", "no": "join"},
            "join": {"kind": "add_to_lists", "add_to_lists": [customers.key], "next": "welcome"},
            "welcome": mail("ברוכים הבאים", "שמחים להכיר", message_class="service", next="end"),
            "again": mail("טוב שחזרתם", "הנה מה שחדש", message_class="service", next="end"),
            "end": END,
        },
        triggers=[{"kind": "custom", "rule": {"field": "event.name", "op": "equals", "value": "פנייה"}}],
        reentry={"policy": "always"},
    )  # fmt: skip

    for person in (noa, dan, *guests):
        happens(shop, person, "פנייה")
    let_pass(shop, timedelta(hours=1))
    happens(shop, noa, "פנייה")
    let_pass(shop, timedelta(hours=1))

    assert [found.subject for found in shop.got(noa)] == ["ברוכים הבאים", "טוב שחזרתם"]
    assert [found.subject for found in shop.got(dan)] == ["טוב שחזרתם"]
    assert ListMembership.objects.filter(list_id=customers.pk).count() == 2 + others
    assert all(
        [found.subject for found in shop.got(guest)] == ["ברוכים הבאים"] for guest in guests[:5]
    )
