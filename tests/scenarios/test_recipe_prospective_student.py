"""E-28, as installed: each change of status fires only its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_to
from tests.scenarios.recipes import cook, subjects

DAY = timedelta(days=1)
WELCOME, DETAILS = "קיבלנו את הפנייה שלכם", "פרטי הפגישה"


@pytest.mark.parametrize("others", CROWDS)
def test_each_change_of_status_fires_only_its_own(shop: Shop, others: int) -> None:
    school = cook(shop, "prospective_student")
    noa = shop.person("נועה", mobile="+972501112233", sms_consent="granted")
    guests = crowd(shop, others)

    for status, mails, texts in (
        ("new", [WELCOME], 0),
        ("no_answer", [WELCOME], 1),
        ("meeting", [WELCOME, DETAILS], 1),
    ):
        school.told((noa, *guests), status=status)
        let_pass(shop, DAY)
        school.told([noa], meeting="2026-12-01T10:30:00+02:00")  # another field: nothing
        let_pass(shop, DAY)
        assert (subjects(shop, noa), len(texts_to(shop, noa))) == (mails, texts), status

    assert "1.12.2026 10:30" in shop.got(noa)[-1].text
    assert all(subjects(shop, guest) == [WELCOME, DETAILS] for guest in guests)
    assert all(len(texts_to(shop, guest)) == 1 for guest in guests)


def test_the_same_status_again_sends_again_only_when_it_changed_in_between(shop: Shop) -> None:
    school = cook(shop, "prospective_student")
    noa = shop.person("נועה")

    for status in ("new", "new", "meeting", "new"):
        school.told([noa], status=status)
        let_pass(shop, DAY)

    assert subjects(shop, noa) == [WELCOME, DETAILS, WELCOME]
