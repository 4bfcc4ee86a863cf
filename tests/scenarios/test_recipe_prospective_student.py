"""E-28, as installed: each change of status fires only its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Count

from kesher.contacts.custom_fields import change_field
from kesher.contacts.models import Field
from kesher.journeys.models import JourneyRun
from tests.scenarios.conftest import Shop
from tests.scenarios.journeys import CROWDS, crowd, let_pass, texts_of, texts_to
from tests.scenarios.recipes import cook, subjects, subjects_of

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
    assert subjects_of(shop, guests) == [[WELCOME, DETAILS]] * others
    assert [len(texts) for texts in texts_of(shop, guests)] == [1] * others
    runs = JourneyRun.objects.values_list("journey_id")
    assert dict(runs.annotate(Count("pk"))) == {one.pk: 1 + others for one in school.journeys}


def test_the_same_status_again_sends_again_only_when_it_changed_in_between(shop: Shop) -> None:
    school = cook(shop, "prospective_student")
    noa = shop.person("נועה")

    for status in ("new", "new", "meeting", "new"):
        school.told([noa], status=status)
        let_pass(shop, DAY)

    assert subjects(shop, noa) == [WELCOME, DETAILS, WELCOME]


def test_two_changes_before_anything_moves_each_fire_their_own(shop: Shop) -> None:
    school = cook(shop, "prospective_student")
    noa = shop.person("נועה", mobile="+972501112233", sms_consent="granted")

    school.told([noa], status="new")
    school.told([noa], status="meeting")
    let_pass(shop, DAY)

    assert sorted(subjects(shop, noa)) == sorted([WELCOME, DETAILS])
    assert texts_to(shop, noa) == []


def test_another_status_of_the_schools_own_fires_nothing(shop: Shop) -> None:
    school = cook(shop, "prospective_student")
    noa = shop.person("נועה", mobile="+972501112233", sms_consent="granted")
    status = Field.objects.get(key=school.fields["status"])
    choices = [*status.options["choices"], {"label": "נרשמו"}]
    status = change_field(shop.access, status, label=status.label, options={"choices": choices})

    school.told([noa], status=status.options["choices"][-1]["key"])
    let_pass(shop, DAY)

    assert (subjects(shop, noa), texts_to(shop, noa)) == ([], [])
