"""E-10: nine visits earn a free tenth; the count begins anew; nine further ones earn a second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, END, crowd, happens, let_pass, mail, publish


@pytest.fixture
def club(shop: Shop) -> str:
    """Answers the key of the field that counts."""
    visits = shop.field("כמות ביקורים", "number", decimals=0)
    count = {
        "kind": "update_contact",
        "changes": [{"field": visits, "do": "add", "value": 1}],
        "next": "end",
    }
    visited = {"field": "event.name", "op": "equals", "value": "ביקור"}
    publish(
        shop, "ספירת ביקורים", {"count": count, "end": END},
        triggers=[{"kind": "custom", "rule": visited}], reentry={"policy": "always"},
    )  # fmt: skip
    nine = {"field": f"event.after.{visits}", "op": "equals", "value": 9}
    publish(
        shop, "ביקור עשירי חינם",
        {
            "reset": {"kind": "update_contact", "changes": [{"field": visits, "do": "reset"}], "next": "mail"},
            "mail": mail("הביקור הבא עלינו", "קוד: עשירי", message_class="service", next="end"),
            "end": END,
        },
        triggers=[{"kind": "contact.updated", "changed": [visits], "rule": nine}],
        reentry={"policy": "always"},
    )  # fmt: skip
    return visits


@pytest.mark.parametrize("others", CROWDS)
def test_each_ninth_visit_brings_one_coupon_and_the_count_begins_anew(
    shop: Shop, club: str, others: int
) -> None:
    noa = shop.person("נועה")
    guests = crowd(shop, others)

    for visit in range(1, 20):
        for person in (noa, *guests):
            happens(shop, person, "ביקור")
        let_pass(shop, timedelta(days=1))
        assert len(shop.got(noa)) == visit // 9, visit
        noa.refresh_from_db()
        assert noa.fields[club] == visit % 9, visit

    assert [found.subject for found in shop.got(noa)] == ["הביקור הבא עלינו"] * 2
    assert all(len(shop.got(guest)) == 2 for guest in guests[:5])


def test_nine_visits_told_at_once_are_all_counted(shop: Shop, club: str) -> None:
    noa = shop.person("נועה")

    for _visit in range(11):
        happens(shop, noa, "ביקור")
    let_pass(shop, timedelta(hours=1))

    noa.refresh_from_db()
    assert len(shop.got(noa)) == 1
    assert (
        noa.fields[club] == 0
    )  # the count begins anew when the coupon is made: at once, here after the eleventh
