"""Random graphs, events, jumps of the clock, edits and crashes: what must hold however they fall.

More of it by KESHER_JOURNEY_EXAMPLES=10000, other cases by --hypothesis-seed.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from kesher.accounts.access import Access
from kesher.journeys.tests.drawing import acts, graphs
from kesher.journeys.tests.history import check
from kesher.journeys.tests.world import PEOPLE, World

EXAMPLES = int(os.environ.get("KESHER_JOURNEY_EXAMPLES", "25"))


def waiting_for(rule: dict[str, Any]) -> dict[str, Any]:
    wait = {"kind": "wait_until", "rule": rule, "timeout": "PT40H", "yes": "n1", "timed_out": None}
    return {
        "format": 1, "name": "x", "start": "n0", "nodes": {"n0": wait, "n1": {"kind": "exit"}},
        "triggers": [{"kind": "custom"}], "reentry": {"policy": "one_at_a_time"},
    }  # fmt: skip


FANS, ON_LIST = waiting_for({"segment": "fans"}), waiting_for({"list": "b"})
EDITED = [("wait", 0, 1), ("segment", 0, 2), ("segment", 0, 1)]
MERGED = [("join", 1, 1), ("wait", 0, 1), ("merge", 0, 31)]


@pytest.fixture
def world(access: Access) -> World:
    return World(access)


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate)
    if os.environ.get("KESHER_JOURNEY_AS_FOUND")
    else tuple(Phase),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(graph=FANS, edits=[FANS], happening=EDITED[:2])
@example(graph=FANS, edits=[FANS], happening=EDITED)
@example(graph=ON_LIST, edits=[FANS], happening=MERGED)
@given(graph=graphs(), edits=st.lists(graphs(), min_size=1, max_size=2), happening=acts(PEOPLE))
def test_however_things_fall(
    world: World,
    graph: dict[str, Any],
    edits: list[dict[str, Any]],
    happening: list[tuple[str, int, int]],
) -> None:
    with transaction.atomic():
        world.begin(graph, edits)
        world.act("event", 0, 1)
        for act in happening:
            world.act(*act)
        check(world)
        world.catch_up()
        world.desk.settle()
        check(world)
        world.nobody_is_stuck()
        transaction.set_rollback(True)
