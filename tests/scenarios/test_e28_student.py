"""E-28: a prospective student. Each change of status fires only its own: a welcome, the details, an SMS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import (
    CROWDS,
    END,
    crowd,
    let_pass,
    mail,
    publish,
    sets,
    sms,
    texts_to,
)

STATUSES = ("פנייה חדשה", "נקבעה פגישה", "אין מענה")


@pytest.fixture
def school(shop: Shop) -> str:
    """Answers the key of the status field, whose choices are its labels."""
    choices = [{"key": label, "label": label} for label in STATUSES]
    status = shop.field("סטטוס", "choice", choices=choices)
    nodes: dict[str, dict[str, Any]] = {
        STATUSES[0]: mail(
            "ברוכים הבאים למכללה", "קיבלנו את הפנייה", message_class="service", next="end"
        ),
        STATUSES[1]: mail("פרטי הפגישה", "נתראה בקמפוס", message_class="transactional", next="end"),
        STATUSES[2]: sms("ניסינו להשיג אתכם", message_class="service", next="end"),
    }
    for label, node in nodes.items():
        rule = {"field": f"event.after.{status}", "op": "is", "value": label}
        publish(
            shop, label, {"send": node, "end": END},
            triggers=[{"kind": "contact.updated", "changed": [status], "rule": rule}],
            reentry={"policy": "always"},
        )  # fmt: skip
    return status


@pytest.mark.parametrize("others", CROWDS)
def test_each_change_of_status_fires_only_its_own(shop: Shop, school: str, others: int) -> None:
    noa = shop.person("נועה", mobile="+972501112233", sms_consent="granted")
    guests = crowd(shop, others)
    everybody = (noa, *guests)

    for label, mails, texts in ((STATUSES[0], 1, 0), (STATUSES[2], 1, 1), (STATUSES[1], 2, 1)):
        for person in everybody:
            sets(shop, person, **{school: label})
        let_pass(shop, timedelta(days=1))
        assert (len(shop.got(noa)), len(texts_to(shop, noa))) == (mails, texts), label
        sets(shop, noa, city="חיפה" if label != STATUSES[1] else "עכו")
        let_pass(shop, timedelta(days=1))
        assert (len(shop.got(noa)), len(texts_to(shop, noa))) == (mails, texts), label

    assert [found.subject for found in shop.got(noa)] == ["ברוכים הבאים למכללה", "פרטי הפגישה"]
    assert all(len(shop.got(guest)) == 2 for guest in guests[:5])
    assert all(len(texts_to(shop, guest)) == 1 for guest in guests[:5])
