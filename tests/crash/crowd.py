"""A crowd on its way through ten nodes, engines that are killed meanwhile, and what must be true in the end."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.journey import MAIL
from django.db import InterfaceError, OperationalError, connection

from kesher.accounts.access import Access
from kesher.accounts.models import Workspace
from kesher.contacts.models import Contact, ContactList, Field
from kesher.events.log import record_for
from kesher.journeys import queries
from kesher.journeys.actions import create_journey, publish_journey
from kesher.journeys.models import Journey
from kesher.lib import clock, sql
from tests.crash.family import environment_for

ENGINES = 2
NODES = 10
STANDSTILL_SECONDS = 100
POINTS = 2  # of the nodes that add one
TOLD = ("custom", "journey.started", "journey.ended", "list.joined")
STEPS = "SELECT count(*) FROM journey_step WHERE workspace_id = %s"


def graph() -> dict[str, Any]:
    """Two conditions, two waits, and each kind of effect: a number, a call out, a list, a message, a task."""

    def both(rule: Any, following: str) -> dict[str, Any]:
        return {"kind": "condition", "rule": rule, "yes": following, "no": following}

    add = [{"field": "score", "do": "add", "value": 1}]
    return {
        "format": 1, "name": "crowd", "triggers": [{"kind": "custom"}], "reentry": {"policy": "never"},
        "start": "ask",
        "nodes": {
            "ask": both({"field": "children", "op": "gte", "value": 2}, "wait"),
            "wait": {"kind": "wait", "for": "PT1S", "next": "up"},
            "up": {"kind": "update_contact", "changes": add, "next": "call"},
            "call": {"kind": "webhook", "url": "https://hooks.example/in", "next": "again"},
            "again": {"kind": "wait", "for": "PT1S", "next": "join"},
            "join": {"kind": "add_to_lists", "add_to_lists": ["bench"], "next": "mail"},
            "mail": {"kind": "send_email", "subject": "שלום", "document": MAIL, "next": "member"},
            "member": both({"list": "bench"}, "todo"),
            "todo": {"kind": "task", "title": "להתקשר", "next": "last"},
            "last": {"kind": "update_contact", "changes": add},
        },
    }  # fmt: skip


def gather(runs: int) -> tuple[Workspace, Journey]:
    """So many people to whom it has just happened; nothing has looked at it yet."""
    now = clock.now()
    workspace = Workspace.objects.create(
        key="crowd", name="crowd", sender_email="a@b.example", postal_address="x"
    )
    ContactList.objects.create(workspace=workspace, key="all", name="all", is_all=True)
    ContactList.objects.create(workspace=workspace, key="bench", name="bench")
    for key in ("children", "score"):
        Field.objects.create(workspace=workspace, key=key, label=key, type="number")
    people = Contact.objects.bulk_create(
        (
            Contact(workspace=workspace, first_name=f"n{n}", fields={"children": n % 6, "score": 0},
                    created_at=now, updated_at=now)
            for n in range(runs)
        ),
        batch_size=5_000,
    )  # fmt: skip
    access = Access(workspace, "owner")
    journey = create_journey(access, name="crowd", graph=graph(), now=now)
    publish_journey(access, journey, now=now)
    for start in range(0, runs, 5_000):
        ids = [one.pk for one in people[start : start + 5_000]]
        record_for(workspace.pk, kind="custom", contact_ids=ids, at=now)
    return workspace, journey


def address() -> str:
    """Of the database that this process talks to."""
    known = connection.settings_dict
    if str(known["HOST"]).startswith("/"):
        place = f"?host={known['HOST']}" + (f"&port={known['PORT']}" if known["PORT"] else "")
        return f"postgresql://{known['USER']}@/{known['NAME']}{place}"
    return f"postgresql://{known['USER']}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"


@dataclass
class Engines:
    """Those at work; one that is killed is started again at once."""

    home: Path
    seconds: float

    def __enter__(self) -> Engines:
        self.database = address()
        self.running = [self._start() for _engine in range(ENGINES)]
        return self

    def __exit__(self, *_error: object) -> None:
        for engine in self.running:
            engine.kill()
            engine.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.home / "engines.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.crash.engine", str(self.seconds)],
                env=environment_for(self.database, self.home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        """Their last words."""
        return (self.home / "engines.log").read_text(errors="replace")[-3000:]

    def kill_one(self, place: int) -> None:
        self.running[place].kill()
        self.running[place].wait()
        self.running[place] = self._start()


def torment(
    workspace_id: int,
    runs: int,
    engines: Engines,
    *,
    kills: int,
    blows: int,
    blow: Callable[[], None],
) -> Counter[str]:
    """Until everybody has come to the end: engines killed and the database struck at moments by lot. Answers what was done."""
    draw = random.Random(11)
    steps = runs * NODES
    moments = [(draw.randint(steps // 50, steps * 9 // 10), "kill") for _kill in range(kills)]
    moments += [(draw.randint(steps // 20, steps * 8 // 10), "blow") for _blow in range(blows)]
    moments.sort()
    done: Counter[str] = Counter()
    ends = time.monotonic() + engines.seconds
    best, moved_at = 0, time.monotonic()
    with engines:
        while time.monotonic() < ends and (count := _steps(workspace_id)) < steps:
            if count > best:
                best, moved_at = count, time.monotonic()
            assert time.monotonic() - moved_at < STANDSTILL_SECONDS, engines.said()
            if moments and count >= moments[0][0]:
                what = moments.pop(0)[1]
                done[what] += 1
                if what == "blow":
                    blow()
                else:
                    engines.kill_one(draw.randrange(ENGINES))
            time.sleep(0.003 if runs < 10_000 else 0.5)
    return done


def _steps(workspace_id: int) -> int:
    try:
        return int(sql.value(STEPS, (workspace_id,)))
    except (OperationalError, InterfaceError):  # it was struck, and is asked again
        let_go()
        return 0


def let_go() -> None:
    """Of this process' connections, which the server has cut."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def facts(workspace_id: int) -> dict[str, Any]:
    def row(statement: str) -> Any:
        return sql.rows(f"{statement} WHERE workspace_id = %s", (workspace_id,))[0]

    once = "SELECT count(*), count(DISTINCT contact_id) FROM"
    told = "SELECT kind, count(*), count(DISTINCT contact_id) FROM event WHERE workspace_id = %s GROUP BY 1"
    scores = "SELECT (fields ->> 'score')::int, count(*)::int FROM contact WHERE workspace_id = %s GROUP BY 1"
    return {
        "runs": row("SELECT count(DISTINCT contact_id), count(ended_at) FROM journey_run"),
        "steps": row(
            "SELECT count(*), count(DISTINCT (run_id, visit)), count(DISTINCT (run_id, node)) FROM journey_step"
        ),
        "scores": sql.rows(scores, (workspace_id,)),
        "members": row(f"{once} list_membership"),
        "messages": row(f"{once} message"),
        "calls": row(f"{once} webhook_delivery"),
        "tasks": row(f"{once} staff_task"),
        "told": {kind: counts for kind, *counts in sql.rows(told, (workspace_id,)) if kind in TOLD},
        "unread": row("SELECT count(*) FROM inbox")[0],
    }


def facts_wanted(runs: int) -> dict[str, Any]:
    """Each thing of each run once, and nothing besides."""
    once = (runs, runs)
    return {
        "runs": once,  # of as many people, all ended
        "steps": (runs * NODES, runs * NODES, runs * NODES),  # each run's visits, and each node, once
        "scores": [(POINTS, runs)],
        "members": once,
        "messages": once,
        "calls": once,
        "tasks": once,
        "told": {kind: list(once) for kind in TOLD},
        "unread": 0,
    }  # fmt: skip


def check_counters(journey: Journey, runs: int) -> None:
    numbers = queries.numbers_of(journey)
    assert (numbers.started, numbers.active, numbers.ended) == (runs, 0, {"done": runs})
    assert len(numbers.nodes) == NODES
    for key, node in numbers.nodes.items():
        assert (node.entered, node.left, sum(node.ports.values())) == (runs, runs, runs), key
