"""Random graphs, events, jumps of the clock, edits and crashes: what must hold however they fall.

More of it by KESHER_JOURNEY_EXAMPLES=10000, other cases by --hypothesis-seed.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kesher.accounts.access import Access
from kesher.journeys.tests.drawing import acts, graphs
from kesher.journeys.tests.history import check
from kesher.journeys.tests.world import PEOPLE, World

EXAMPLES = int(os.environ.get("KESHER_JOURNEY_EXAMPLES", "25"))


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
