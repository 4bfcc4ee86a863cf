"""Two engines killed with -9 again and again, and cut off from the database, while everybody goes through ten nodes:
each step, each point, each message is there exactly once, the counters equal the history, nobody is stuck."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from bench.journey import graph
from django.db import connection

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact, ContactList, Field
from kesher.events.log import record_for
from kesher.journeys import queries
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey
from kesher.lib import clock, sql
from tests.crash.family import environment_for

RUNS = int(os.environ.get("KESHER_CRASH_RUNS", "1500"))
KILLS = int(os.environ.get("KESHER_CRASH_KILLS", "8"))
CUTS = int(
    os.environ.get("KESHER_CRASH_CUTS", "3")
)  # connections ended by the server, as by its restart
ENGINES = 2
LONGEST_SECONDS = 150
STEPS = "SELECT count(*) FROM journey_step WHERE workspace_id = %s"


def shop() -> tuple[Workspace, Journey]:
    now = clock.now()
    workspace = Workspace.objects.create(
        key="crash", name="crash", sender_email="a@b.example", postal_address="x"
    )
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    ContactList.objects.create(workspace=workspace, key="bench", name="bench")
    for key in ("children", "score"):
        Field.objects.create(workspace=workspace, key=key, label=key, type="number")
    people = Contact.objects.bulk_create(
        Contact(workspace=workspace, first_name=f"n{n}", fields={"children": n % 6, "score": 0},
                created_at=now, updated_at=now)
        for n in range(RUNS)
    )  # fmt: skip
    drawn = graph()
    for node in drawn["nodes"].values():
        if node["kind"] == "wait":
            node["for"] = "PT1S"
    access = Access(workspace, "owner")
    journey = create_journey(access, name="crash", graph=drawn, now=now)
    publish_journey(access, journey, now=now)
    for start in range(0, RUNS, 200):
        ids = [one.pk for one in people[start : start + 200]]
        record_for(workspace.pk, kind="custom", contact_ids=ids, at=now)
    return workspace, journey


def start_engine(home: Path) -> subprocess.Popen[bytes]:
    known = connection.settings_dict
    url = f"postgresql://{known['USER']}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    if known["HOST"].startswith("/"):
        url = f"postgresql://{known['USER']}@/{known['NAME']}?host={known['HOST']}&port={known['PORT']}"
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.engine", str(LONGEST_SECONDS)],
        env=environment_for(url, home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def cut_off() -> None:
    """End every other connection to this database."""
    sql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # what the pool held was cut too


def torment(workspace_id: int, home: Path) -> tuple[int, int]:
    """Until everybody has come to the end; answers how many were killed and how often all were cut off."""
    draw = random.Random(11)
    steps = RUNS * 10
    moments = [(draw.randint(steps // 50, steps * 9 // 10), "kill") for _kill in range(KILLS)]
    moments += [(draw.randint(steps // 20, steps * 8 // 10), "cut") for _cut in range(CUTS)]
    moments.sort()
    done = {"kill": 0, "cut": 0}
    engines = [start_engine(home) for _engine in range(ENGINES)]
    ends = time.monotonic() + LONGEST_SECONDS
    try:
        while time.monotonic() < ends and (count := sql.value(STEPS, (workspace_id,))) < steps:
            if moments and count >= moments[0][0]:
                what = moments.pop(0)[1]
                done[what] += 1
                if what == "cut":
                    cut_off()
                else:
                    place = draw.randrange(ENGINES)
                    engines[place].kill()
                    engines[place].wait()
                    engines[place] = start_engine(home)
            time.sleep(0.003)
    finally:
        for engine in engines:
            engine.kill()
            engine.wait()
    return done["kill"], done["cut"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST_SECONDS + 60)
def test_engines_killed_again_and_again_do_everything_once(tmp_path: Path) -> None:
    workspace, journey = shop()

    assert torment(workspace.pk, tmp_path) == (KILLS, CUTS)

    assert facts(workspace.pk) == {
        "runs": (RUNS, RUNS),  # of as many people, all ended
        "steps": (RUNS * 10, RUNS * 10, RUNS * 10),  # each run's visits, and each node, once
        "scores": [(2, RUNS)],
        "members": RUNS,
        "messages": (RUNS, RUNS),
    }
    numbers = queries.numbers_of(journey)
    assert (numbers.started, numbers.active, numbers.ended) == (RUNS, 0, {"done": RUNS})
    for key, node in numbers.nodes.items():
        assert (node.entered, node.left, sum(node.ports.values())) == (RUNS, RUNS, RUNS), key


def facts(workspace_id: int) -> dict[str, Any]:
    def row(statement: str) -> Any:
        return sql.rows(statement, (workspace_id,))[0]

    return {
        "runs": row(
            "SELECT count(DISTINCT contact_id), count(ended_at) FROM journey_run WHERE workspace_id = %s"
        ),
        "steps": row(
            "SELECT count(*), count(DISTINCT (run_id, visit)), count(DISTINCT (run_id, node))"
            " FROM journey_step WHERE workspace_id = %s"
        ),
        "scores": sql.rows(
            "SELECT (fields ->> 'score')::int, count(*)::int FROM contact WHERE workspace_id = %s GROUP BY 1",
            (workspace_id,),
        ),
        "members": row("SELECT count(*) FROM list_membership WHERE workspace_id = %s")[0],
        "messages": row(
            "SELECT count(*), count(DISTINCT contact_id) FROM message WHERE workspace_id = %s"
        ),
    }
