"""Many journeys, large drawings and many people: pages of them, with as many statements as for few."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from kesher.accounts.access import Access
from kesher.contacts.models import Contact
from kesher.journeys.actions import create_journey, enrol, publish_journey
from kesher.journeys.models import Journey
from kesher.journeys.tests.conftest import mail
from kesher.web.journeys.listing import ROWS

pytestmark = pytest.mark.django_db
MOST = 15
NODES: dict[str, Any] = {
    "rest": {"kind": "wait", "for": "P3D", "next": "end"},
    "end": {"kind": "exit"},
}
GRAPH: dict[str, Any] = {
    "format": 1, "name": "", "triggers": [{"kind": "manual"}], "start": "rest", "nodes": NODES,
}  # fmt: skip


@pytest.fixture
def many(access: Access, now: datetime) -> list[Journey]:
    names = [f"Sale {number:02}" for number in range(ROWS + 4)]
    return [create_journey(access, name=name, graph=GRAPH, now=now) for name in names]


def test_a_list_of_journeys_has_pages(
    signed_in: Any, many: list[Journey], django_assert_max_num_queries: Any
) -> None:
    address = reverse("journeys_index", args=["green-books"])
    signed_in.get(address)

    with django_assert_max_num_queries(MOST):
        first = signed_in.get(address, {"sort": "name"})
    second = signed_in.get(address, {"sort": "name", "skip": str(ROWS)})

    assert [line.journey.name for line in first.context["lines"]][:2] == ["Sale 00", "Sale 01"]
    assert len(first.context["lines"]) == ROWS
    assert f"skip={ROWS}" in first.content.decode()
    assert [line.journey.pk for line in second.context["lines"]] == [one.pk for one in many[ROWS:]]
    assert second.context["next"] is None


def test_a_journey_is_found_on_whatever_page_it_is(
    signed_in: Any, access: Access, many: list[Journey], now: datetime
) -> None:
    create_journey(access, name="דוא״ל לְנועה", graph=GRAPH, now=now)
    address = reverse("journeys_index", args=["green-books"])

    found = signed_in.get(address, {"q": "דואל לנועה"}).context["lines"]
    nothing = signed_in.get(address, {"skip": "9999", "sort": "nonsense"})

    assert [line.journey.name for line in found] == ["דוא״ל לְנועה"]
    assert (nothing.status_code, nothing.context["lines"]) == (200, [])


def test_the_journeys_with_most_people_come_first(
    signed_in: Any, access: Access, many: list[Journey], noa: Contact, now: datetime
) -> None:
    busy = many[7]
    publish_journey(access, busy, now=now)
    enrol(access, busy, contact_ids=[noa.pk], now=now)

    lines = signed_in.get(
        reverse("journeys_index", args=["green-books"]), {"sort": "active"}
    ).context["lines"]

    assert (lines[0].journey.pk, lines[0].summary.active) == (busy.pk, 1)


def test_a_large_drawing_takes_no_more_statements(
    signed_in: Any, access: Access, now: datetime, django_assert_max_num_queries: Any
) -> None:
    nodes: dict[str, Any] = {"end": {"kind": "exit"}}
    for number in range(60):
        nodes[f"m{number}"] = {
            "kind": "send_email", "subject": "x", "message_class": "service", "document": mail(),
            "next": f"m{number + 1}" if number < 59 else "end",
        }  # fmt: skip
    journey = create_journey(
        access, name="Large", graph={**GRAPH, "start": "m0", "nodes": nodes}, now=now
    )
    canvas = reverse("journey_canvas", args=["green-books", journey.pk])
    page = reverse("journey", args=["green-books", journey.pk])
    signed_in.get(canvas)

    with django_assert_max_num_queries(MOST):
        drawn = signed_in.get(canvas)
    with django_assert_max_num_queries(MOST + 3):
        read = signed_in.get(page)

    assert len(drawn.context["data"]["told"]["nodes"]) == 61
    assert len(read.context["lines"]) == 61


def test_people_at_a_step_are_listed_by_pages(
    signed_in: Any, access: Access, now: datetime, django_assert_max_num_queries: Any
) -> None:
    people = Contact.objects.bulk_create(
        Contact(
            workspace=access.workspace, email=f"{n}@example.org", created_at=now, updated_at=now
        )
        for n in range(120)
    )
    journey = create_journey(access, name="Many", graph=GRAPH, now=now)
    publish_journey(access, journey, now=now)
    enrol(access, journey, contact_ids=[one.pk for one in people], now=now)
    address = reverse("journey_step", args=["green-books", journey.pk, "rest"])
    signed_in.get(address)

    with django_assert_max_num_queries(MOST):
        first = signed_in.get(address)
    second = signed_in.get(address, {"after": first.context["next"]})

    assert (first.context["total"], len(first.context["lines"])) == (120, 50)
    assert not {one.run.pk for one in first.context["lines"]} & {
        one.run.pk for one in second.context["lines"]
    }
