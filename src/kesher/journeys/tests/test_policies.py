"""Who may come in, and come again; holdout; what is exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kesher.contacts.models import Contact
from kesher.journeys import queries
from kesher.journeys.actions import enrol, take_out
from kesher.journeys.tests.conftest import Desk

CUSTOM = [{"kind": "custom"}]
WAIT = {"wait": {"kind": "wait", "for": "P10D", "next": "end"}, "end": {"kind": "exit"}}


@pytest.mark.parametrize(
    ("policy", "counts"),
    [
        # at once twice, after a day, after eleven days (the first has ended), after forty-one
        ({"policy": "never"}, [1, 1, 1, 1]),
        ({"policy": "always"}, [2, 3, 4, 5]),
        ({"policy": "one_at_a_time"}, [1, 1, 2, 3]),
        ({"policy": "restart"}, [2, 3, 4, 5]),
        ({"policy": "after", "after": "P30D"}, [1, 1, 1, 2]),
    ],
)
def test_who_has_been_in_comes_again_as_the_policy_says(
    desk: Desk, noa: Any, policy: dict[str, str], counts: list[int]
) -> None:
    desk.publish(WAIT, triggers=CUSTOM, reentry=policy)
    found = []

    desk.custom(noa)
    for days in (0, 1, 10, 30):
        desk.wait(days=days)
        desk.custom(noa)
        desk.settle()
        found.append(len(desk.runs(noa)))

    assert found == counts
    if policy["policy"] == "restart":
        assert sum(run.ended_at is None for run in desk.runs(noa)) == 1


def test_two_invoices_go_their_own_ways(desk: Desk, noa: Any) -> None:
    """T10."""
    desk.publish(WAIT, triggers=CUSTOM, reentry={"policy": "restart", "by": "invoice"})

    for invoice in (1, 2, 1):
        desk.custom(noa, invoice_id=invoice)
        desk.settle()

    assert [(run.subject, run.reason) for run in desk.runs(noa)] == [
        ("invoice:1", "restarted"),
        ("invoice:2", ""),
        ("invoice:1", ""),
    ]


def test_a_share_is_kept_out_and_counted(desk: Desk) -> None:
    journey = desk.publish(WAIT, triggers=CUSTOM, holdout=30)
    people = Contact.objects.bulk_create(
        Contact(
            workspace=desk.workspace, first_name=str(n), created_at=desk.now, updated_at=desk.now
        )
        for n in range(200)
    )

    enrol(desk.access, journey, contact_ids=[one.pk for one in people], now=desk.now)
    desk.settle()

    kept_out = [run for run in desk.runs() if run.reason == "holdout"]
    numbers = queries.numbers_of(journey)
    assert 35 <= len(kept_out) <= 85
    assert (numbers.started, numbers.active) == (200, 200 - len(kept_out))
    assert numbers.nodes["wait"].waiting == numbers.active


def test_who_is_taken_out_by_hand_may_come_again(desk: Desk, noa: Any) -> None:
    journey = desk.publish(WAIT, triggers=CUSTOM)
    desk.custom(noa)
    desk.settle()

    assert take_out(desk.access, journey, contact_ids=[noa.pk], now=desk.now) == 1
    assert enrol(desk.access, journey, contact_ids=[noa.pk], now=desk.now) == 1
    desk.settle()

    assert [run.reason for run in desk.runs(noa)] == ["taken_out", ""]


def test_somebody_twice_in_a_journey_is_counted_for_each_run(desk: Desk, noa: Any) -> None:
    """Two runs of one contact in one batch: both add."""
    desk.field("visits")
    desk.publish(
        {"add": {"kind": "update_contact", "changes": [{"field": "visits", "do": "add", "value": 1}], "next": "end"}, "end": {"kind": "exit"}},
        triggers=CUSTOM, reentry={"policy": "always"},
    )  # fmt: skip

    for _time in range(7):
        desk.custom(noa)
    desk.settle()

    noa.refresh_from_db()
    assert noa.fields["visits"] == 7


def test_counters_equal_history(desk: Desk, noa: Any, dan: Any, yael: Any) -> None:
    from kesher.lib import sql

    journey = desk.publish(
        {
            "ask": {"kind": "condition", "rule": {"consent": "email"}, "yes": "wait", "no": "end"},
            "wait": {"kind": "wait", "for": "P1D", "next": "end"},
            "end": {"kind": "exit"},
        },
        triggers=CUSTOM, reentry={"policy": "always"},
    )  # fmt: skip
    for contact in (noa, dan, yael, noa):
        desk.custom(contact)
    desk.wait(hours=1)
    desk.custom(yael)
    desk.wait(hours=23)

    numbers = queries.numbers_of(journey)
    left = dict(sql.rows("SELECT node, count(*) FROM journey_step GROUP BY node"))
    standing = {node: count for node, _version, count in queries.standing(journey)}
    for node, found in numbers.nodes.items():
        assert (found.left, found.waiting) == (left.get(node, 0), standing.get(node, 0)), node
    assert numbers.active == sum(standing.values()) == 1
    assert numbers.nodes["ask"].ports == {"yes": 4, "no": 1}
    assert desk.now - desk.runs(yael)[1].started_at == timedelta(hours=23)
