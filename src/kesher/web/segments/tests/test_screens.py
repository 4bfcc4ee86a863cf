"""The screens of segments, and the contacts table narrowed by them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from kesher.accounts.models import Membership, UndoEntry
from kesher.campaigns.actions import create_campaign
from kesher.campaigns.models import Campaign
from kesher.contacts import lists
from kesher.contacts.models import ListMembership
from kesher.contacts.rules import vocabulary_of
from kesher.journeys.actions import create_journey
from kesher.lib import clock
from kesher.segments import counting
from kesher.segments.actions import archive_segment, create_segment
from kesher.segments.models import Segment, SegmentCount
from kesher.web.segments.examples import EXAMPLES

pytestmark = pytest.mark.django_db
HAIFA = {"field": "city", "op": "equals", "value": "חיפה"}


@pytest.fixture(autouse=True)
def in_english(owner: Any) -> None:
    owner.language = "en"
    owner.save()


@pytest.fixture
def haifa(access: Any, now: datetime) -> Segment:
    return create_segment(access, name="חיפאים", rule=HAIFA, now=now)


def page(client: Any, name: str, *arguments: Any, query: str = "", **extra: Any) -> str:
    address = reverse(name, args=["green-books", *arguments])
    response = client.get(f"{address}{query}", headers={"accept-language": "en"}, **extra)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_new_workspace_is_offered_examples(signed_in: Any, workspace: Any) -> None:
    shown = page(signed_in, "segments_index")
    assert "No segments yet" in shown
    assert "?example=birthday" in shown


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.key)
def test_every_example_can_be_saved_as_it_is(signed_in: Any, workspace: Any, one: Any) -> None:
    shown = page(signed_in, "segments_new", query=f"?example={one.key}")
    with translation.override("en"):
        name = str(one.name)
    assert name in shown
    answer = signed_in.post(
        reverse("segments_new", args=["green-books"]),
        {"name": name, "rule": json.dumps(one.rule)},
    )
    made = Segment.objects.get()
    assert answer.url == reverse("segment", args=["green-books", made.pk])
    assert counting.count_segment(workspace, made, clock.now()) is not None


def test_a_segment_shows_its_sentence_its_count_and_its_people(
    signed_in: Any, haifa: Segment, noa: Any, dan: Any
) -> None:
    shown = page(signed_in, "segment", haifa.pk)
    assert "חיפה" in shown
    assert "noa@example.com" in shown
    assert "dan@example.com" not in shown
    assert '<b class="num">1</b>' in shown


def test_the_chart_begins_with_the_second_day(signed_in: Any, haifa: Segment) -> None:
    assert "data-chart" not in page(signed_in, "segment", haifa.pk)
    for day, count in (("2026-11-15", 4), ("2026-11-16", 7)):
        SegmentCount.objects.create(
            workspace_id=haifa.workspace_id, segment_id=haifa.pk, day=day, count=count
        )
    with time_machine.travel("2026-11-17T08:00Z", tick=False):
        signed_in.force_login(haifa.created_by, backend="django.contrib.auth.backends.ModelBackend")
        assert "data-chart" in page(signed_in, "segment", haifa.pk)
        assert "k-spark" in page(signed_in, "segments_index")


def test_a_segment_that_cannot_be_read_says_why_and_has_no_people(
    signed_in: Any, haifa: Segment, noa: Any
) -> None:
    Segment.objects.filter(pk=haifa.pk).update(rule={"field": "gone", "op": "is_set"})
    shown = page(signed_in, "segment", haifa.pk)
    assert "gone" in shown
    assert "Mend it" in shown
    assert "noa@example.com" not in shown
    assert "needs mending" in page(signed_in, "segments_index")


def test_an_archived_list_inside_is_said(signed_in: Any, access: Any, now: datetime) -> None:
    vip = lists.create_list(access, name="לקוחות VIP")
    segment = create_segment(access, name="טובים", rule={"list": vip.key}, now=now)
    lists.archive_list(access, vip, now=now)
    assert "was archived" in page(signed_in, "segment", segment.pk)


def test_what_uses_a_segment_is_linked(
    signed_in: Any, access: Any, haifa: Segment, now: datetime
) -> None:
    outer = create_segment(access, name="חיצוני", rule={"segment": haifa.key}, now=now)
    campaign = create_campaign(access, name="מבצע חורף")
    campaign.audience = {"include": [{"segment": haifa.pk}], "exclude": []}
    campaign.save()
    waits = {"kind": "wait_until", "rule": {"not": {"segment": haifa.key}}, "timeout": "P9D"}
    graph = {"format": 1, "triggers": [], "start": "w", "nodes": {"w": waits}}
    journey = create_journey(access, name="מסע חורף", graph=graph, now=now)

    shown = page(signed_in, "segment", haifa.pk)

    assert reverse("segment", args=["green-books", outer.pk]) in shown
    assert reverse("journey", args=["green-books", journey.pk]) in shown
    assert "מבצע חורף" in shown
    assert "מסע חורף" in shown


def test_a_form_with_mistakes_comes_back_with_words(signed_in: Any, haifa: Segment) -> None:
    address = reverse("segments_new", args=["green-books"])
    for given, words in (
        ({"name": "חיפאים", "rule": json.dumps(HAIFA)}, "already a segment"),
        ({"name": "x", "rule": '{"all": []}'}, "Add a condition"),
        ({"name": "x", "rule": "{"}, "not understood"),
        ({"name": "x", "rule": '{"segment": "אין"}'}, "אין"),
    ):
        answer = signed_in.post(address, given, headers={"accept-language": "en"})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_of_two_editors_the_later_is_told(signed_in: Any, haifa: Segment) -> None:
    address = reverse("segment_edit", args=["green-books", haifa.pk])
    given = {"name": "אחר", "rule": json.dumps(HAIFA), "revision": "1"}
    assert signed_in.post(address, given).status_code == 302
    assert signed_in.post(address, given).status_code == 422


def test_archiving_can_be_taken_back(signed_in: Any, haifa: Segment) -> None:
    signed_in.post(reverse("segment_archive", args=["green-books", haifa.pk]))
    haifa.refresh_from_db()
    assert haifa.archived_at
    signed_in.post(reverse("undo", args=["green-books", UndoEntry.objects.get().pk]))
    haifa.refresh_from_db()
    assert haifa.archived_at is None


def test_a_copy_is_opened_for_editing(signed_in: Any, haifa: Segment) -> None:
    answer = signed_in.post(reverse("segment_duplicate", args=["green-books", haifa.pk]))
    copy = Segment.objects.exclude(pk=haifa.pk).get()
    assert answer.url == reverse("segment_edit", args=["green-books", copy.pk])


def test_the_count_that_takes_long_is_asked_again(
    signed_in: Any, haifa: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_in_time", lambda *_given: None)
    shown = page(signed_in, "segment", haifa.pk)
    assert reverse("segment_count", args=["green-books", haifa.pk]) in shown
    assert "about" in shown
    again = page(signed_in, "segment_count", haifa.pk)
    assert "hx-get" not in again


# The contacts table.


def test_the_contacts_table_narrows_by_a_segment_and_by_a_rule(
    signed_in: Any, haifa: Segment, noa: Any, dan: Any
) -> None:
    shown = page(signed_in, "contacts_index", query=f"?segment={haifa.pk}")
    assert "noa@example.com" in shown
    assert "dan@example.com" not in shown
    assert "חיפאים" in shown

    rule = json.dumps({"not": HAIFA})
    shown = page(signed_in, "contacts_index", query=f"?rule={quote(rule)}&q=dan")
    assert "dan@example.com" in shown
    assert "noa@example.com" not in shown
    assert "Save as a segment" in shown


def test_a_rule_that_cannot_be_read_shows_nobody_and_why(signed_in: Any, noa: Any) -> None:
    shown = page(signed_in, "contacts_index", query='?rule={"field":"sity","op":"is_set"}')
    assert "noa@example.com" not in shown
    assert "city" in shown


@pytest.mark.parametrize("query", ["?rule=x", "?rule=[1]", "?segment=0", "?segment=x", "?rule=1"])
def test_an_odd_address_is_no_error(signed_in: Any, noa: Any, query: str) -> None:
    page(signed_in, "contacts_index", query=query)


def test_all_of_a_segment_are_acted_on(
    signed_in: Any, access: Any, haifa: Segment, noa: Any, dan: Any
) -> None:
    vip = lists.create_list(access, name="vip")
    answer = signed_in.post(
        reverse("contacts_bulk", args=["green-books"]),
        {
            "all": "1",
            "query": f"segment={haifa.pk}",
            "do": "join",
            "list": vip.pk,
            "back": f"/w/green-books/segments/{haifa.pk}/",
        },
    )
    assert answer.url == f"/w/green-books/segments/{haifa.pk}/"
    assert [row.contact_id for row in _members(vip.pk)] == [noa.pk]


def test_going_back_never_leaves_the_workspace(signed_in: Any, haifa: Segment, noa: Any) -> None:
    for back in ("https://evil.example/", "//evil.example/w/green-books/", "/w/other/"):
        answer = signed_in.post(
            reverse("contacts_bulk", args=["green-books"]),
            {"all": "1", "query": "", "do": "csv", "back": back},
        )
        assert answer.url.startswith("/w/green-books/contacts/")


def test_a_segment_with_a_join_pages_through_all_its_people(
    signed_in: Any, access: Any, workspace: Any, now: datetime, noa: Any, yael: Any
) -> None:
    vip = lists.create_list(access, name="vip")
    lists.join_list(workspace.pk, list_id=vip.pk, contact_ids=[yael.pk], now=now, source="staff")
    rule = {"any": [HAIFA, {"list": vip.key}]}
    segment = create_segment(access, name="x", rule=rule, now=now)
    shown = page(signed_in, "contacts_index", query=f"?segment={segment.pk}&sort=name")
    assert "noa@example.com" in shown
    assert "yael@example.com" in shown
    assert vocabulary_of(workspace).segment(segment.key) is not None


def test_a_viewer_sees_and_does_not_change(
    signed_in: Any, owner: Any, workspace: Any, haifa: Segment, noa: Any
) -> None:
    Membership.objects.filter(user=owner).update(role="viewer")
    archive = reverse("segment_archive", args=["green-books", haifa.pk])
    assert archive not in page(signed_in, "segment", haifa.pk)
    assert signed_in.post(archive).status_code == 403


def test_an_archived_segment_is_still_shown(
    signed_in: Any, access: Any, haifa: Segment, now: datetime
) -> None:
    archive_segment(access, haifa, now=now)
    assert "archived" in page(signed_in, "segment", haifa.pk)


def _members(list_id: int) -> list[Any]:
    return list(ListMembership.objects.filter(list_id=list_id))


def test_a_campaign_begun_on_a_segment_goes_to_it(
    signed_in: Any, workspace: Any, haifa: Segment
) -> None:
    address = reverse("campaigns_new", args=["green-books"])
    assert f"{address}?segment={haifa.pk}" in page(signed_in, "segment", haifa.pk)
    page(signed_in, "campaigns_new", query=f"?segment={haifa.pk}")
    page(signed_in, "campaigns_new", query="?channel=email")
    signed_in.post(f"{address}?channel=email", {"name": "להם"})
    signed_in.post(f"{address}?channel=email", {"name": "לאחרים"})

    audiences = dict(Campaign.objects.values_list("name", "audience"))
    assert audiences["להם"]["include"] == [{"segment": haifa.pk}]
    assert not audiences["לאחרים"].get("include")
